"""What every database can keep, made of whatever a gateway says: the one place where its words are cleaned."""

from __future__ import annotations

import math
import re
from typing import Any

from .exact import DEEPEST

_ODD = re.compile("[\ud800-\udfff\0]")


def text(words: str) -> str:
    """The text without NUL and without half characters: two halves that stand together are the character they make, a
    lone one is a �. Some gateways put the halves into two events of a stream, so they meet when those are joined."""
    if not _ODD.search(words):
        return words
    return words.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable(value: Any, deepest: int = DEEPEST) -> Any:
    """A JSON value with all its texts clean, and null for NaN and for numbers without an end. Raises `RecursionError`
    for one that is nested deeper than that."""
    if deepest < 0:
        raise RecursionError
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable(item, deepest - 1) for item in value]
    if isinstance(value, dict):
        return {text(key): storable(item, deepest - 1) for key, item in value.items()}
    return value
