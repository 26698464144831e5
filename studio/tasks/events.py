"""The one place where a task's history is written, in an order that live readers can trust."""

from __future__ import annotations

from typing import Any

from django.db import connection

from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Kind, Source
from studio.tasks.telling import tell_of
from studio.teams import statements
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

    An answer that is being written changes four times a second. A new line of that kind takes the place of the one
    before it, and `hush` takes away the last: a live reader only needs an id that is larger than all it has seen, and
    a history wants no hundred lines that say the same.

    In PostgreSQL ids are handed out before the commit, so a reader of `id > last` can step over an event that commits
    late. An advisory lock held from here to the commit makes id order commit order. SQLite has one writer anyway.
    """
    tell_of(task, kind, person, data)  # before the lock that comes last
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if kind == Kind.WRITING:
        hush(task)
    event = Event(
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
    statements.insert(event, wakes=CHANNEL)
    return event


def hush(task: Task) -> None:
    """Take away the line that says that an answer is being written."""
    statements.do("DELETE FROM tasks_event WHERE task_id = %s AND kind = %s", task.pk, Kind.WRITING)
