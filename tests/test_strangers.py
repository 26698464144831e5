"""What is another team's is not reached by a file's address, a number in a query or a number in a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from studio.files.models import File
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.doors import DOORS, OPERATION
from tests.factories import make_connection
from tests.test_doors import CANARY, address, knock, no_network, outcome, rows, text_of, visitors

__all__ = ["no_network", "rows", "visitors"]  # fixtures


FILES = [name for name, door in DOORS.items() if "name" in door.more and door.of] + ["assets:cover"]


def test_a_file_is_for_its_team_however_it_is_asked_for(
    visitors: dict[str, Client], rows: dict[str, models.Model], bob: User, signed_in: Callable[[User], Client]
) -> None:
    assert len(FILES) == 3
    for name in FILES:
        path = address(name, DOORS[name], rows)
        assert CANARY in text_of(signed_in(bob).get(path))
        for who in ("anonymous", "outsider", "removed"):
            for more in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"If-Range": "x", "Range": "bytes=-4"}):
                for target in (path, f"{path}?download"):
                    for method in ("GET", "HEAD"):
                        answer: Any = visitors[who].generic(method, target, headers=more)
                        assert outcome(answer) in {"login", "403", "404"}, f"{who}: {method} {target} {more}"


IDS_IN_QUERIES = [
    ("tasks:list", {}, "q={half}"),
    ("tasks:rows", {}, "q={half}&seen=0"),
    ("tasks:inbox", {}, "show=all&before={callback}9"),
    ("assets:wall", {}, "kind=text"),
    ("assets:choose", {}, "q={half}&takes=text"),
    ("composer:pick", {}, "q={half}"),
    ("composer:compose", OPERATION, "from={task}"),
    ("composer:compose", OPERATION, "from={task}&action=again"),
    ("composer:elsewhere", OPERATION, "from={task}"),
    ("composer:recipe", {"recipe": "suno.cover"}, "from={task}"),
    ("composer:port", OPERATION | {"source": "runway.generate-image"}, "from={task}"),
    ("teams:balance", {}, "connection={connection}"),
]


@pytest.mark.parametrize(("name", "more", "query"), IDS_IN_QUERIES)
def test_a_number_of_another_team_in_a_query_finds_nothing(
    name: str, more: dict[str, str], query: str, visitors: dict[str, Client], rows: dict[str, models.Model]
) -> None:
    asked = query.format(half=CANARY[:7], **{kind: row.pk for kind, row in rows.items()})
    for way in ("GET", "HX GET"):
        answer = knock(visitors["outsider"], way, f"{reverse(name, kwargs=more)}?{asked}")
        assert outcome(answer) in {"in", "404", "405"}
        assert CANARY not in text_of(answer)


def test_a_task_of_ones_own_cannot_be_begun_with_what_is_another_teams(
    rows: dict[str, models.Model], team: Team, charlie: User, other_team: Team, signed_in: Callable[[User], Client]
) -> None:
    """Numbers of Team A in Charlie's form: that connection is not used, that task no parent, that file not sent."""
    with across_teams():
        own = make_connection(other_team)
    client, theirs, file = signed_in(charlie), rows["connection"], rows["file"]
    assert isinstance(file, File)
    form = {"v:prompt": "a fox", "v:model": "gen3", "nonce": "n-stranger", "connection": str(theirs.pk)}
    client.post(reverse("composer:run", kwargs=OPERATION), form | {"from": str(rows["task"].pk)})
    image = {"v:prompt": "a fox", "v:image": file.reference, "v:model": "gen3", "connection": str(own.pk)}
    page = client.post(reverse("composer:run", kwargs=OPERATION), image | {"nonce": "n-file", "extra": "{}"})
    assert CANARY not in text_of(page)
    client.post(reverse("teams:switch"), {"team": str(team.pk)})
    assert CANARY not in text_of(client.get(reverse("teams:team")))
    with across_teams():
        begun = list(Task.objects.filter(person=charlie))
        assert {(task.team_id, task.connection_id, task.parent_id) for task in begun} <= {(other_team.pk, own.pk, None)}
        for task in begun:
            for attempt in task.attempts.all():
                lifecycle.send(attempt.pk)
                attempt.refresh_from_db()
                assert CANARY not in attempt.sent_text
