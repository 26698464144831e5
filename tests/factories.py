"""One maker per row; each takes what matters to the test and fills in the rest."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from studio.assets.models import Asset
from studio.files.models import File
from studio.tasks.models import Attempt, Task
from studio.tasks.states import FINAL
from studio.teams.models import Connection, Membership, Role, Team, User

VALUES: dict[str, Any] = {"prompt": "a paper boat", "model": "gen3", "ratio": "16:9", "options.seconds": 5}


def make_user(name: str = "alice", **more: Any) -> User:
    return User.objects.create_user(f"{name}@example.com", "correct horse battery", first_name=name.title(), **more)


def make_member(team: Team, name: str, role: Role = Role.MEMBER) -> User:
    user = make_user(name)
    Membership.objects.create(team=team, user=user, role=role)
    return user


def make_team(name: str = "Team A", owner: str = "alice") -> Team:
    team = Team.objects.create(name=name)
    make_member(team, owner, Role.OWNER)
    return team


def make_connection(team: Team, **more: Any) -> Connection:
    """A connection to the sandbox's address with a key; the factory's key begins with `sk-`, as the sandbox asks. It
    counts as a gateway that is paid; with `is_sandbox=True` its runs are rehearsals."""
    given = {"name": f"Gateway {secrets.token_hex(3)}", "base_url": "http://127.0.0.1:8001"}
    connection = Connection(team=team, **(given | more))
    connection.set_key("sk-factory-key")
    connection.save()
    return connection


def make_task(team: Team, person: User, connection: Connection | None = None, **more: Any) -> Task:
    """A task without attempts, in the state given; use `lifecycle.begin` where its life matters."""
    given: dict[str, Any] = {
        "operation": "runway.generate-text",
        "values": VALUES,
        "body_text": "{}",
        "prompt": VALUES["prompt"],
        "nonce": secrets.token_hex(8),
    }
    if more.get("state") in FINAL:
        given["finished_at"] = timezone.now()
    given |= more
    return Task.objects.create(team=team, person=person, connection=connection or make_connection(team), **given)


def make_attempt(task: Task, **more: Any) -> Attempt:
    given: dict[str, Any] = {"number": 1, "due_at": timezone.now(), "state": task.state}
    return Attempt.objects.create(team=task.team, task=task, connection=task.connection, **(given | more))


def make_asset(task: Task, **more: Any) -> Asset:
    given = {"number": 1, "kind": "video", "role": "result", "source_url": "http://127.0.0.1:8001/media/1/video.mp4"}
    return Asset.objects.create(team=task.team, task=task, **(given | more))


def make_file(team: Team, person: User, data: bytes = b"x", **more: Any) -> File:
    given: dict[str, Any] = {"name": "fox.png", "kind": "image", "media_type": "image/png"}
    facts = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    file = File(team=team, person=person, **(given | facts | more))
    file.file.save(f"{file.public_id}-{file.name}", ContentFile(data), save=False)
    file.save()
    return file
