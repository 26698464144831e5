"""What an address names, out of the catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404

T = TypeVar("T")


def found_or_404(look_up: Callable[[str], T], name: str) -> T:
    """Raises Http404 where the catalog has nothing of this name."""
    try:
        return look_up(name)
    except KeyError as problem:
        raise Http404 from problem
