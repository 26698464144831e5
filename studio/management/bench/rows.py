"""The people, connections and tasks that the bench works with."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import tomli
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from studio import catalog
from studio.management.bench import load
from studio.tasks.address import callback_url
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams.models import Connection, Membership, Role, Team, User
from studio.teams.scope import across_teams
from studio.teams.sessions import SessionStore
from studio.teams.signin import BACKEND

SUBJECT = tomli.loads(Path(__file__).with_name("subject.toml").read_text())["operation"]
NO_LIMIT = 30_000


@dataclass(frozen=True)
class Group:
    """A team, its people and its connection, which holds nothing back."""

    team: Team
    people: list[User]
    connection: Connection

    @property
    def owner(self) -> User:
        return self.people[0]


def group(people: int = 1) -> Group:
    name = secrets.token_hex(4)
    team = Team.objects.create(name=f"Bench {name}")
    made = User.objects.bulk_create(User(email=f"{name}-{number}@bench.localhost") for number in range(people))
    Membership.objects.bulk_create(Membership(team=team, user=user, role=Role.OWNER) for user in made)
    connection = Connection(team=team, name="Sandbox", base_url=settings.SANDBOX_URL, is_sandbox=True)
    connection.concurrency = connection.per_minute = NO_LIMIT
    connection.set_key(f"sk-bench-{name}")
    with across_teams():
        connection.save()
    return Group(team, made, connection)


def subject() -> catalog.Operation:
    return catalog.get(SUBJECT)


def values() -> dict[str, Any]:
    """Those of the documents' example, without the callback address, which is the studio's."""
    found, _extras = subject().values(subject().example)
    found.pop(subject().callback, None)
    return found


def accepted(group: Group, count: int) -> list[Attempt]:
    """So many tasks that the gateway has taken, with the ids it gave them."""
    now, given = timezone.now(), values()
    text = catalog.dumps(subject().body(given).body)
    common = {"team": group.team, "person": group.owner, "connection": group.connection, "operation": SUBJECT}
    with across_teams():
        tasks = Task.objects.bulk_create(
            Task(
                **common,
                values=given,
                body_text=text,
                prompt="a paper boat",
                nonce=secrets.token_hex(8),
                state=State.ACCEPTED,
                sent_at=now,
            )
            for _ in range(count)
        )
        return Attempt.objects.bulk_create(
            Attempt(
                team=group.team,
                task=task,
                connection=group.connection,
                state=State.ACCEPTED,
                posts=1,
                due_at=now,
                claimed_at=now,
                answered_at=now,
                gateway_id=secrets.token_hex(16),
                next_poll_at=now + timedelta(hours=1),
            )
            for task in tasks
        )


def callbacks(attempts: Sequence[Attempt], says: Literal["running", "succeeded"]) -> list[bytes]:
    """The requests by which the gateway tells of these attempts, as the catalog's example of it is written."""
    example = next(e for e in subject().payloads if e.kind == "callback" and e.says.get("state") == says)
    named = next(e.says["gateway_id"] for e in subject().payloads if "gateway_id" in e.says and e.kind == "callback")
    text = catalog.dumps(example.payload)
    if named not in text:
        raise RuntimeError(f"the example of a callback that says {says} names another task than the others do")
    web = urlsplit(settings.PUBLIC_URL)
    host, port = str(web.hostname), web.port or 80
    return [
        load.post(host, port, urlsplit(callback_url(each)).path, text.replace(named, each.gateway_id).encode())
        for each in attempts
    ]


def session_of(user: User) -> str:
    """The key of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
