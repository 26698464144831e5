"""Rows that are worked on one by one, so that one that fails keeps no other from its turn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from studio.tasks.durability import AWAY

logger = logging.getLogger(__name__)
R = TypeVar("R")


def each(rows: Iterable[R], act: Callable[[R], object]) -> None:
    """Do it to each; what fails is logged. Raises only what the database raises that is away: the others would fail
    too."""
    for row in rows:
        try:
            act(row)
        except AWAY:
            raise
        except Exception:
            logger.exception("%s failed for %s", act.__name__, row)
