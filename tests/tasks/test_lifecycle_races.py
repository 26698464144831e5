"""Several at the same time, in every order that the database lets them have."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone
from django_q.models import OrmQ

from studio.tasks import events, lifecycle
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Kind, State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection
from tests.tasks.stage import OPERATION, Gateway, accepted, begin, call, claim, only_attempt, playing, story, told, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere"), pytest.mark.thorough]
POSTGRESQL = connection.vendor == "postgresql"
RACES = 500
Act = Callable[[], Any]


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    """Four threads that keep their database connections."""
    with ThreadPoolExecutor(4) as pool:
        yield pool
        together(pool, *[connections.close_all] * 4)


def together(pool: ThreadPoolExecutor, *acts: Act) -> list[Any]:
    """Start all at the same moment; what each returned, or the NotNow it raised.

    SQLite lets one writer in at a time, in an order nobody knows: there a shuffle decides.
    """
    if not POSTGRESQL:
        order = random.sample(range(len(acts)), len(acts))
        ended = {place: answered(acts[place]) for place in order}
        return [ended[place] for place in range(len(acts))]
    gate = threading.Barrier(len(acts))

    def act(one: Act) -> Any:
        gate.wait(10)
        return answered(one)

    return list(pool.map(act, acts))


def answered(act: Act) -> Any:
    with across_teams():
        try:
            return act()
        except lifecycle.NotNow as refusal:
            return refusal


def waiting(team: Team, person: User, count: int) -> list[Attempt]:
    """Queued attempts of as many tasks, made quickly; none of them is due yet."""
    gateway_connection = make_connection(team, concurrency=10_000, per_minute=10_000)
    given = {"team": team, "person": person, "connection": gateway_connection, "operation": OPERATION}
    tasks = Task.objects.bulk_create(Task(**given, nonce=f"n{n}", body_text="{}") for n in range(count))
    later = timezone.now() + timedelta(hours=1)
    return Attempt.objects.bulk_create(
        [Attempt(team=team, task=task, connection=gateway_connection, due_at=later) for task in tasks]
    )


def test_one_click_twenty_times_is_one_task(team: Team, alice: User, threads: ThreadPoolExecutor) -> None:
    gateway_connection = make_connection(team)
    for nonce in range(10):
        clicks = [partial(begin, team, alice, gateway_connection, f"n{nonce}")] * 4
        tasks = [task.pk for _ in range(5) for task in together(threads, *clicks)]
        assert (len(tasks), len(set(tasks))) == (20, 1)
    assert (Task.objects.count(), Attempt.objects.count(), Event.objects.count()) == (10, 10, 10)


def test_an_attempt_is_claimed_by_one_of_many(team: Team, alice: User, threads: ThreadPoolExecutor) -> None:
    for first in waiting(team, alice, 20):
        Attempt.objects.filter(pk=first.pk).update(due_at=timezone.now())
        claims = together(threads, *[partial(claim, first.pk)] * 4)
        assert [claimed.attempt for claimed in claims if claimed] == [first]


def test_the_limits_of_a_connection_hold_when_all_claim_at_once(
    team: Team, alice: User, threads: ThreadPoolExecutor
) -> None:
    gateway_connection = make_connection(team, concurrency=3, per_minute=1000)
    attempts = [only_attempt(begin(team, alice, gateway_connection, f"n{number}")) for number in range(20)]
    for start in range(0, 20, 4):
        together(threads, *[partial(claim, a.pk) for a in attempts[start : start + 4]])
    assert Attempt.objects.filter(state=State.SENDING).count() == 3


def test_whoever_joins_a_line_while_its_ring_is_answered_is_sent_or_rung_for(
    team: Team, alice: User, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ring of the one before it is enough only as long as nobody has answered it."""
    append = events.append

    def slowly(*given: Any, **more: Any) -> Event:
        time.sleep(0.02 if POSTGRESQL and given[1] == Kind.BEGUN else 0)
        return append(*given, **more)

    sender = make_connection(team, concurrency=1, per_minute=10_000)
    with playing(Gateway()) as gateway:
        gateway.answers(*(accepted(f"g{number}") for number in range(100)))
        for number in range(20):
            first = only_attempt(begin(team, alice, sender, f"first{number}"))
            monkeypatch.setattr(events, "append", slowly)
            OrmQ.objects.all().delete()
            joins = partial(begin, team, alice, sender, f"joins{number}")
            together(threads, joins, partial(lifecycle.send, first.pk))
            monkeypatch.undo()
            work()
            assert len(gateway.posts) == 2 * number + 2


def test_cancel_against_claim_ends_in_one_of_the_two(team: Team, alice: User, threads: ThreadPoolExecutor) -> None:
    attempts = waiting(team, alice, RACES)
    claimed: set[int] = set()
    cancelled: set[int] = set()

    def take(attempt: Attempt) -> None:
        if claim(attempt.pk):
            claimed.add(attempt.pk)

    def cancel(attempt: Attempt) -> None:
        lifecycle.cancel(attempt.task, alice)
        cancelled.add(attempt.pk)

    for attempt in attempts:
        Attempt.objects.filter(pk=attempt.pk).update(due_at=timezone.now())
        together(threads, partial(take, attempt), partial(cancel, attempt))
    assert not claimed & cancelled
    assert claimed | cancelled == {attempt.pk for attempt in attempts}
    for attempt in Attempt.objects.select_related("task"):
        sent = attempt.pk in claimed
        expected = State.SENDING if sent else State.CANCELLED
        assert (attempt.state, attempt.task.state, attempt.posts) == (expected, expected, int(sent))


def test_the_same_callback_four_times_at_once_is_one_change(
    team: Team, alice: User, threads: ThreadPoolExecutor
) -> None:
    with playing(Gateway()):
        for number in range(8):
            task = begin(team, alice, nonce=f"n{number}")
            lifecycle.send(only_attempt(task).pk)
            attempt = only_attempt(task)
            attempt.gateway_id = f"g{number}"
            attempt.gateway_ids = [attempt.gateway_id]
            attempt.save()
            before = len(story(task))
            calls = [partial(call, attempt, told(attempt.gateway_id, "1"))] * 4
            assert together(threads, *calls) == [200] * 4
            assert len(story(task)) == before + 1


def test_one_id_told_for_two_attempts_at_once_is_bound_to_one(
    team: Team, alice: User, threads: ThreadPoolExecutor
) -> None:
    gateway_connection = make_connection(team, concurrency=1000, per_minute=1000)
    for number in range(8):
        pair = [only_attempt(begin(team, alice, gateway_connection, f"{side}{number}")) for side in "ab"]
        for attempt in pair:
            claim(attempt.pk)
        together(threads, *[partial(call, attempt, told(f"g{number}", "1")) for attempt in pair])
        lifecycle.sweep()
        bound = Attempt.objects.filter(gateway_id=f"g{number}")
        assert bound.count() == 1
        assert sorted(Attempt.objects.get(pk=a.pk).state for a in pair) == [State.RUNNING, State.SENDING]
