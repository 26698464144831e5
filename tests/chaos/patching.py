"""How chaos gets into the studio without a hook in it: names of its modules and classes get another meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def put(owner: object, name: str, value: object) -> None:
    """Give a name another value, which must be there already."""
    getattr(owner, name)
    setattr(owner, name, value)


def wrap(owner: object, name: str, around: Callable[..., Any]) -> None:
    """Call `around(original, *args, **more)` wherever the function of that name is called."""
    original = getattr(owner, name)

    def wrapped(*args: Any, **more: Any) -> Any:
        return around(original, *args, **more)

    setattr(owner, name, wrapped)
