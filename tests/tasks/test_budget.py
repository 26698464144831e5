"""Budgets of a month: what counts, what is refused with which words, and that no race spends more than there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.ledger.budgets import left, month_of
from studio.ledger.models import Budget
from studio.tasks import lifecycle
from studio.tasks.budget import within_budget
from studio.tasks.models import Attempt, Task
from studio.tasks.spending import Month, earliest
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection
from tests.ledger.saying import say
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, call, only_attempt, told, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with stage.playing(Gateway()) as playing:
        yield playing


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_a_task_knows_what_its_team_expects_it_to_cost(team: Team, bob: User) -> None:
    say(team, price="12.5")
    task = now(begin(team, bob))
    assert (task.price, task.charge) == (Decimal("12.5"), Decimal("12.5"))


def test_without_a_price_nothing_is_expected(team: Team, bob: User) -> None:
    task = now(begin(team, bob))
    assert (task.price, task.charge) == (None, Decimal(0))


def test_a_refusal_says_what_is_left_and_who_can_change_that(team: Team, bob: User) -> None:
    say(team, price=120, budget=200)
    begin(team, bob, nonce="a")
    with pytest.raises(lifecycle.NotNow) as refusal:
        begin(team, bob, nonce="b")
    assert str(refusal.value) == (
        "This costs about 120 points; of the team's 200 points for this month 80 are left. "
        "An owner can raise the budget (Alice)."
    )
    assert Task.objects.count() == 1
    assert len(stage.rings()) == 1


def test_the_same_click_twice_is_no_second_task_and_no_refusal(team: Team, bob: User) -> None:
    say(team, price=120, budget=120)
    connection = make_connection(team)
    assert begin(team, bob, connection) == begin(team, bob, connection)


def test_a_budget_of_one_person_is_no_matter_for_another(team: Team, alice: User, bob: User) -> None:
    say(team, price=10, budget=10, person=bob)
    begin(team, bob, nonce="a")
    with pytest.raises(lifecycle.NotNow, match="of your 10 points for this month 0 are left"):
        begin(team, bob, nonce="b")
    begin(team, alice, nonce="c")


def test_a_budget_of_one_team_is_no_matter_for_another(team: Team, bob: User, other_team: Team, charlie: User) -> None:
    say(team, price=10, budget=0)
    say(other_team, price=10)
    begin(other_team, charlie)
    with pytest.raises(lifecycle.NotNow):
        begin(team, bob)


def test_what_is_free_begins_without_any_budget_left(team: Team, bob: User) -> None:
    say(team, price=0, budget=0)
    begin(team, bob)


def test_what_has_no_price_begins_as_long_as_anything_is_left(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, budget=100)
    task = begin(team, bob, nonce="a")
    work()
    gateway.says(stage.feed(status="3", point="120"))
    call(only_attempt(task), told(status="3", point="120"))
    work()
    assert now(task).charge == 120
    with pytest.raises(lifecycle.NotNow, match="used up: 0 of 100"):
        begin(team, bob, nonce="b")


def test_what_the_gateway_told_takes_the_place_of_the_price(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, price=100, budget=250)
    task = begin(team, bob, nonce="a")
    work()
    gateway.says(stage.feed(status="3", point="40"))
    call(only_attempt(task), told(status="3", point="40"))
    work()
    assert (now(task).price, now(task).cost, now(task).charge) == (Decimal(100), Decimal(40), Decimal(40))
    begin(team, bob, nonce="b")
    begin(team, bob, nonce="c")


def test_points_that_were_given_back_can_be_spent_again(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, price=100, budget=100)
    task = begin(team, bob, nonce="a")
    work()
    gateway.says(stage.feed(status="2"))
    call(only_attempt(task), told(status="2"))
    work()
    assert (now(task).state, now(task).refunded, now(task).charge) == (State.FAILED, True, Decimal(0))
    begin(team, bob, nonce="b")


def test_a_failure_counts_until_the_points_are_given_back(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, price=100, budget=150)
    task = begin(team, bob, nonce="a")
    work()
    gateway.says(stage.feed(status="2", refund="0"))
    call(only_attempt(task), told(status="2", refund="0"))
    work()
    assert (now(task).state, now(task).charge) == (State.FAILED, Decimal(100))
    with pytest.raises(lifecycle.NotNow):
        begin(team, bob, nonce="b")


def test_what_was_refused_cancelled_or_never_sent_costs_nothing(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, price=100, budget=100)
    gateway.answers(httpx.Response(400, json={"error": {"message": "odd"}}))
    refused = begin(team, bob, nonce="a")
    work()
    assert (now(refused).state, now(refused).charge) == (State.REFUSED, Decimal(0))
    cancelled = begin(team, bob, nonce="b")
    lifecycle.cancel(cancelled, bob)
    assert now(cancelled).charge == 0
    gateway.answers(httpx.ConnectError("nobody there"))
    unsent = begin(team, bob, nonce="c")
    for _ in range(12):
        work()
        stage.let_pass(4000)
        lifecycle.sweep()
    assert (now(unsent).state, now(unsent).charge) == (State.FAILED, Decimal(0))
    begin(team, bob, nonce="d")


def test_last_month_is_over(team: Team, bob: User) -> None:
    say(team, price=100, budget=100)
    begin(team, bob, nonce="a")
    Task.objects.update(counted_at=month_of(timezone.now())[0] - timedelta(seconds=1))
    begin(team, bob, nonce="b")


def test_running_again_is_checked(team: Team, alice: User, bob: User) -> None:
    say(team, price=100, budget=100)
    task = begin(team, bob)
    with pytest.raises(lifecycle.NotNow, match="0 are left"):
        lifecycle.again(task, alice, "another")


def test_sending_again_is_checked_and_counts(team: Team, alice: User, bob: User, gateway: Gateway) -> None:
    say(team, price=100, budget=150)
    gateway.answers(httpx.ReadTimeout("silence"), stage.accepted())
    task = begin(team, bob)
    work()
    assert (now(task).state, now(task).charge) == (State.UNKNOWN, Decimal(100))
    with pytest.raises(lifecycle.NotNow, match="50 are left"):
        lifecycle.send_again(task, bob)
    assert task.attempts.count() == 1
    say(team, budget=200)
    lifecycle.send_again(task, bob)
    assert now(task).charge == 200
    Attempt.objects.filter(number=2).update(state=State.REFUSED)
    Task.objects.update(counted_at=month_of(timezone.now())[0] - timedelta(seconds=1))
    with pytest.raises(lifecycle.NotNow, match="Run again"):
        lifecycle.send_again(task, bob)


def test_money_that_one_attempt_cost_is_not_given_back_with_another(team: Team, bob: User, gateway: Gateway) -> None:
    say(team, price=100)
    gateway.says(stage.feed(status="2", refund="0", point="90"))
    task = begin(team, bob)
    work()
    call(only_attempt(task), told(status="2", refund="0", point="90"))
    work()
    assert (now(task).state, now(task).charge) == (State.FAILED, Decimal(90))
    gateway.answers(stage.accepted("g2"))
    gateway.says(stage.feed("g2", status="2", point="90"))
    lifecycle.send_again(task, bob)
    work()
    stage.let_pass(60)
    lifecycle.sweep()
    work()
    assert [a.refunded for a in task.attempts.all()] == [False, True]
    assert (now(task).cost, now(task).refunded, now(task).charge) == (Decimal(90), False, Decimal(90))


def test_a_sum_is_checked_as_one(team: Team, bob: User) -> None:
    say(team, price=10, budget=95)
    prices = [Decimal(10)] * 10
    with transaction.atomic():
        within_budget(team, bob, prices[:9])
        with pytest.raises(lifecycle.NotNow, match="about 100 points"):
            within_budget(team, bob, prices)


def test_without_budgets_money_is_one_query_of_begin(team: Team, bob: User) -> None:
    connection_of_team = make_connection(team)
    say(team, price=10)
    with CaptureQueriesContext(connection) as queries:
        begin(team, bob, connection_of_team)
    money = [each["sql"] for each in queries if "ledger_" in each["sql"] or "SUM(" in each["sql"]]
    assert len(money) == 1


def test_a_rehearsal_on_the_sandbox_takes_nothing_from_a_month_and_asks_nobody(
    team: Team, bob: User, gateway: Gateway
) -> None:
    """Whatever the sandbox says that it cost; to send it again costs nothing either."""
    say(team, price=120, budget=100, approved_from=1)
    sandbox = make_connection(team, is_sandbox=True)
    task = begin(team, bob, sandbox)
    work()
    gateway.says(stage.feed(status="3"))
    call(only_attempt(task), told(status="3"))
    work()
    task = now(task)
    assert (task.state, task.cost, task.charge, task.is_rehearsal) == (State.SUCCEEDED, Decimal(120), Decimal(), True)
    assert [each.spent for each in left(team, bob, list(Budget.objects.all()))] == [Decimal()]
    month = Month(*month_of(timezone.now()))
    assert (month.totals().line.tasks, month.rehearsals(), earliest()) == (0, 1, None)
    with pytest.raises(lifecycle.NotNow):
        begin(team, bob, nonce="another gateway's")
    failed = begin(team, bob, sandbox, nonce="b")
    Attempt.objects.filter(task=failed).update(state=State.FAILED, posts=1, open=False)
    lifecycle.send_again(failed, bob)
    assert (now(failed).charge, now(failed).is_rehearsal) == (Decimal(), True)


def test_a_rehearsal_whose_connection_leads_elsewhere_by_now_is_not_sent(
    team: Team, bob: User, gateway: Gateway
) -> None:
    """It was in no budget and asked no owner: it may not become a call that is paid."""
    task = begin(team, bob, make_connection(team, is_sandbox=True))
    Connection.objects.update(is_sandbox=False)
    work()
    attempt = only_attempt(task)
    assert (attempt.state, gateway.posts) == (State.NOT_SENT, [])
    assert "rehearsal" in attempt.error
