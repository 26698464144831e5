"""The members of a body as a wire reads them: what is absent is empty, and a wrong one is refused with a sentence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

Body = dict[str, Any]


class Refused(Exception):
    """The wire says no to this body; the text is what it answers."""


def text(body: Body, name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} must be a string")
    return value or ""


def address(body: Body, name: str) -> str:
    value = text(body, name).strip()
    if value and not is_address(value):
        raise Refused(f"{name} is not a URL")
    return value


def is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 (a port that is no number raises here)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def inner(body: Body, name: str, of: str = "") -> Body:
    """The object at `name`, empty when absent; `of` is what it stands in, for the sentence."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refused(f"{of}{name} must be an object")
    return value or {}


def number(body: Body, name: str, low: float, high: float, of: str = "") -> float:
    """A number from low to high; 0, or the lowest, when absent."""
    value = body.get(name, 0 if low <= 0 else low)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise Refused(f"{of}{name} must be a number from {low:g} to {high:g}")
    return value


def choice(body: Body, name: str, known: Collection[str], default: str = "") -> str:
    """One of the known words; the default when absent or empty."""
    value = text(body, name) or default
    if value and value not in known:
        raise Refused(f"{name} is invalid")
    return value
