"""A body as the parts of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import exact


def form_parts(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Name and text of each part, in order: numbers as they were written, true and false as words, a list as one part
    an item, an object as JSON text. What is null has no part, and what is no JSON at all (a file) stays as it is."""
    return [(name, part) for name, value in body.items() for part in _texts(value)]


def has_part(value: Any) -> bool:
    """Does this value of the body go in a part at all?"""
    return any(map(has_part, value)) if isinstance(value, list | tuple) else value is not None


def _texts(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, bool | int | float | Mapping):
        yield exact.dumps(value)
    elif value is not None:
        yield value
