"""Statements that are written once: they read and write exactly what Django itself does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.postgresql.base import OFTEN
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.teams import statements
from studio.teams.models import Team
from studio.teams.scope import ScopeError, across_teams, scope
from tests.factories import VALUES, make_attempt, make_member, make_task, make_team

pytestmark = pytest.mark.django_db
ON_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture(autouse=True)
def _every_team(db: None) -> Iterator[None]:
    with across_teams():
        yield


def make_full_task() -> Task:
    """One whose columns of every kind hold something."""
    team = make_team()
    odd = {"b": 1.50, "a": 12345678901234567890, "prompt": "一只小猫 'quoted' %s"}
    return make_task(
        team,
        make_member(team, "bob"),
        values=odd,
        results=[{"url": "x"}],
        cost=Decimal("1.2500"),
        heard_at=timezone.now(),
    )


def columns(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def update_together(*changed: tuple[models.Model, tuple[str, ...]]) -> None:
    with statements.together():
        for row, names in changed:
            statements.update(row, names)


def test_a_row_is_read_as_django_reads_it() -> None:
    task = make_full_task()
    read = statements.Rows(Task, "WHERE id = %s").get(task.pk)
    assert columns(read) == columns(Task.objects.get(pk=task.pk))
    assert list(read.values) == ["b", "a", "prompt"]
    assert read._state.adding is False


def test_a_field_for_later_is_there_when_it_is_asked_for() -> None:
    task = make_full_task()
    read = statements.Rows(Task, "WHERE id = %s", later=("values", "body_text")).get(task.pk)
    assert read.get_deferred_fields() == {"values", "body_text"}
    assert columns(read) == columns(Task.objects.get(pk=task.pk))


def test_a_row_is_inserted_as_django_inserts_it() -> None:
    task = make_full_task()
    attempt = Attempt.objects.create(team=task.team, task=task, connection=task.connection, due_at=timezone.now())
    event = Event(
        team=task.team, task=task, attempt=attempt, kind="heard", source="poll", state="running", data={"a": 1}
    )
    kept = Callback(team=task.team, attempt=attempt, public_id=attempt.public_id, body=b"\x00\xff'", digest="0" * 64)
    for row in (event, kept):
        statements.insert(row)
        fresh = type(row)._default_manager.get(pk=row.pk)
        assert columns(fresh) == columns(row)
    assert bytes(Callback.objects.get(pk=kept.pk).body) == b"\x00\xff'"


def test_only_the_fields_named_are_written() -> None:
    task = make_full_task()
    task.state, task.results, task.cost, task.finished_at = "failed", [{"url": "y"}], None, timezone.now()
    task.prompt = "not named"
    statements.update(task, ("state", "results", "cost", "finished_at"))
    fresh = Task.objects.get(pk=task.pk)
    assert (fresh.state, fresh.results, fresh.cost, fresh.finished_at) == (
        *("failed", [{"url": "y"}]),
        *(None, task.finished_at),
    )
    assert fresh.prompt == VALUES["prompt"]


def test_a_row_that_is_gone_is_an_error() -> None:
    task = make_full_task()
    Task.objects.filter(pk=task.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        statements.update(task, ("state",))
    with pytest.raises(Task.DoesNotExist):
        statements.Rows(Task, "WHERE id = %s").get(task.pk)


def test_a_column_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        statements.update(make_full_task(), ("state", "nonsense"))


def test_rows_of_teams_need_every_team_in_reach() -> None:
    task, rows = make_full_task(), statements.Rows(Task, "WHERE id = %s")
    with scope(task.team), pytest.raises(ScopeError):
        rows.get(task.pk)
    team = statements.Rows(Team, "WHERE id = %s")
    with scope(task.team):
        assert team.get(task.team_id) == task.team


def test_rows_of_the_team_in_scope_are_no_other_teams() -> None:
    mine, theirs = make_full_task(), make_task(other := make_team("Team B", "dana"), make_member(other, "charlie"))
    rows = statements.Rows(Task, "WHERE team_id = %s ORDER BY id")
    with scope(mine.team):
        assert rows.ours() == [mine]
    with scope(theirs.team):
        assert rows.ours() == [theirs]
    with pytest.raises(ScopeError):
        rows.ours()  # every team is in reach, none is meant


def test_rows_that_are_inserted_together_have_their_ids_in_this_order() -> None:
    task = make_full_task()
    rows = [Event(team=task.team, task=task, kind="heard", source="timer", text=str(at)) for at in range(32)]
    statements.insert_all(rows)
    stored = Event.objects.filter(task=task).order_by("id")
    assert [columns(row) for row in stored] == [columns(row) for row in rows]
    statements.insert_all([])


def test_what_is_updated_together_is_written_at_the_end_as_it_is_then() -> None:
    one, other = make_full_task(), make_task(team := make_team("Team B", "dana"), make_member(team, "charlie"))
    with CaptureQueriesContext(connection) as queries, statements.together():
        for task in (one, other):
            task.error, task.progress = "first", 1
            statements.update(task, ("error", "progress"))
        one.error = "last"
        statements.update(one, ("error", "progress"))
        assert not queries
    assert set(Task.objects.values_list("error", "progress")) == {("last", 1), ("first", 1)}


def test_columns_of_every_kind_are_written_together_as_django_writes_them() -> None:
    """Several rows are arrays on their way to PostgreSQL: commas, braces, quotes, nothing at all."""
    task = make_full_task()
    now, names = timezone.now(), tuple(field.name for field in Attempt._meta.concrete_fields if field.name != "id")
    texts = ['{"a,b"}', "NULL", "", "\\ 一只 'x' \n%s"]
    rows = [make_attempt(task, number=at, open=False, state="failed") for at in range(1, 5)]
    for row, text in zip(rows, texts, strict=True):
        row.error = row.sent_text = row.gateway_id = text
        row.gateway_ids, row.told = [text, {"deep": [None, 1.5]}], {"state": text}
        row.cost, row.answer_status, row.answered_at, row.refunded = Decimal("12345.6789"), 200, now, True
    rows[1].told, rows[1].cost, rows[1].answer_status, rows[1].answered_at = None, None, None, None
    rows[2].continued_by, rows[2].gateway_ids, rows[2].told = rows[0], [], {}
    update_together(*((row, names) for row in rows))
    assert [columns(each) for each in Attempt.objects.order_by("number")] == [columns(row) for row in rows]
    for row in rows:
        row.continued_by, row.told, row.error = None, None, ""
    update_together(*((row, names) for row in rows))
    assert [columns(each) for each in Attempt.objects.order_by("number")] == [columns(row) for row in rows]


@pytest.mark.parametrize("count", [1, 2])
def test_a_text_that_is_too_long_is_never_cut(count: int) -> None:
    """PostgreSQL refuses it; SQLite knows no lengths and keeps it."""
    task = make_full_task()
    rows = [make_attempt(task, number=at, open=False, state="failed") for at in range(1, count + 1)]
    for row in rows:
        row.gateway_id = f"{row.number}" * 201
    with pytest.raises(DatabaseError) if ON_POSTGRESQL else nullcontext(), transaction.atomic():
        update_together(*((row, ("gateway_id",)) for row in rows))
    kept = [attempt.gateway_id for attempt in Attempt.objects.order_by("number")]
    assert kept == ([""] * count if ON_POSTGRESQL else [row.gateway_id for row in rows])


def test_what_is_inserted_under_a_lock_together_comes_last_and_has_its_ids_then() -> None:
    task = make_full_task()
    events = [Event(team=task.team, task=task, kind="heard", source="timer", text=str(at)) for at in range(3)]
    with CaptureQueriesContext(connection) as queries, statements.together():
        statements.insert_all(events, rings="pg_notify('studio_events', '')", lock=7)
        statements.write("UPDATE tasks_task SET progress = %s WHERE id = %s", 7, task.pk)
        task.error = "last"
        statements.update(task, ("error",))
        assert not queries
        assert [event.pk for event in events] == [None] * 3
    assert [event.pk for event in events] == list(Event.objects.order_by("id").values_list("pk", flat=True))
    assert "INSERT" in queries.captured_queries[-1]["sql"]
    assert Task.objects.values_list("error", "progress").get(pk=task.pk) == ("last", 7)


def test_rows_that_have_their_ids_before_are_inserted_at_the_end_too() -> None:
    task = make_full_task()
    Event.objects.create(team=task.team, task=task, kind="heard", source="timer", text="before")
    rows = [Event(team=task.team, task=task, kind="heard", source="timer", text=str(at)) for at in range(3)]
    with transaction.atomic():
        [numbers] = statements.at_once(statements.numbers(Event, 4))
        for row, number in zip(rows, numbers[:3], strict=True):
            row.pk = number
        with CaptureQueriesContext(connection) as queries, statements.together():
            statements.insert_all(rows)
            assert not queries
        later = Event.objects.create(team=task.team, task=task, kind="heard", source="timer", text="after")
    assert len(set(numbers)) == 4
    assert later.pk > max(row.pk for row in rows)
    stored = Event.objects.filter(task=task).order_by("id")
    assert [row.text for row in stored] == ["before", "0", "1", "2", "after"]
    assert [columns(row) for row in stored][1:4] == [columns(row) for row in rows]


def test_what_fails_together_writes_nothing() -> None:
    task = make_full_task()
    task.error = "never"

    def fails() -> None:
        with statements.together():
            statements.update(task, ("error",))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    statements.update(task, ("progress",))  # and afterwards all is as before
    assert Task.objects.get(pk=task.pk).error == ""


def test_a_row_that_is_gone_is_missed_among_others_too() -> None:
    one, other = make_full_task(), make_task(team := make_team("Team B", "dana"), make_member(team, "charlie"))
    Task.objects.filter(pk=other.pk).delete()
    with pytest.raises(DatabaseError, match="gone"), transaction.atomic():
        update_together((one, ("error",)), (other, ("error",)))


def test_several_questions_are_answered_at_once() -> None:
    one, other = make_full_task(), make_task(team := make_team("Team B", "dana"), make_member(team, "charlie"))
    tasks, teams = statements.Rows(Task, "WHERE id IN ({}) ORDER BY id"), statements.Rows(Team, "WHERE id IN ({})")
    asked = statements.at_once(tasks.among([one.pk, other.pk]), teams.among([team.pk]), tasks.among([0]))
    assert asked == [[one, other], [team], []]


def test_what_fails_among_several_fails_as_django_says_it() -> None:
    one, other = make_full_task(), make_task(team := make_team("Team B", "dana"), make_member(team, "charlie"))
    other.nonce, other.team_id = one.nonce, one.team_id
    with pytest.raises(IntegrityError), transaction.atomic():
        update_together((one, ("error",)), (other, ("nonce", "team")))
    wrong = statements.Question("SELECT nothing FROM nowhere", [], tuple)
    with pytest.raises(DatabaseError), transaction.atomic():
        statements.at_once(wrong, statements.Question("SELECT 1", [], tuple))
    assert statements.ask("SELECT 1") == (1,)


def test_what_failed_is_not_taken_for_kept() -> None:
    """The database never heard of a statement that stood behind one that failed."""
    names = statements.Question("SELECT name FROM teams_team WHERE name >= %s", ["T"], lambda row: row[0])
    fails = statements.Question("SELECT gone FROM teams_team", [], lambda row: row[0])
    make_team("Team T")
    for _ in range(OFTEN):
        assert statements.at_once(names) == [["Team T"]]
    with pytest.raises(DatabaseError), transaction.atomic():
        statements.at_once(fails, names)
    assert statements.at_once(names) == [["Team T"]]


def test_only_what_is_written_once_is_kept_by_the_database() -> None:
    team = make_team()
    for _ in range(OFTEN + 1):
        assert statements.ask("SELECT name FROM teams_team WHERE id = %s", team.pk) == (team.name,)
        assert list(Team.objects.filter(pk=team.pk, name__gte="")) == [team]
    assert statements_that_are_kept() == (["SELECT name FROM teams_team WHERE id = $1"] if ON_POSTGRESQL else [])


def statements_that_are_kept() -> list[str]:
    """Of this connection, which other tests have used too."""
    if not ON_POSTGRESQL:
        return []
    rows = statements.rows("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%teams_team%%'")
    return [text for (text,) in rows if "WHERE id = $1" in text or '"name" >=' in text]
