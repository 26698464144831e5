"""When a task is likely sent: by free slots, by usual times, by the minute and by a pause, as far as anybody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.tasks.line import Line, Place
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.tasks.time_words import in_line
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection, make_task
from tests.tasks.stage import OPERATION
from tests.tasks.test_overload import waiting

pytestmark = pytest.mark.usefixtures("everywhere", "db")
SPEECH = "openai.speech"


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team, concurrency=2, per_minute=6000)


def called(task: Task, sender: Connection, seconds: float, **more: Any) -> None:
    """A call of it that took so long, some minutes ago."""
    then = timezone.now() - timedelta(minutes=5)
    given: dict[str, Any] = {"state": State.SUCCEEDED, "open": False, "posts": 1, "claimed_at": then, "due_at": then}
    given |= {"answered_at": then + timedelta(seconds=seconds)} | more
    Attempt.objects.create(team=task.team, task=task, connection=sender, **given)


def last(sender: Connection) -> Place:
    task = Task.objects.filter(connection=sender, state=State.QUEUED).latest("id").pk
    return Line(sender).of({task})[task]


def test_what_finds_a_free_slot_starts_in_a_moment(team: Team, alice: User, sender: Connection) -> None:
    waiting(team, alice, sender, 2)
    assert last(sender) == Place(1, 0)
    assert in_line(last(sender)) == "Second in line, starts in a moment"


def test_what_waits_for_a_slot_is_told_by_how_long_calls_take(team: Team, alice: User, sender: Connection) -> None:
    waiting(team, alice, sender, 41)
    assert last(sender) == Place(40, None), "nobody knows yet"
    assert in_line(last(sender)) == "41st in line"
    for seconds in (2, 3, 40):
        called(make_task(team, alice, sender, state=State.SUCCEEDED), sender, seconds)
    assert last(sender) == Place(40, 60)
    assert in_line(last(sender)) == "41st in line, starts in about 60 s"
    busy = Attempt.objects.filter(state=State.QUEUED).earliest("id")
    lease = timezone.now() + timedelta(minutes=1)
    Attempt.objects.filter(pk=busy.pk).update(state=State.SENDING, posts=1, lease_until=lease)
    assert last(sender) == Place(39, 59.25), "half of what is on the wire is over"


def test_where_the_answer_is_the_result_the_teams_usual_time_counts(
    team: Team, alice: User, sender: Connection
) -> None:
    now = timezone.now()
    for seconds in (20, 30, 90):
        given = {"operation": SPEECH, "state": State.SUCCEEDED}
        task = make_task(team, alice, sender, **given)
        Task.objects.filter(pk=task.pk).update(sent_at=now - timedelta(seconds=seconds), finished_at=now)
    waiting(team, alice, sender, 9)
    Task.objects.filter(state=State.QUEUED).update(operation=SPEECH)
    found = last(sender)
    assert found.before == 8
    assert found.seconds == pytest.approx(120, abs=0.1)


def test_a_full_minute_and_a_pause_make_it_later(team: Team, alice: User) -> None:
    sender = make_connection(team, concurrency=100, per_minute=10)
    called(make_task(team, alice, sender, state=State.SUCCEEDED), sender, 1)
    waiting(team, alice, sender, 31)
    assert last(sender) == Place(30, 180), "ten at once, ten a minute later, ten more after that"
    then = timezone.now() - timedelta(seconds=20)
    for _ in range(10):
        called(make_task(team, alice, sender, state=State.SUCCEEDED), sender, 1, claimed_at=then)
    assert last(sender).seconds == pytest.approx(220, abs=2), "the ten of this minute go before"
    sender.paused_until = timezone.now() + timedelta(minutes=10)
    sender.save()
    assert last(sender).seconds == pytest.approx(820, abs=3)


def test_a_line_is_read_in_as_many_queries_however_long_it_is(team: Team, alice: User, sender: Connection) -> None:
    waiting(team, alice, sender, 300)
    with CaptureQueriesContext(database) as seen:
        assert Line(sender, frozenset({SPEECH, OPERATION})).place({OPERATION: 300}).before == 300
    assert len(seen) <= 8


def test_places_are_words_as_far_as_people_count() -> None:
    said = [in_line(Place(before, None)) for before in (0, 1, 9, 10, 20)]
    assert said == ["Next in line", "Second in line", "Tenth in line", "11th in line", "21st in line"]
    assert in_line(Place(2, 130)) == "Third in line, starts in about 2 min"
