"""A team that has been silent for long beside one that has not: its lists are read from its own indexes, whatever the
database makes of how much of a table is whose."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from studio.assets.models import Asset
from studio.search import index
from studio.search.models import Entry, Kind
from studio.search.words import terms
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_connection

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"
ROWS = 700


@pytest.fixture
def silent(team: Team, alice: User, other_team: Team, charlie: User) -> Team:
    """A third of all rows are this team's, and none of the newest."""
    with across_teams(), connection.cursor() as cursor:
        for mine, person, count in ((team, alice, ROWS), (other_team, charlie, 2 * ROWS)):
            common = {"team": mine, "person": person, "connection": make_connection(mine), "operation": "o"}
            tasks = Task.objects.bulk_create(Task(**common, nonce=str(number)) for number in range(count))
            Asset.objects.bulk_create(Asset(team=mine, task=each, number=1, role="result") for each in tasks)
            index.put_many([index.entry(mine.pk, Kind.TASK, each.pk, ["a boat"]) for each in tasks])
        if ON_POSTGRESQL:  # as it does by itself, a minute later
            cursor.execute("ANALYZE")
    return team


def test_its_lists_are_read_from_its_own_indexes(silent: Team) -> None:
    with scope(silent):
        plans = [Task.objects.order_by("-id")[:51].explain(), Asset.objects.order_by("-id")[:25].explain()]
    ours = ["tasks_of_a_team", "assets_newest_first"] if ON_POSTGRESQL else ["(team_id=?)"] * 2
    assert all(index in plan for index, plan in zip(ours, plans, strict=True)), plans
    assert not [plan for plan in plans if "Sort" in plan or "TEMP B-TREE" in plan]
    if ON_POSTGRESQL:  # by its own figure it takes the primary key, if not of so few rows
        with connection.cursor() as cursor:
            cursor.execute("SHOW random_page_cost")
            assert cursor.fetchone() == ("1.1",)


def test_its_newest_entries_are_too(silent: Team) -> None:
    with scope(silent):
        found = index.find(silent.pk, Kind.TASK, terms("boat"), 4)
        assert [hit.of for hit in found] == list(Task.objects.order_by("-id").values_list("id", flat=True)[:4])
        assert Entry.objects.count() == ROWS
    if ON_POSTGRESQL:
        given: list[Any] = [silent.pk, Kind.TASK, Kind.TASK, index.NO_END, index.NEWEST, "'boat'", 4]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {index.AMONG_THE_NEWEST}", given)
            assert "entries_newest_first" in str(cursor.fetchall())
