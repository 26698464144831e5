"""The one place where a task's history is written, in an order that live readers can trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Kind, Source
from studio.tasks.telling import tell_of
from studio.teams import statements
from studio.teams.models import User

CHANNEL = "studio_events"
# PostgreSQL tells the event readers all that they need of a line (`reader.Line`): none of them has to ask for it.
TELL = f"""
    pg_notify('{CHANNEL}', json_build_array(
        id, team_id, task_id, kind, state, progress,
        (SELECT CASE WHEN task.private THEN task.person_id END FROM tasks_task task WHERE task.id = task_id)
    )::text)
"""  # noqa: S608
LOCK = 0x5354_5544  # any number; one lock for all appends


class Line(NamedTuple):
    """An event before it is written: it gets the task's state and progress as they are then."""

    task: Task
    kind: str
    source: Source
    attempt: Attempt | None = None
    person: User | None = None
    text: str = ""
    data: Mapping[str, Any] = {}


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
    """Append one event, as `append_all` does."""
    return append_all([Line(task, kind, source, attempt, person, text, data)])[0]


def append_all(lines: Sequence[Line]) -> list[Event]:
    """Append events; call it as the last statement of the transaction that changed their tasks.

    An answer that is being written changes four times a second. A new line of that kind takes the place of the one
    before it, and `hush` takes away the last: a live reader only needs an id that is larger than all it has seen, and
    a history wants no hundred lines that say the same.

    In PostgreSQL ids are handed out before the commit, so a reader of `id > last` can step over an event that commits
    late. An advisory lock held from here to the commit makes id order commit order. SQLite has one writer anyway.
    """
    for line in lines:
        tell_of(line.task, line.kind, line.person, line.data)  # before the lock that comes last
        if line.kind == Kind.WRITING:
            hush(line.task)
    written = [event_of(line) for line in lines]
    statements.insert_all(written, rings=TELL, lock=LOCK)
    return written


def event_of(line: Line) -> Event:
    return Event(
        team_id=line.task.team_id,
        task=line.task,
        attempt=line.attempt,
        kind=line.kind,
        source=line.source,
        state=line.task.state,
        progress=line.task.progress,
        person=line.person,
        text=line.text,
        data=dict(line.data),
    )


def hush(task: Task) -> None:
    """Take away the line that says that an answer is being written."""
    statements.do("DELETE FROM tasks_event WHERE task_id = %s AND kind = %s", task.pk, Kind.WRITING)
