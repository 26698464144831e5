"""Numbers as an address or a form brings them: text of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterable


def number_in(text: str) -> int | None:
    """The number of a row, which both databases can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def numbers_in(texts: Iterable[str]) -> list[int]:
    """Those of the texts that are numbers of rows."""
    return [number for text in texts if (number := number_in(text)) is not None]
