"""The short form of `manage.py chaos`: every point once on both databases, some kills at random, three wrong builds."""

from __future__ import annotations

import pytest

from tests.chaos import driver
from tests.chaos.marks import POINTS
from tests.chaos.table import NAMES, rendered

pytestmark = pytest.mark.slow


def test_no_kill_pays_twice_or_loses_what_was_paid() -> None:
    found = driver.everything(list(NAMES), points=list(POINTS), seeds=[1], tasks=0, say=print)
    print(rendered(found))
    assert not any(each.broken() for each in found.values()), rendered(found)
    assert all(each.counts["kills at a point"] == len(POINTS) for each in found.values())


def test_the_checker_sees_what_is_wrong_with_the_builds_that_everybody_makes_first() -> None:
    found = driver.planted(print)
    assert not driver.unseen(found), rendered(found)
