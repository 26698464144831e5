"""What an address names, out of the catalog."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404

from studio import catalog

T = TypeVar("T")


def found_or_404(look_up: Callable[[str], T], name: str) -> T:
    """Raises Http404 where the catalog has nothing of this name."""
    try:
        return look_up(name)
    except KeyError as problem:
        raise Http404 from problem


def find(slug: str) -> catalog.Operation:
    """An operation that makes something. Raises Http404."""
    operation = found_or_404(catalog.get, slug)
    if not operation.makes_something:
        raise Http404
    return operation
