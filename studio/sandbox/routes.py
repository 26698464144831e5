"""A route: one operation of one system, as its module hands it to the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, World


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handle: Callable[[World, Request, Post], Answer]
    en: str
    zh: str
    paid: bool = False  # a submit: entered in the ledger, and open to the faults of a submit
