"""What a team's own tasks say of its operations, in two queries that stay small however many tasks there are."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.tasks import figures as room
from studio.tasks.figures import Figures, figures, recent
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_connection, make_task

ONE, OTHER = "runway.generate-text", "kling.text2video"
NOW = timezone.now()


@pytest.fixture
def tasks(team: Team, alice: User) -> None:
    with across_teams():
        gateway = make_connection(team)
        for state, seconds in (("succeeded", 10), ("succeeded", 30), ("succeeded", 50), ("failed", 1), ("refused", 1)):
            begun = NOW - timedelta(seconds=seconds)
            make_task(team, alice, gateway, operation=ONE, state=state, sent_at=begun, finished_at=NOW)
        for state in ("unknown", "running", "cancelled", "held"):
            make_task(team, alice, gateway, operation=ONE, state=state)


def test_the_share_counts_known_ends_only_and_the_middle_time_successes_only(team: Team, tasks: None) -> None:
    with scope(team):
        known = figures([ONE, OTHER])
    assert (known[ONE].tried, known[ONE].rate, known[ONE].unknown) == (5, 0.6, 1)
    assert known[ONE].seconds == pytest.approx(30, abs=0.01)
    assert (known[OTHER].rate, known[OTHER].seconds, known[OTHER].unknown) == (None, None, 0)


def test_what_is_older_than_the_days_does_not_count(team: Team, tasks: None) -> None:
    with across_teams():
        Task.objects.update(created_at=NOW - timedelta(days=room.DAYS + 1))
    with scope(team):
        assert figures([ONE])[ONE] == Figures()


def test_another_teams_tasks_do_not_count(tasks: None, other_team: Team) -> None:
    with scope(other_team):
        assert figures([ONE])[ONE] == Figures()
        assert recent(0) == []


def test_of_very_many_the_newest_tell(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch, everywhere: object
) -> None:
    monkeypatch.setattr(room, "TRIES", 4)
    monkeypatch.setattr(room, "LAST", 2)
    gateway = make_connection(team)
    for number in range(6):
        state, begun = (State.FAILED if number < 2 else State.SUCCEEDED), NOW - timedelta(seconds=10 * (6 - number))
        make_task(team, alice, gateway, operation=ONE, state=state, sent_at=begun, finished_at=NOW)
    known = figures([ONE])[ONE]
    assert (known.tried, known.rate) == (4, 1.0)
    assert known.seconds == pytest.approx(15, abs=0.01)


def test_the_operations_used_last_are_the_persons_own_first(team: Team, alice: User, bob: User) -> None:
    with across_teams():
        gateway = make_connection(team)
        for person, operation in ((alice, ONE), (alice, OTHER), (bob, "a.b"), (alice, ONE)):
            make_task(team, person, gateway, operation=operation)
    with scope(team):
        assert recent(alice.pk) == [ONE, OTHER, "a.b"]
        assert recent(bob.pk) == ["a.b", ONE, OTHER]


def test_two_queries_read_the_index_alone(team: Team, alice: User, tasks: None) -> None:
    many = [f"system.operation-{number}" for number in range(60)]
    with across_teams(), connection.cursor() as cursor:
        first = Task.objects.earliest("id")
        mine = {"team": team, "person": alice, "connection": first.connection}
        ended = {"state": State.SUCCEEDED, "sent_at": NOW, "finished_at": NOW}
        rows = [Task(**mine, **ended, operation=many[number % 60], nonce=str(number)) for number in range(3000)]
        Task.objects.bulk_create(rows)
        if connection.vendor == "postgresql":  # which chooses by what it knows of the table
            cursor.execute("ANALYZE tasks_task")
    with scope(team), CaptureQueriesContext(connection) as asked:
        figures([ONE, OTHER, *many])
    assert len(asked) == 2
    for each in asked:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
            explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
            cursor.execute(explain + each["sql"])
            plan = [str(row[-1]) for row in cursor.fetchall()]
        scans = [line for line in plan if "tasks_task" in line and re.search("SEARCH|SCAN|Scan", line)]
        assert scans
        assert all("figures_of_operations" in line for line in scans), scans


def test_without_operations_nothing_is_asked(team: Team) -> None:
    with scope(team), CaptureQueriesContext(connection) as asked:
        assert figures([]) == {}
    assert not asked
