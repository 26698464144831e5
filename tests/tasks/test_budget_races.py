"""Many at the same moment: together they never spend more than a budget has, and nobody decides twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum

from studio.tasks import lifecycle
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Kind, State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection
from tests.ledger.saying import say
from tests.tasks.stage import begin

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere"), pytest.mark.thorough]
AT_ONCE = 8


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread with a connection of its own, all from the same moment on: what it returned or was refused."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(10)
        try:
            with across_teams():
                return act()
        except lifecycle.NotNow as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def refused(answers: list[Any]) -> int:
    return sum(isinstance(answer, lifecycle.NotNow) for answer in answers)


def test_begins_at_the_same_moment_never_exceed_a_budget(team: Team, alice: User, bob: User) -> None:
    connection = make_connection(team)
    say(team, price=30, budget=100)
    say(team, budget=60, person=bob)
    people = [alice, bob] * (AT_ONCE // 2)
    for turn in range(3):
        answers = race(*(partial(begin, team, who, connection, f"{turn}-{place}") for place, who in enumerate(people)))
        assert refused(answers) == (AT_ONCE - 3 if turn == 0 else AT_ONCE)
    spent = dict(Task.objects.order_by().values_list("person").annotate(Sum("charge")))
    assert sum(spent.values()) == 90
    assert spent.get(bob.pk, 0) <= 60
    assert Task.objects.count() == Attempt.objects.count() == Event.objects.count() == 3


def test_one_click_many_times_takes_its_price_once(team: Team, bob: User) -> None:
    connection = make_connection(team)
    say(team, price=30, budget=30)
    answers = race(*[partial(begin, team, bob, connection, "the same")] * AT_ONCE)
    assert {answer.pk for answer in answers} == {Task.objects.get().pk}


def test_owners_who_decide_at_the_same_moment_decide_once(team: Team, alice: User, bob: User) -> None:
    connection = make_connection(team)
    say(team, price=30, budget=90, approved_from=1)
    tasks = [begin(team, bob, connection, f"n{number}") for number in range(AT_ONCE // 2)]
    race(*(partial(lifecycle.approve, task, alice) for task in tasks for _ in range(2)))
    approved = Task.objects.filter(state=State.QUEUED)
    assert approved.count() == 3
    assert approved.aggregate(spent=Sum("charge"))["spent"] == 90
    assert Event.objects.filter(kind=Kind.APPROVED).count() == 3
    [waiting] = Task.objects.filter(state=State.HELD)
    say(team, budget=1000)
    race(partial(lifecycle.approve, waiting, alice), partial(lifecycle.decline, waiting, alice, "no"))
    assert Event.objects.filter(task=waiting, kind__in=[Kind.APPROVED, Kind.DECLINED]).count() == 1
