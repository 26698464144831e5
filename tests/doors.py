"""Every door of the studio: who may pass it, and how. `tests/test_doors.py` walks them all.

A new URL needs one line here: its name, its kind, the methods it knows if not only GET, and the object in its address.

    public        anybody                                   team          everybody in a team, each with their own rows
    person        anybody who is signed in, team or not     member        members and owners
    callback      the gateway, by an unguessable address    owner         owners
    debug         developers (absent in production)         shown         everybody may GET, owners POST
    keeper        its author, owners, and whom they name    api           programs, by a token and by nothing else

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

    def knows(self, method: str) -> bool:
        """HEAD is answered wherever GET is."""
        return {"HEAD": "GET"}.get(method, method) in self.methods.split()


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
    "teams:invite": Door("owner", "POST"),
    "teams:invitation-withdraw": Door("owner", "POST", of="invitation"),
    "teams:invitation": Door("public", "GET POST", more={"token": "unknown"}),
    "teams:member-role": Door("owner", "POST", of="member"),
    "teams:member-remove": Door("owner", "POST", of="member"),
    "teams:hand-over": Door("owner", "POST"),
    "teams:audit": Door("owner"),
    "teams:audit-export": Door("owner"),
    "teams:leave": Door("team", "POST"),
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
    # Who is told
    "notices:list": Door("team"),
    "notices:bell": Door("team"),
    "notices:follow": Door("team"),
    "notices:read": Door("team", "POST"),
    "notices:people": Door("team"),
    "notices:mails": Door("person", "POST"),
    "notices:webhook": Door("owner", "GET POST"),
    "notices:webhook-test": Door("owner", "POST"),
    "notices:webhook-remove": Door("owner", "POST"),
    "notices:talk": Door("team", "GET POST", of="task", more={"kind": "task"}),
    "notices:comment": Door("keeper", "GET POST", of="comment"),
    "notices:delete": Door("keeper", "POST", of="comment"),
    # Files that go in
    "files:add": Door("member", "POST"),
    "files:in": Door("public", more={"public_id": "0" * 32, "signature": "0", "name": "file.txt"}),
    "files:file": Door("team", of="file", more={"name": "file.txt"}),
    # What a team keeps
    "library:list": Door("team"),
    "library:save": Door("member", "POST"),
    "library:export": Door("team"),
    "library:examples": Door("member", "POST"),
    "library:import": Door("member", "POST"),
    "library:links": Door("owner"),
    "library:link-revoke": Door("owner", "POST", of="link"),
    "library:preset": Door("team", of="preset"),
    "library:about": Door("keeper", "POST", of="preset"),
    "library:archive": Door("keeper", "POST", of="preset"),
    "library:label": Door("keeper", "POST", of="preset"),
    "library:restore": Door("keeper", "POST", of="preset", more={"number": 1}),
    "library:star": Door("member", "POST", of="preset"),
    "library:fork": Door("member", "POST", of="preset"),
    "library:audience": Door("keeper", "POST", of="preset"),
    "library:link": Door("keeper", "POST", of="preset"),
    "library:revoke": Door("keeper", "POST", of="preset", more={"link": 1}),
    "library:shared": Door("public", more={"token": "unknown"}),
    "library:copy": Door("person", "POST", more={"token": "unknown"}),
    "prompts:list": Door("team"),
    "prompts:new": Door("member", "GET POST"),
    "prompts:choose": Door("team"),
    "prompts:lists": Door("team"),
    "prompts:list-new": Door("member", "GET POST"),
    "prompts:word-list": Door("team", of="word-list"),
    "prompts:list-save": Door("member", "POST", of="word-list"),
    "prompts:list-delete": Door("keeper", "POST", of="word-list"),
    "prompts:prompt": Door("team", of="prompt"),
    "prompts:write": Door("member", "GET POST", of="prompt"),
    "prompts:restore": Door("member", "POST", of="prompt", more={"number": 1}),
    "prompts:about": Door("member", "POST", of="prompt"),
    "prompts:archive": Door("keeper", "POST", of="prompt"),
    "prompts:label": Door("member", "POST", of="prompt"),
    "prompts:star": Door("member", "POST", of="prompt"),
    "prompts:text": Door("team", of="prompt"),
    # What it costs
    "ledger:money": Door("owner"),
    "ledger:prices": Door("owner", "POST"),
    "ledger:threshold": Door("owner", "POST"),
    "ledger:budget": Door("owner", "POST"),
    "ledger:budget-remove": Door("owner", "POST", of="budget"),
    "ledger:left": Door("member"),
    # One body's life
    "tasks:callback": Door("callback", "POST", more={"public_id": "0" * 32, "mac": "0" * 32}),
    "tasks:no-callback": Door("callback", "POST"),
    "tasks:live-token": Door("team"),
    "tasks:spending": Door("team"),
    "tasks:list": Door("team"),
    "tasks:rows": Door("team"),
    "tasks:detail": Door("team", of="task"),
    "tasks:card": Door("team", of="task"),
    "tasks:row": Door("team", of="task"),
    "tasks:place": Door("team", of="task"),
    "tasks:writing": Door("team", of="task"),
    "tasks:cancel": Door("member", "POST", of="task"),
    "tasks:approve": Door("owner", "POST", of="task"),
    "tasks:decline": Door("owner", "POST", of="task"),
    "tasks:private": Door("keeper", "POST", of="task"),
    "composer:again": Door("member", "POST", of="task"),
    "tasks:look": Door("member", "POST", of="task"),
    "tasks:send-again": Door("member", "POST", of="task"),
    "tasks:write-off": Door("member", "POST", of="task"),
    "tasks:inbox": Door("team"),
    "tasks:inbox-callback": Door("team", of="callback"),
    "tasks:replay": Door("member", "POST", of="callback"),
    # What was made
    "assets:wall": Door("team"),
    "assets:choose": Door("team"),
    "assets:more": Door("team", of="task"),
    "assets:take": Door("member", "POST", of="asset"),
    "assets:cover": Door("team", of="asset"),
    "assets:file": Door("team", of="asset", more={"name": "result.txt"}),
    # From form to body
    "composer:home": Door("team"),
    "composer:pick": Door("team"),
    "composer:use": Door("team", of="asset"),
    "composer:compose": Door("team", more=OPERATION),
    "composer:preview": Door("team", "POST", more=OPERATION),
    "composer:import": Door("team", "POST", more=OPERATION),
    "composer:run": Door("member", "POST", more=OPERATION),
    "composer:keep": Door("member", "GET POST", more=OPERATION),
    "composer:keep-prompt": Door("member", "POST", more=OPERATION),
    "composer:prompts": Door("team", more=OPERATION),
    "composer:reword": Door("member", "POST", more=OPERATION),
    "composer:reworded": Door("member", of="conversation", more=OPERATION),
    "composer:use-prompt": Door("member", of="prompt-version"),
    "composer:elsewhere": Door("team", "GET POST", more=OPERATION),
    "composer:port": Door("team", "GET POST", more=OPERATION | {"source": "runway.generate-image"}),
    "composer:paste": Door("team", "GET POST"),
    "composer:imported": Door("team", "GET POST", more=OPERATION),
    "composer:recipe": Door("team", more={"recipe": "suno.cover"}),
    "composer:reference": Door("team"),
    "composer:guide": Door("team", more={"name": "making-requests"}),
    "composer:openapi": Door("team"),
    "composer:reference-operation": Door("team", more=OPERATION),
    # Many at once
    "batches:list": Door("team"),
    "batches:plan": Door("member", "GET POST", more=OPERATION),
    "batches:run": Door("member", "POST", more=OPERATION),
    "batches:batch": Door("team", of="batch"),
    "batches:news": Door("team", of="batch"),
    "batches:compare": Door("team", of="batch"),
    "batches:results": Door("team", of="batch"),
    "batches:pause": Door("keeper", "POST", of="batch"),
    "batches:resume": Door("keeper", "POST", of="batch"),
    "batches:private": Door("keeper", "POST", of="batch"),
    "batches:cancel": Door("keeper", "POST", of="batch"),
    "batches:retry": Door("keeper", "POST", of="batch"),
    "batches:cell": Door("team", of="batch", more={"number": 1}),
    "batches:star": Door("member", "POST", of="batch", more={"number": 1}),
    # One search
    "finding:search": Door("team"),
    "finding:palette": Door("team"),
    # Is it well (/livez, /readyz and /metrics are answered beside Django: tests/health/test_doors.py)
    "health:status": Door("owner"),
    "health:now": Door("owner"),
    # The same verbs for programs (what a token opens: tests/api/test_tokens.py)
    "api:tokens": Door("team", "GET POST"),
    "api:token-revoke": Door("keeper", "POST", of="token"),
    "api:docs": Door("public"),
    "api:openapi": Door("public"),
    "v1:presets": Door("api"),
    "v1:preset": Door("api", of="preset"),
    "v1:preset-run": Door("api", "POST", of="preset"),
    "v1:operations": Door("api"),
    "v1:operation": Door("api", more={"name": "runway.generate-text"}),
    "v1:operation-run": Door("api", "POST", more={"name": "runway.generate-text"}),
    "v1:tasks": Door("api"),
    "v1:task": Door("api", of="task"),
    "v1:task-cancel": Door("api", "POST", of="task"),
    "v1:result": Door("api", of="task", more={"n": 1}),
    "v1:watch": Door("api"),
    "no-endpoint": Door("api", "", more={"rest": "v1/nothing"}),
    # For developers
    "style": Door("debug"),
}
