"""How long something takes that must be linear in a text: a bound far above what it needs, at a size at which work that
grows with the square of the text takes ten times the bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
BOUND = 3.0  # seconds of this process's own


def in_time(act: Callable[[], T]) -> T:
    began = time.process_time()
    made = act()
    assert time.process_time() - began < BOUND
    return made
