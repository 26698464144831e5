"""What a failure text means: its cause, the likely fix, and whether it was charged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .text import NOTHING, Text

Charged = Literal["yes", "no", "maybe"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Cause and fix in words; may the same call be tried again ("no", "later", "yes")? `outside` where what is to be
    mended is not in the body, but the account, the key or the connection."""

    cause: Text
    fix: Text
    charged: Charged
    again: Literal["no", "later", "yes"] = "no"
    outside: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Texts and codes by which a failure is known, and statuses that are enough where no text says more."""

    name: str
    matches: tuple[str, ...]
    statuses: frozenset[int]
    explanation: Explanation
    source: str = ""
    doubt: Text = NOTHING
    alone: bool = False  # only where a text of it is all that was said: it is a common word


def explain(failures: Iterable[Failure], error: str, status: int | None, code: str) -> Explanation | None:
    """The first failure whose text or code is in the error; else the first whose status fits."""
    known = tuple(failures)
    words = f"{error}\n{code}".casefold()
    for failure in known:
        fits = _is_all if failure.alone else _stands_in
        if any(fits(match.casefold(), words) for match in failure.matches):
            return failure.explanation
    return next((failure.explanation for failure in known if status in failure.statuses), None)


def _is_all(match: str, words: str) -> bool:
    return match in (each.strip() for each in words.split("\n"))


def _stands_in(match: str, words: str) -> bool:
    """A code only as a whole: `invalid_request` is not in `invalid_request_error`. A text anywhere.

    A number only where the code stands, alone or behind a text (`Report.said`): "at most 1000 characters" is none. It
    may be below zero.
    """
    if match.removeprefix("-").isdigit():
        return match in (line.rpartition("·")[2].strip() for line in words.split("\n"))
    if "_" not in match:
        return match in words
    return re.search(rf"(?<![a-z0-9_]){re.escape(match)}(?![a-z0-9_])", words) is not None
