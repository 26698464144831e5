"""The days of a month as bars: the numbers that the picture is drawn from, in its own small coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from studio.tasks.spending import Day

STEP, THICK, HEIGHT = 12, 8, 100  # of a day, of its bar, of the picture


@dataclass(frozen=True)
class Bar:
    """One day. What was charged stands on the ground, what is expected on top of it. `label` is the day's number where
    the axis names it."""

    day: Day
    x: int
    charged: int
    expected: int
    label: str

    thick = THICK

    @property
    def charged_y(self) -> int:
        return HEIGHT - self.charged

    @property
    def expected_y(self) -> int:
        return HEIGHT - self.charged - self.expected


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    peak: Decimal  # points of the highest day
    highest: Day

    height = HEIGHT

    @property
    def width(self) -> int:
        return STEP * len(self.bars)


def chart(days: Sequence[Day]) -> Chart:
    highest = max(days, key=lambda day: day.points)
    return Chart([bar(number, day, highest.points) for number, day in enumerate(days)], highest.points, highest)


def bar(number: int, day: Day, peak: Decimal) -> Bar:
    charged, whole = height(day.charged, peak), height(day.points, peak)
    label = str(day.on.day) if number % 7 == 0 else ""
    return Bar(day, number * STEP + (STEP - THICK) // 2, charged, max(whole - charged, 0), label)


def height(points: Decimal, peak: Decimal) -> int:
    """Whatever is more than nothing can be seen."""
    return max(2, round(HEIGHT * points / peak)) if points > 0 and peak > 0 else 0
