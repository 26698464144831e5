"""What costs as much as an owner must approve waits unsent until one decides, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.utils import timezone

from studio.health.figures import held
from studio.health.findings import GOOD
from studio.ledger.budgets import month_of
from studio.tasks import fence, lifecycle, rings
from studio.tasks.approvals import approved_before, decision
from studio.tasks.models import Attempt, Task
from studio.tasks.states import Approval, State
from studio.teams.models import Team, User
from tests.factories import VALUES, make_connection, make_member, make_task
from tests.ledger.saying import say
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, only_attempt, story, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with stage.playing(Gateway()) as playing:
        yield playing


@pytest.fixture
def dear(team: Team) -> Team:
    say(team, price=100, approved_from=100)
    return team


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_it_waits_unsent_and_takes_nothing_from_a_budget(dear: Team, bob: User, gateway: Gateway) -> None:
    task = begin(dear, bob)
    work()
    lifecycle.sweep()
    work()
    assert (now(task).state, now(task).approval, now(task).charge) == (State.HELD, Approval.ASKED, Decimal(0))
    assert now(task).needs_attention
    assert now(task).state_word == "Waits for approval"
    assert task.events.get().text == "Its price needs an owner's approval."
    assert not gateway.posts


def test_an_owner_and_what_is_cheaper_need_nobody(dear: Team, alice: User, bob: User) -> None:
    assert begin(dear, alice, nonce="a").state == State.QUEUED
    say(dear, price="99.9999")
    assert begin(dear, bob, nonce="b").state == State.QUEUED


def test_an_approved_task_goes_its_way_once(dear: Team, alice: User, bob: User, gateway: Gateway) -> None:
    task = begin(dear, bob)
    for _ in range(2):
        lifecycle.approve(task, alice)
    work()
    assert len(gateway.posts) == 1
    assert (now(task).state, now(task).approval, now(task).charge) == (State.ACCEPTED, Approval.APPROVED, Decimal(100))
    assert story(task)[:2] == ["begun", "approved"]
    assert story(task).count("approved") == 1
    told = decision(now(task))
    assert told is not None
    assert told.person == alice


def test_a_declined_task_is_never_sent_and_says_why(dear: Team, alice: User, bob: User, gateway: Gateway) -> None:
    task = begin(dear, bob)
    for _ in range(2):
        lifecycle.decline(task, alice, " Too long, five seconds are enough. ")
    work()
    assert not gateway.posts
    assert (now(task).state, now(task).is_final, now(task).charge) == (State.CANCELLED, True, Decimal(0))
    assert story(task) == ["begun", "declined"]
    told = decision(now(task))
    assert told is not None
    assert (told.person, told.text) == (alice, "Too long, five seconds are enough.")


def test_who_decides_second_is_told(dear: Team, alice: User, bob: User) -> None:
    first, second, third = (begin(dear, bob, nonce=nonce) for nonce in "abc")
    lifecycle.approve(first, alice)
    with pytest.raises(lifecycle.NotNow, match="approved it already"):
        lifecycle.decline(first, alice, "")
    lifecycle.decline(second, alice, "")
    with pytest.raises(lifecycle.NotNow, match="declined it already"):
        lifecycle.approve(second, alice)
    lifecycle.cancel(third, bob)
    with pytest.raises(lifecycle.NotNow, match="any more"):
        lifecycle.approve(third, alice)
    assert now(third).state == State.CANCELLED


def test_the_budget_is_asked_again_when_it_is_approved(dear: Team, alice: User, bob: User) -> None:
    say(dear, budget=150)
    first, second = begin(dear, bob, nonce="a"), begin(dear, bob, nonce="b")
    lifecycle.approve(first, alice)
    with pytest.raises(lifecycle.NotNow, match="50 are left"):
        lifecycle.approve(second, alice)
    assert now(second).awaits_approval
    say(dear, budget=200)
    lifecycle.approve(second, alice)


def test_it_counts_for_the_month_in_which_it_was_approved(dear: Team, alice: User, bob: User) -> None:
    task = begin(dear, bob)
    this_month = month_of(timezone.now())[0]
    Task.objects.update(counted_at=this_month - timedelta(days=3))
    lifecycle.approve(task, alice)
    counted = now(task).counted_at
    assert counted is not None
    assert counted >= this_month


def test_a_key_that_is_started_again_lets_nothing_go_that_waits_for_an_owner(
    dear: Team, alice: User, bob: User, gateway: Gateway
) -> None:
    connection = make_connection(dear)
    connection.stop("spent")
    task = begin(dear, bob, connection)
    lifecycle.approve(task, alice)
    assert (now(task).state, now(task).held_because) == (State.HELD, "spent")
    waiting = begin(dear, bob, connection, nonce="n2")
    connection.resume()
    lifecycle.sweep()
    lifecycle.release(connection)
    work()
    assert now(task).state == State.ACCEPTED
    assert now(waiting).awaits_approval
    assert len(gateway.posts) == 1


def test_running_again_asks_again(dear: Team, alice: User, bob: User) -> None:
    task = begin(dear, bob)
    lifecycle.approve(task, alice)
    assert lifecycle.again(task, bob, "another").awaits_approval
    assert lifecycle.again(task, alice, "a third").state == State.QUEUED


def test_only_an_owner_sends_it_again(dear: Team, alice: User, bob: User, gateway: Gateway) -> None:
    gateway.answers(httpx.ReadTimeout("silence"))
    task = begin(dear, bob)
    lifecycle.approve(task, alice)
    work()
    with pytest.raises(lifecycle.NotNow, match="an owner has to send it again"):
        lifecycle.send_again(task, bob)
    lifecycle.send_again(task, alice)
    assert task.attempts.count() == 2


def test_after_a_restored_backup_nothing_is_approved_that_may_have_been_sent(
    dear: Team, alice: User, bob: User, gateway: Gateway
) -> None:
    connection = make_connection(dear)
    task = begin(dear, bob, connection)
    fence.hold()
    assert (now(task).state, now(task).charge) == (State.UNKNOWN, Decimal(100))
    with pytest.raises(lifecycle.NotNow):
        lifecycle.approve(task, alice)
    lifecycle.sweep()
    with pytest.raises(lifecycle.NotNow):
        lifecycle.send_again(task, bob)
    fence.lift()
    lifecycle.send_again(task, alice)
    connection.stop("spent")
    lifecycle.sweep()
    connection.resume()
    lifecycle.sweep()
    work()
    assert now(task).state == State.ACCEPTED
    assert len(gateway.posts) == 1


def test_it_is_compared_with_what_was_approved_last_the_same_persons_first(dear: Team, alice: User, bob: User) -> None:
    bodies = [VALUES | {"prompt": prompt} for prompt in ("one", "two", "three")]
    first, second, third = (begin(dear, bob, nonce=body["prompt"], values=body) for body in bodies)
    assert approved_before(third) is None
    lifecycle.approve(first, alice)
    lifecycle.decline(second, alice, "no")
    begin(dear, alice, nonce="own")
    assert approved_before(third) == first
    hers = make_task(dear, make_member(dear, "dana"), approval=Approval.ASKED)
    assert approved_before(hers) == first, "of nobody else than Bob anything was approved"


def test_a_task_that_waits_for_an_owner_is_no_stopped_key(dear: Team, bob: User) -> None:
    begin(dear, bob)
    assert held().finding.level == GOOD
    assert Attempt.objects.get().state == State.HELD
    assert only_attempt(Task.objects.get()).rung_at is None
    assert rings.SEND not in {name for name, _arguments in stage.rings()}
