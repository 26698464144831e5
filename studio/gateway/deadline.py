"""One wall-clock limit for a whole exchange; the limits of the HTTP library begin anew with every byte."""

from __future__ import annotations

import math
import time


class DeadlineOver(TimeoutError):
    """The time for the whole exchange is used up."""


class Deadline:
    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds that a single step may take; raises `DeadlineOver` when none are left."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise DeadlineOver
        return min(left, at_most if at_most is not None else math.inf)
