"""The plan as a small picture: a square for each cell, struck through where the rules leave it out."""

from __future__ import annotations

from typing import NamedTuple

from studio.batches.planning.cells import Plan
from studio.batches.shape import Shape
from studio.languages import in_words

SIDE, GAP, APART = 10, 3, 6  # units: a square, between two, and between two groups
ALONG = 24  # squares in a line where there is one axis only


class Square(NamedTuple):
    x: int
    y: int
    why: str
    hint: str


class Minigrid:
    """`squares` with their places; `width` and `height` of the whole."""

    def __init__(self, plan: Plan) -> None:
        shape = Shape([len(axis.points) for axis in plan.axes])
        self.squares: list[Square] = []
        self.width = self.height = 0
        for cell in plan.cells:
            line, column = shape.seat(cell.number)
            if shape.columns == 1:
                line, column = divmod(cell.number - 1, ALONG)
            apart = line // shape.rows * APART if shape.columns > 1 else 0
            x, y = column * (SIDE + GAP), line * (SIDE + GAP) + apart
            self.squares.append(Square(x, y, in_words(cell.why), in_words(cell.hint)))
            self.width, self.height = max(self.width, x + SIDE), max(self.height, y + SIDE)
