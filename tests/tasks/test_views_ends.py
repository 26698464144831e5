"""What the page of a task that ended badly says: what it cost, what its history tells, what can be done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio.teams.models import Team, User
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
