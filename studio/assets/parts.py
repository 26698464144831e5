"""The results of a task as a page shows them: the first few, and more of them as they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.assets.models import Asset
from studio.assets.posters import players

STEP = 24  # results that are shown at a time; a request may make thousands


@dataclass(frozen=True)
class Part:
    """Some of a task's results, each with its number from 1, and of the files beside them those in the same places.

    Places up to `end` are on the page with this part; of the results there are `all`; `more` says that some are left.
    """

    results: list[tuple[int, Asset]]
    beside: list[Asset]
    end: int
    all: int
    more: bool
    step: int = STEP

    @property
    def shown(self) -> int:
        return min(self.end, self.all)

    @property
    def many(self) -> bool:
        return self.all > 1


def part(assets: Iterable[Asset], begin: int, end: int) -> Part:
    """The results in the places from `begin` (from 0) to `end`. A task's results keep their places for good."""
    rows = list(assets)
    shown = players(rows)
    beside = [row for row in rows if row.is_beside and row.is_kept]
    results = list(enumerate(shown, start=1))[begin:end]
    return Part(results, beside[begin:end], end, len(shown), max(len(shown), len(beside)) > end)


def place(text: str | None) -> int:
    """How many results a browser says that it has, in whole steps."""
    count = int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
    return max(1, -(-count // STEP)) * STEP
