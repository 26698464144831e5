"""How the database would read what is asked, in its own words."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def plan(rows: QuerySet[Any, Any]) -> str:
    """PostgreSQL reads a table as small as a test's from front to back, unless told not to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()
