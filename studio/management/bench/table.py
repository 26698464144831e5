"""The bench's arithmetic, and the table in which it says what it found."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HEAD = ("measured", "figure", "floor", "ratio", "to reach", "")


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


@dataclass(frozen=True)
class Target:
    """What is to be reached: a limit for the figure itself, or for its ratio to the floor."""

    limit: float
    of: Literal["figure", "ratio"] = "figure"
    most: bool = True  # at most the limit; else at least

    def words(self, unit: str) -> str:
        what = f"{number(self.limit)} of the floor" if self.of == "ratio" else f"{number(self.limit)} {unit}".rstrip()
        return f"at {'most' if self.most else 'least'} {what}"


@dataclass(frozen=True)
class Row:
    """One line. Without a figure the note says why there is none; without a target it is only told."""

    name: str
    figure: float | None
    unit: str
    floor: float | None = None
    ratio: float | None = None
    target: Target | None = None
    note: str = ""
    failed: bool = False  # it could not be measured

    @property
    def met(self) -> bool | None:
        """None where nothing is to be reached, or nothing can be measured here."""
        if self.failed:
            return False
        value = self.figure if self.target and self.target.of == "figure" else self.ratio
        if self.target is None or value is None:
            return None
        return value <= self.target.limit if self.target.most else value >= self.target.limit

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "met", False: "NOT MET", None: ""}[self.met]
        figure = "-" if self.figure is None else f"{number(self.figure)} {self.unit}".rstrip()
        return (
            self.name,
            figure,
            "-" if self.floor is None else f"{number(self.floor)} {self.unit}".rstrip(),
            "-" if self.ratio is None else number(self.ratio),
            self.target.words(self.unit) if self.target else "",
            " ".join(filter(None, [verdict, self.note and f"({self.note})"])),
        )


def against(name: str, pairs: Sequence[tuple[float, float]], unit: str, target: Target | None, note: str = "") -> Row:
    """A row from rounds of (figure, floor): the ratio is the median of the rounds' own, since a machine's noise moves
    both of a round alike. Raises ValueError for no rounds."""
    if not pairs:
        raise ValueError("no rounds")
    ratios = [figure / floor for figure, floor in pairs if floor]
    return Row(
        name,
        median([figure for figure, _floor in pairs]),
        unit,
        floor=median([floor for _figure, floor in pairs]),
        ratio=median(ratios) if ratios else None,
        target=target,
        note=note,
    )


def missed(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.met is False]


def number(value: float) -> str:
    """Three digits that count, never as a power of ten."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rendered(rows: Sequence[Row]) -> str:
    """All rows under one head, in columns as wide as their widest cell."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    right = {1, 2, 3}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
