"""How far a task has come: a part of a whole, or the highest share among words."""

from __future__ import annotations

import jmespath
import pytest

from studio.catalog.progress import percent
from studio.catalog.schema import Reading


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (8, 23, 34),
        ("8", "23", 34),
        (24, 23, 100),
        (0, 23, 0),
        (None, 23, None),
        (1, 0, None),
        (-1, 23, None),
        (1, "x", None),
    ],
)
def test_progress_may_be_a_part_of_a_whole(part: object, whole: object, share: int | None) -> None:
    reading = Reading(progress=(jmespath.compile("part"),), progress_of=(jmespath.compile("whole"),))
    assert percent(reading, {"part": part, "whole": whole}) == share


def test_of_progress_among_words_the_highest_counts() -> None:
    reading = Reading(progress=(jmespath.compile("text"),), progress_finds="at ([0-9]+)%")
    assert percent(reading, {"text": "at 9%, at 40%, at 12%, 99%"}) == 40
    for nothing in ({"text": "soon"}, {"text": None}, {}):
        assert percent(reading, nothing) is None
