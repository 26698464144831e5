"""Callbacks that come at the same time: one transaction for all of them, and none for what is out of the ordinary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from studio.tasks import callback, desk, hearing
from studio.tasks.desk import Brought, Desk, Outcome, serve
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.tasks.states import Kind, State
from studio.teams import statements
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_attempt, make_connection, make_task
from tests.tasks.stage import told

pytestmark = pytest.mark.usefixtures("everywhere")
COUNT = 6


@pytest.fixture
def attempts(team: Team, alice: User) -> list[Attempt]:
    """Of as many tasks, accepted by the gateway as g1, g2 …"""
    return some(team, alice, COUNT)


def some(team: Team, alice: User, count: int) -> list[Attempt]:
    sender = make_connection(team)
    tasks = [make_task(team, alice, sender, state=State.ACCEPTED) for _ in range(count)]
    return [make_attempt(task, state=State.ACCEPTED, gateway_id=f"g{at}") for at, task in enumerate(tasks, 1)]


def brought(attempt: Attempt, at: int, body: bytes | None = None) -> Brought:
    body = json.dumps(told(f"g{at}")).encode() if body is None else body
    return Brought(attempt.public_id, RequestFactory().post("/", body, content_type="application/json"), body)


def all_of(attempts: list[Attempt]) -> list[Brought]:
    return [brought(attempt, at) for at, attempt in enumerate(attempts, 1)]


def outcomes(batch: list[Brought]) -> list[Outcome | None]:
    return [each.outcome for each in batch]


def test_those_that_come_together_are_kept_and_heard_in_one_transaction(attempts: list[Attempt]) -> None:
    batch = all_of(attempts)
    with CaptureQueriesContext(connection) as queries:
        serve(batch)
    assert outcomes(batch) == [Outcome.KEPT] * COUNT
    kept = Callback.objects.order_by("id")
    assert [row.attempt for row in kept] == attempts
    assert all(row.heard_at for row in kept)
    assert set(Task.objects.values_list("state", flat=True)) == {State.RUNNING}
    assert [event.data["callback"] for event in Event.objects.order_by("id")] == [row.pk for row in kept]
    reading = [query for query in queries if query["sql"].lstrip().startswith("SELECT")]
    assert len(reading) <= 6, "what is read is read for all of them"  # in PostgreSQL the lock is one of them


def test_of_one_address_and_of_one_task_one_at_a_time(attempts: list[Attempt]) -> None:
    first, second = (
        attempts[0],
        make_attempt(attempts[1].task, number=2, state=State.FAILED, open=False, gateway_id="g9"),
    )
    batch = [brought(first, 1), brought(attempts[1], 2), brought(first, 1), brought(second, 9)]
    serve(batch)
    assert sorted(str(each) for each in outcomes(batch[1::2])) == [str(Outcome.ALONE), str(Outcome.KEPT)]
    assert outcomes(batch[::2]) == [Outcome.KEPT, Outcome.ALONE]
    assert Callback.objects.count() == 2


def test_what_is_out_of_the_ordinary_leaves_no_trace_and_holds_nobody_up(attempts: list[Attempt]) -> None:
    batch = all_of(attempts[:2])
    ghost = brought(attempts[2], 3)
    ghost.public_id = "x" * 22
    silent, broken = brought(attempts[3], 4, b"{}"), brought(attempts[4], 5, b"\xff{not json")
    Callback.objects.bulk_create(
        Callback(team=attempts[5].team, attempt=attempts[5], public_id=attempts[5].public_id, body=b"")
        for _ in range(desk.PER_ADDRESS)
    )
    flood = brought(attempts[5], 6)
    serve([*batch, ghost, silent, broken, flood])
    assert outcomes(batch) == [Outcome.KEPT] * 2
    assert outcomes([ghost, silent, broken]) == [Outcome.ALONE] * 3
    assert flood.outcome == Outcome.FLOOD
    assert Callback.objects.count() == desk.PER_ADDRESS + 2


def test_a_fault_in_the_midst_takes_all_back_and_each_is_heard_alone(
    attempts: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = hearing.learn
    given: list[Attempt] = []

    def third_fails(one: Any, mine: Attempt, *rest: Any, **more: Any) -> None:
        given.append(mine)
        if len(given) == 3:
            raise RuntimeError("a fault")
        learn(one, mine, *rest, **more)

    monkeypatch.setattr(desk, "learn", third_fails)
    batch = all_of(attempts)
    serve(batch)
    assert outcomes(batch) == [Outcome.ALONE] * COUNT
    assert not Callback.objects.exists()
    for each in batch:
        assert callback.keep_alone(each.public_id, each.request, each.body) == Outcome.KEPT
    assert Event.objects.filter(kind=Kind.HEARD).count() == COUNT


def test_a_database_that_is_away_is_said_to_all_who_wait(
    attempts: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(batch: list[Brought]) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(desk, "take", away)
    batch = all_of(attempts)
    serve(batch)
    assert outcomes(batch) == [Outcome.AWAY] * COUNT


def test_nothing_is_called_kept_before_it_is_committed(
    attempts: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ends:
        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(transaction, "atomic", Ends)
    batch = all_of(attempts)
    with pytest.raises(KeyboardInterrupt):
        serve(batch)
    assert outcomes(batch) == [Outcome.ALONE] * COUNT


def test_who_serves_and_ends_leaves_the_others_to_themselves(
    attempts: list[Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(batch: list[Brought]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk, "take", ends)
    batch = all_of(attempts)
    with pytest.raises(KeyboardInterrupt):
        serve(batch)
    assert outcomes(batch) == [Outcome.ALONE] * COUNT


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_while_the_desk_is_taken_is_served_by_somebody(
    team: Team, alice: User, threads: ThreadPoolExecutor
) -> None:
    count = 40
    attempts = some(team, alice, count)
    mine, begin = Desk(), Barrier(4)
    served, counting = [0], Lock()

    def bring(part: list[Brought]) -> list[Outcome]:
        begin.wait(10)
        found = [mine.bring(each.public_id, each.request, each.body) for each in part]
        with counting:
            served[0] += len(found)
        connection.close()
        return found

    batch = all_of(attempts)
    parts = [threads.submit(bring, batch[at::4]) for at in range(4)]
    assert {outcome for part in parts for outcome in part.result(30)} == {Outcome.KEPT}
    assert (served[0], Callback.objects.exclude(heard_at=None).count()) == (count, count)
    assert not mine.waiting


@pytest.mark.django_db(transaction=True)
def test_a_task_that_somebody_else_is_changing_is_not_waited_for(
    team: Team, alice: User, threads: ThreadPoolExecutor
) -> None:
    if not connection.features.has_select_for_update:  # SQLite has one writer: nobody else is changing anything
        return
    attempts = some(team, alice, 2)

    def elsewhere() -> list[Outcome | None]:
        batch = all_of(attempts)
        serve(batch)
        connection.close()
        return outcomes(batch)

    with across_teams(), transaction.atomic():
        statements.Rows(Task, f"WHERE id = %s {statements.LOCKED}").get(attempts[0].task_id)
        assert threads.submit(elsewhere).result(10) == [Outcome.ALONE, Outcome.KEPT]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool
