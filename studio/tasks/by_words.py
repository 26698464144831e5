"""By which words a task, and with it what came of it, is found."""

from __future__ import annotations

from studio import catalog
from studio.search import index
from studio.search.models import Entry, Kind
from studio.tasks.models import Task


def texts(task: Task) -> list[str]:
    """Its prompt, and the system's name in both languages: "midjourney cat"."""
    try:
        title = catalog.get(task.operation).system_title
    except KeyError:  # a later catalog dropped it
        return [task.prompt, task.operation]
    return [task.prompt, title.en, title.zh]


def enter(task: Task) -> None:
    """Call it once, in the transaction that makes the task: what it is found by never changes."""
    index.put(task.team_id, Kind.TASK, task.pk, texts(task), is_new=True)


def entry(task: Task) -> Entry:
    """For who makes many at once."""
    return index.entry(task.team_id, Kind.TASK, task.pk, texts(task))
