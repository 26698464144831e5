"""The index of what is there already: whatever has no entry gets one. Safe to run again, and while people work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef

from studio.batches.by_words import entry as batch_entry
from studio.batches.models import Batch
from studio.library.by_words import preset_entry, prompt_entry
from studio.library.models import Preset, Prompt
from studio.search import index
from studio.search.models import Entry, Kind
from studio.tasks.by_words import entry as task_entry
from studio.tasks.models import Task
from studio.teams.scope import across_teams

AT_ONCE = 50  # rows of one transaction: their words are made in it, while SQLite lets nobody else write
PAUSE = 0.01  # seconds between two of them on SQLite, whose next writer is whoever happens to look


class Source(NamedTuple):
    kind: Kind
    model: type[Model]
    entry: Callable[[Any], Entry]


SOURCES = (
    Source(Kind.PROMPT, Prompt, prompt_entry),
    Source(Kind.PRESET, Preset, preset_entry),
    Source(Kind.TASK, Task, task_entry),
    Source(Kind.BATCH, Batch, batch_entry),
)


def fill(*, anew: bool = False) -> int:
    """How many entries were made. `anew`: all of them, for words that are taken otherwise than they were."""
    with across_teams():
        if anew:
            index.empty()
        return sum(fill_from(source) for source in SOURCES)


def fill_from(source: Source) -> int:
    made, last = 0, 0
    while rows := some(source, last):
        made, last = made + len(rows), rows[-1].pk
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    return made


@transaction.atomic
def some(source: Source, last: int) -> list[Any]:
    """The next rows without an entry, which have one afterwards. They are locked, so that who changes one of them at
    this moment finds the entry when it is their turn."""
    has = Entry.objects.filter(team=OuterRef("team"), kind=source.kind, of=OuterRef("pk"))
    rows = source.model._default_manager.filter(~Exists(has), pk__gt=last).order_by("pk")
    found = list(rows.select_for_update(no_key=True)[:AT_ONCE])
    index.put_many([source.entry(row) for row in found])
    return found
