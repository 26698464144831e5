"""The owners' status page: calm when all is well, and one sentence, its price and a way out where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from django_q.models import Task as QueuedJob
from pytest_django import Settings

from studio.assets.models import Keeping
from studio.health import beats
from studio.health.checks import lookout
from studio.health.figures import Line, of_team
from studio.health.findings import GOOD, ODD
from studio.health.models import Beat
from studio.tasks import live
from studio.tasks.models import Callback
from studio.tasks.reader import Reader
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_asset, make_attempt, make_connection, make_task

SignIn = Callable[[User], Client]
PAGE = "/team/status/"
BACK = "A sentence of the gateway about a key"


@pytest.fixture(autouse=True)
def healthy(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Every part of the studio gives its signs of life."""
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    for part in (beats.CLOCK, beats.WORKERS):
        beats.give(part)
    live.hub.reader = Reader(lambda lines: None)
    live.hub.reader.cursor = 0
    lookout.ended_at = float("-inf")
    yield
    live.hub.reader = None
    lookout.ended_at = float("-inf")


@pytest.fixture
def lane(team: Team) -> Connection:
    with scope(team):
        return make_connection(team)


def lines(team: Team) -> dict[str, Line]:
    with scope(team):
        return {line.key: line for line in of_team()}


def test_a_healthy_studio_is_calm(alice: User, signed_in: SignIn) -> None:
    text = signed_in(alice).get(PAGE).content.decode()
    assert "All is well" in text
    assert text.count("state--succeeded") == 1 + 7 + 10
    assert 'href="/tasks/?state=attention"' in text
    assert "state--failed" not in text
    assert "state--unknown" not in text


def test_only_owners_see_it_and_find_the_way(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    assert PAGE in signed_in(alice).get("/team/").content.decode()
    assert PAGE not in signed_in(bob).get("/team/").content.decode()
    assert signed_in(bob).get(PAGE).status_code == 403


def test_the_fragment_asks_again_by_itself(alice: User, signed_in: SignIn) -> None:
    text = signed_in(alice).get("/team/status/now/").content.decode()
    assert text.startswith('<div id="status"')
    assert 'hx-get="/team/status/now/"' in text
    assert 'hx-trigger="every 5s"' in text


def test_a_clock_that_stands_still_is_the_first_thing_one_reads(alice: User, signed_in: SignIn) -> None:
    Beat.objects.filter(pk=beats.CLOCK).update(at=F("at") - timedelta(minutes=5))
    text = signed_in(alice).get(PAGE).content.decode()
    assert "1 part does not work" in text
    assert "The clock&#x27;s last sign of life is 5 min old." in text
    assert "Start manage.py up again, or manage.py clock where" in text


def test_what_lost_answers_may_have_cost(team: Team, alice: User, lane: Connection) -> None:
    with scope(team):
        for cost in (100, 120, 90):
            make_task(team, alice, lane, state=State.SUCCEEDED, cost=Decimal(cost))
        for operation in ("runway.generate-text", "runway.generate-text", "runway.generate-image"):
            make_task(team, alice, lane, state=State.UNKNOWN, operation=operation)
        make_task(team, alice, lane, state=State.UNKNOWN, finished_at=timezone.now())  # written off
    lost = lines(team)["lost"]
    assert lost.finding.level == ODD
    assert lost.finding.says == "3; none of them is sent again by itself."
    assert lost.notes == (
        "They may have cost 240 points.",
        "The price of 1 is not known: no such task has reported one yet.",
    )
    assert lost.url == "/tasks/?state=unknown"


def test_why_tasks_are_held(team: Team, alice: User, lane: Connection) -> None:
    with scope(team):
        for because in (BACK, BACK, "{odd}" * 100):
            make_task(team, alice, lane, state=State.HELD, held_because=because)
    held = lines(team)["held"]
    assert held.finding.says == "3; nothing was sent or paid."
    assert held.notes[0] == f"2 × {BACK}"
    assert len(str(held.notes[1])) < 200


def test_what_waits_and_what_is_on_its_way(team: Team, alice: User, lane: Connection) -> None:
    with scope(team):
        queued = make_task(team, alice, lane)
        attempt = make_attempt(queued, due_at=timezone.now() - timedelta(seconds=40))
        make_task(team, alice, lane, state=State.RUNNING)
        found = lines(team)
        assert found["waiting"].finding == (GOOD, "1; the oldest for 40 s.", "")
        assert found["gateway"].finding.says == "Being sent: 0. Accepted: 0. Running: 1."
        type(attempt).objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert lines(team)["waiting"].finding.level == ODD


def test_what_nobody_heard_kept_or_ended(team: Team, alice: User, lane: Connection) -> None:
    with scope(team):
        old = make_task(team, alice, lane, state=State.RUNNING, sent_at=timezone.now() - timedelta(days=2))
        make_asset(old, keeping=Keeping.LOST)
        make_asset(old, number=2)
        Callback.objects.create(team=team, public_id="a" * 32, body=b"{}", digest="0" * 64)
        found = lines(team)
        assert found["overdue"].finding[:2] == (ODD, "1 for more than a day.")
        assert found["results"].finding[:2] == (ODD, "Being fetched: 1. Lost in the last seven days: 1.")
        assert found["callbacks"].finding.level == GOOD  # the sweep tries it again
        Callback.objects.update(received_at=timezone.now() - timedelta(minutes=5))
        assert lines(team)["callbacks"].finding[:2] == (ODD, "Not heard: 1, the oldest for 5 min.")


def test_a_team_sees_only_its_own_work(
    team: Team, alice: User, lane: Connection, charlie: User, signed_in: SignIn
) -> None:
    with across_teams():
        for state in (State.UNKNOWN, State.HELD, State.QUEUED, State.RUNNING):
            make_attempt(make_task(team, alice, lane, state=state, held_because=BACK, sent_at=timezone.now()))
    text = signed_in(charlie).get(PAGE).content.decode()
    assert "All is well" in text
    assert BACK not in text


def test_failed_jobs_are_told_without_what_they_were_about(alice: User, signed_in: SignIn) -> None:
    now = timezone.now()
    given: dict[str, Any] = {"func": "studio.tasks.jobs.send", "started": now, "stopped": now, "success": False}
    QueuedJob.objects.create(id="1" * 32, name="one", args=(4711,), result="Traceback: sk-secret", **given)
    text = signed_in(alice).get(PAGE).content.decode()
    assert "1 thing to look at" in text
    assert "tasks.jobs.send" in text
    assert not [word for word in ("4711", "sk-secret", "Traceback") if word in text]


def test_the_page_does_not_ask_more_the_more_there_is(
    team: Team, alice: User, lane: Connection, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    with scope(team):
        for number in range(40):
            make_attempt(make_task(team, alice, lane, state=list(State)[number % 10], held_because=str(number)))
    client = signed_in(alice)
    with django_assert_max_num_queries(32):
        client.get(PAGE)
