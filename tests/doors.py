"""Every door of the studio: who may pass it, and how. `tests/test_doors.py` walks them all.

A new URL needs one line here: its name, its kind, the methods it knows if not only GET, and the object in its address.

    public        anybody                                   team          everybody in a team, each with their own rows
    person        anybody who is signed in, team or not     member        members and owners
    callback      the gateway, by an unguessable address    owner         owners
    debug         developers (absent in production)         shown         everybody may GET, owners POST

`of` names the row of Team A that stands in the address (`task`, `callback`, `asset`, `connection`, ...): whoever is of
another team gets 404 there. Without it the page is about the visitor's own team.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Door(NamedTuple):
    kind: str
    methods: str = "GET"
    of: str = ""
    more: dict[str, Any] = {}  # what else stands in the address
    asks: str = ""  # the query's name for the row, where it does not stand in the path


OPERATION = {"operation": "runway.generate-text"}

DOORS: dict[str, Door] = {
    # The account app
    "account_login": Door("public", "GET POST"),
    "account_logout": Door("public", "GET POST"),
    "account_inactive": Door("public"),
    "account_signup": Door("public", "GET POST"),
    "account_reset_password": Door("public", "GET POST"),
    "account_reset_password_done": Door("public"),
    "account_reset_password_from_key": Door("public", "GET POST", more={"uidb36": "1", "key": "set-password"}),
    "account_reset_password_from_key_done": Door("public"),
    "account_change_password": Door("person", "GET POST"),
    "account_set_password": Door("person", "GET POST"),
    "socialaccount_login_cancelled": Door("public"),
    "socialaccount_login_error": Door("public"),
    "socialaccount_signup": Door("public", "GET POST"),
    "openid_connect_login": Door("public", "GET POST", more={"provider_id": "sso"}),
    "openid_connect_callback": Door("public", "GET POST", more={"provider_id": "sso"}),
    "set_language": Door("public", "POST"),
    # Who
    "teams:sign-in": Door("public", more={"token": "unknown"}),
    "teams:profile": Door("person", "GET POST"),
    "teams:later": Door("person", "POST"),
    "teams:switch": Door("person", "POST"),
    "teams:team": Door("team"),
    "teams:rename": Door("owner", "POST"),
    "teams:balance": Door("member", of="connection", asks="connection"),
    "teams:connections": Door("team"),
    "teams:connection-new": Door("owner", "GET POST"),
    "teams:connection": Door("shown", "GET POST", of="connection"),
    "teams:connection-test": Door("owner", "POST", of="connection"),
    "teams:connection-start": Door("owner", "POST", of="connection"),
    "teams:connection-delete": Door("owner", "POST", of="connection"),
    "teams:sandbox": Door("owner", of="connection"),
    "teams:sandbox-books": Door("owner", of="connection"),
    "teams:sandbox-turn": Door("owner", "POST", of="connection", more={"verb": "wipe"}),
    # One body's life
    "tasks:callback": Door("callback", "POST", more={"public_id": "0" * 32, "mac": "0" * 32}),
    "tasks:live-token": Door("team"),
    "tasks:list": Door("team"),
    "tasks:rows": Door("team"),
    "tasks:detail": Door("team", of="task"),
    "tasks:card": Door("team", of="task"),
    "tasks:row": Door("team", of="task"),
    "tasks:cancel": Door("member", "POST", of="task"),
    "tasks:again": Door("member", "POST", of="task"),
    "tasks:look": Door("member", "POST", of="task"),
    "tasks:send-again": Door("member", "POST", of="task"),
    "tasks:write-off": Door("member", "POST", of="task"),
    "tasks:inbox": Door("team"),
    "tasks:inbox-callback": Door("team", of="callback"),
    "tasks:replay": Door("member", "POST", of="callback"),
    # What was made
    "assets:wall": Door("team"),
    "assets:file": Door("team", of="asset", more={"name": "result.txt"}),
    # From form to body
    "composer:home": Door("team"),
    "composer:pick": Door("team"),
    "composer:compose": Door("team", more=OPERATION),
    "composer:preview": Door("team", "POST", more=OPERATION),
    "composer:import": Door("team", "POST", more=OPERATION),
    "composer:run": Door("member", "POST", more=OPERATION),
    "composer:reference": Door("team"),
    "composer:openapi": Door("team"),
    "composer:reference-operation": Door("team", more=OPERATION),
    # For developers
    "style": Door("debug"),
}
