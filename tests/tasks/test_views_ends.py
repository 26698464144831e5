"""What the page of a task that ended badly says: what it cost, what its history tells, what can be done."""

from __future__ import annotations

import re
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


def buttons(page: str) -> tuple[list[str], str | None, list[str]]:
    """The names of the buttons in plain sight, the main action among them, and the names of those that are folded."""
    shown, _, folded = page.partition('<details class="more" id="more-')
    main = re.findall(r'button--primary"[^>]*aria-describedby="offer-([a-z0-9-]+)"', page)
    assert len(main) < 2
    return names_in(shown), next(iter(main), None), names_in(folded)


def names_in(markup: str) -> list[str]:
    return re.findall(r'aria-describedby="offer-([a-z0-9-]+)"', markup)


KNOWN = {"gateway_id": "g1"}


@pytest.mark.parametrize(
    ("state", "error", "attempt", "shown", "main", "folded"),
    [
        ("refused", "HTTP 400", {}, ["edit", "again"], "edit", ["send-again", "keep", "elsewhere"]),
        ("failed", "违规", KNOWN, ["edit", "look", "again"], "edit", ["send-again", "keep", "elsewhere"]),
        ("failed", "task timed out", KNOWN, ["look", "send-again", "edit"], "look", ["again", "keep", "elsewhere"]),
        ("failed", "overloaded", KNOWN, ["send-again", "edit", "look"], "send-again", ["again", "keep", "elsewhere"]),
        ("refused", "余额不足", {}, ["send-again", "edit"], "send-again", ["again", "keep", "elsewhere"]),
        ("failed", "E-4711", {}, ["send-again", "edit"], "send-again", ["again", "keep", "elsewhere"]),
        ("unknown", "", {}, ["send-again", "write-off"], None, ["again", "edit", "keep", "elsewhere"]),
        ("succeeded", "", {}, ["again", "edit", "keep", "elsewhere"], None, []),
        ("running", "", KNOWN, ["look", "again", "edit"], None, ["keep", "elsewhere"]),
    ],
)
def test_the_likeliest_thing_to_do_comes_first_and_is_the_main_action_after_an_end_without_result(
    team: Team,
    bob: User,
    signed_in: SignIn,
    state: str,
    error: str,
    attempt: dict[str, object],
    shown: list[str],
    main: str | None,
    folded: list[str],
) -> None:
    task = add(team, bob, state, attempt, error=error)
    assert buttons(text_of(signed_in(bob), f"/tasks/{task.pk}/")) == (shown, main, folded)


def test_what_a_result_leads_to_comes_before_its_repetition(team: Team, bob: User, signed_in: SignIn) -> None:
    onward = {"operation": "runway.generate-image", "values": {"image": "https://files.example.com/1.png"}}
    actions = [onward | {"label": {"en": name, "zh": name}} for name in ("Go on", "Go further")]
    task = add(team, bob, "succeeded", actions=actions)
    shown, main, _folded = buttons(text_of(signed_in(bob), f"/tasks/{task.pk}/"))
    assert (shown[:3], main) == (["follow-0", "follow-1", "again"], "follow-0")


def test_points_that_came_back_are_not_said_to_be_charged_again(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "failed", error="overloaded", cost=Decimal(8), refunded=True)
    page = text_of(signed_in(bob), f"/tasks/{task.pk}/")
    assert "What the first one cost was given back." in page
    assert "it is charged again" not in page


def test_that_points_came_back_is_one_phrase_in_each_language(team: Team, bob: User, signed_in: SignIn) -> None:
    task = add(team, bob, "failed", error="overloaded", cost=Decimal(8), refunded=True)
    client = signed_in(bob)
    assert "<dd>8 points, given back</dd>" in text_of(client, f"/tasks/{task.pk}/")
    client.cookies["django_language"] = "zh-hans"
    assert "<dd>8 点，已退还</dd>" in text_of(client, f"/tasks/{task.pk}/")
