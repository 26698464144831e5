"""Money moves right after a claim is committed, so a commit must survive a power cut: weak settings stop the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import InterfaceError, InternalError, OperationalError, connection

# The database is away, or takes nothing in for now (PostgreSQL calls that an internal error): another moment is better.
AWAY = (OperationalError, InterfaceError, InternalError)
FULL = 2  # SQLite's name for it: 0 off, 1 normal, 2 full, 3 extra


def weakness() -> str:
    """One sentence about what makes commits of this database unsafe, or nothing."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            if int(cursor.fetchone()[0]) < FULL:
                return "SQLite runs with synchronous below FULL. Remove that: a power cut could repeat a payment."
        elif connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone()[0] == "off":
                return "PostgreSQL runs with synchronous_commit = off. Switch it on: a crash could repeat a payment."
    return ""


@register(Tags.database)
def check_durability(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Runs where Django checks the database: with `migrate`, and with `check --database default`."""
    if "default" not in (databases or ()):
        return []
    return [Error(found, id="tasks.E001")] if (found := weakness()) else []
