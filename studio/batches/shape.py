"""How a grid lies on a page: of its last two axes the longer one goes down, the shorter one across; others group."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

ACROSS = 6  # points of a single axis that stand beside each other


class Shape:
    """The seats of a grid's cells, by their number from 1. A line is one row of the page, in each group anew."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = list(sizes)
        *others, above, last = [1, 1, *self.sizes]
        self.turned = last > above if len(self.sizes) > 1 else last > ACROSS
        self.rows, self.columns = (last, above) if self.turned else (above, last)
        self.groups = prod(others)

    @property
    def lines(self) -> int:
        return self.groups * self.rows

    def seat(self, number: int) -> tuple[int, int]:
        """The line and the column of a cell."""
        group, within = divmod(number - 1, self.rows * self.columns)
        if self.turned:
            column, row = divmod(within, self.rows)
        else:
            row, column = divmod(within, self.columns)
        return group * self.rows + row, column

    def number(self, line: int, column: int) -> int:
        """The cell that sits there."""
        group, row = divmod(line, self.rows)
        within = column * self.rows + row if self.turned else row * self.columns + column
        return group * self.rows * self.columns + within + 1

    def place(self, number: int) -> list[int]:
        """The index on each axis."""
        left, found = number - 1, []
        for size in reversed(self.sizes):
            left, index = divmod(left, size)
            found.append(index)
        return found[::-1]
