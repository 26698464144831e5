"""What the page of a task that ended badly says: what it cost, what its history tells, what can be done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from studio.tasks.showing import lines
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.tasks import stage
from tests.tasks.test_views import SignIn, add, text_of

GUESS = "It may have been charged."


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"cost": Decimal(8), "refunded": True}, "8 points were charged, and given back."),
        ({"refunded": True}, "What was charged was given back."),
        ({"cost": Decimal(8)}, "8 points were charged."),
        ({"cost": Decimal(0)}, "Nothing was charged."),
        ({"counted_at": None, "cost": Decimal(8)}, "Nothing was charged: a rehearsal on the sandbox."),
        ({}, GUESS),
    ],
)
def test_what_the_gateway_told_of_money_counts_before_what_such_failures_mean(
    team: Team, bob: User, signed_in: SignIn, told: dict[str, Any], said: str
) -> None:
    task = add(team, bob, "failed", error="task timed out after 900 s", **told)
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert f"<p>{said}</p>" in page
    assert said == GUESS or GUESS not in page


def test_what_a_failure_that_nobody_knows_has_cost_is_told_too(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "failed", error="E-4711", cost=Decimal(3))
    assert "<p>3 points were charged.</p>" in text_of(signed_in(bob), f"/tasks/{task.pk}/")


def told_by_callback(team: Team, person: User, status: str) -> list[tuple[str, bool]]:
    """The words of a history in which a callback told the end and a query confirmed it, and which ask for that."""
    with scope(team), stage.playing(stage.Gateway()) as gateway:
        task = stage.begin(team, person)
        stage.work()
        stage.call(stage.only_attempt(task), stage.told(status=status))
        gateway.says(stage.feed(status=status))
        stage.work()
        return [(line.words, line.asks) for line in lines(task)]


def test_a_failure_that_a_callback_told_stands_in_the_history_and_so_does_that_it_was_confirmed(
    team: Team, bob: User
) -> None:
    said = told_by_callback(team, bob, "2")
    assert said[-2:] == [("Failed", True), ("Confirmed", False)]


def test_a_success_that_a_callback_told_has_its_word_once_it_is_confirmed(team: Team, bob: User) -> None:
    said = told_by_callback(team, bob, "3")
    asking = ("Told that it has ended; asking whether that is true", False)
    assert said[-2:] == [asking, ("Succeeded", False)]


def test_the_page_says_of_an_unproven_failure_that_the_gateway_is_asked(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    with scope(team), stage.playing(stage.Gateway()):
        task = stage.begin(team, bob)
        stage.work()
        stage.call(stage.only_attempt(task), stage.told(status="2"))
    assert "the gateway is asked to confirm it" in text_of(signed_in(bob), f"/tasks/{task.pk}/")


@pytest.mark.parametrize(
    ("attempt", "comes"), [({}, False), ({"gateway_id": "g1", "next_poll_at": timezone.now()}, True)]
)
def test_a_lost_answer_looks_like_work_only_while_it_is_asked_for(
    team: Team, bob: User, signed_in: SignIn, attempt: dict[str, object], comes: bool
) -> None:
    task = add(team, bob, "unknown", attempt, sent_at=timezone.now())
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert ("task__at-work" in page) == comes
    assert ("We are checking" in page) == comes
