"""A route: one operation of one system, as its module hands it to the app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, World


@dataclass(frozen=True)
class Route:
    """`path` may hold steps in braces: /tasks/{id}. What stands there comes to the handler as `request.steps`."""

    method: str
    path: str
    handle: Callable[[World, Request, Post], Answer]
    en: str
    zh: str
    paid: bool = False  # a submit: entered in the ledger, and open to the faults of a submit
    no: Callable[[], Answer] | None = None  # how this system refuses a submit inside HTTP 200
    own: Sequence[Callable[[], Answer]] = ()  # the errors of this system that no body causes
    told_by: Callable[[Request], bool] | None = None  # where systems share a path: is this request for this one?

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.path)
        steps = (f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
        return re.compile("".join(steps))


def find(routes: Iterable[Route], request: Request) -> tuple[Route, Request] | None:
    """The route of a request, and the request with the steps of its path; None where there is none.

    Of those that share a path the one that knows the request for its own, else the one that asks for no sign.
    """
    for route in sorted(routes, key=lambda each: each.told_by is None):
        found = route.pattern.fullmatch(request.path) if route.method == request.method else None
        if found and (route.told_by is None or route.told_by(request)):
            return route, replace(request, steps={name: unquote(step) for name, step in found.groupdict().items()})
    return None


def names_model(pattern: str) -> Callable[[Request], bool]:
    """The sign by which bodies of one path are told apart: the model in it."""
    known = re.compile(pattern)

    def named(request: Request) -> bool:
        try:
            model = request.json().get("model")
        except ValueError:
            return False
        return isinstance(model, str) and bool(known.fullmatch(model))

    return named
