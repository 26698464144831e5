"""The one place where a task's history is written, in an order that live readers can trust."""

from __future__ import annotations

from typing import Any

from django.db import connection

from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Source
from studio.teams.models import User

CHANNEL = "studio_events"  # PostgreSQL NOTIFY wakes the event readers through it
LOCK = 0x5354_5544  # any number; one lock for all appends


def append(
    task: Task,
    kind: str,
    source: Source,
    *,
    attempt: Attempt | None = None,
    person: User | None = None,
    text: str = "",
    **data: Any,
) -> Event:
    """Append an event; call it as the last statement of the transaction that changed the task.

    In PostgreSQL ids are handed out before the commit, so a reader of `id > last` can step over an event that commits
    late. An advisory lock held from here to the commit makes id order commit order. SQLite has one writer anyway.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        event = Event.objects.create(
            team_id=task.team_id,
            task=task,
            attempt=attempt,
            kind=kind,
            source=source,
            state=task.state,
            progress=task.progress,
            person=person,
            text=text,
            data=data,
        )
        if connection.vendor == "postgresql":
            cursor.execute(f"NOTIFY {CHANNEL}")
    return event
