"""What a plan says of its cells before they run: by which names they are called."""

from __future__ import annotations

from studio.batches.planning.cells import Plan
from studio.languages import in_words

FIRST = 5  # cells that are named; the rest is counted


def first_names(plan: Plan) -> list[str]:
    """Of the first cells that run, each by its place on every axis; none where nothing differs."""
    return [
        " · ".join(in_words(axis.points[at].label) for axis, at in zip(plan.axes, cell.place, strict=True))
        for cell in plan.runs[:FIRST]
        if plan.axes
    ]
