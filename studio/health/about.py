"""What runs here."""

from __future__ import annotations

import time
from functools import cache

import tomli
from django.conf import settings
from django.db import connection

BEGUN = time.monotonic()


def up_for() -> float:
    """Seconds since this process began."""
    return time.monotonic() - BEGUN


@cache
def version() -> str:
    with open(settings.BASE_DIR / "pyproject.toml", "rb") as file:
        return str(tomli.load(file)["project"]["version"])


@cache
def database() -> str:
    """For instance `SQLite 3.40.1`. Raises DatabaseError."""
    return f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"
