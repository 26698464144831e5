"""When a cell becomes a task: a few at a time, as those before them are sent.

A batch of a thousand never stands in the queue as a thousand: it would leave no room in the team's bound, bounce a
thousand jobs off a connection that takes three at once, and have to be called back one by one when somebody pauses it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from studio import catalog
from studio.batches import verbs
from studio.batches.approval import AWAITING, MOST_ASKED, Asking
from studio.batches.ending import tell_ends
from studio.batches.models import Batch, BatchState, Cell, CellState
from studio.languages import as_json, in_both
from studio.library.uses import remember
from studio.tasks import lifecycle
from studio.tasks.cells import nonce_of_cell
from studio.tasks.durability import AWAY
from studio.tasks.epoch import is_fenced
from studio.tasks.models import Task
from studio.tasks.refusing import TooMany, TooManyAsked
from studio.tasks.states import UNSENT
from studio.teams.models import Membership, Role
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
FAILED = gettext_noop("The studio failed to begin it, so nothing was sent. The studio's log says why.")
AHEAD = 4  # times as many tasks wait unsent as the connection takes at the same time
AT_ONCE = 100  # cells that are read at the same time


def feed() -> None:
    """Every running batch that has cells waiting. One that fails does not keep the others from their turn."""
    with across_teams():
        if is_fenced():
            return rest()
        waiting = Cell.objects.filter(state=CellState.WAITING, batch__state=BatchState.RUNNING)
        for batch in waiting.order_by("batch").values_list("batch", flat=True).distinct():
            try:
                feed_one(batch) if is_somebodys(batch) else take_back(batch)
            except Exception:
                logger.exception("batch %s could not be fed", batch)
        tell_ends()


def rest() -> None:
    """A backup was restored: cells that wait in it may have been sent since. Whether they go, people say."""
    Batch.objects.filter(state=BatchState.RUNNING).update(state=BatchState.PAUSED)


def is_somebodys(batch_id: int) -> bool:
    """Whether whoever began it is still of the team, and may still run."""
    batch = Batch.objects.filter(pk=batch_id, person=OuterRef("user"), team=OuterRef("team"))
    return Membership.objects.filter(Exists(batch), role__in=[Role.OWNER, Role.MEMBER]).exists()


def take_back(batch_id: int) -> None:
    """Nothing more is begun in the name of somebody who was taken out of the team, or may only look by now."""
    batch = Batch.objects.select_related("person").get(pk=batch_id)
    verbs.cancel(batch, batch.person)


def feed_one(batch_id: int) -> int:
    """Begin as many cells of one batch as there is room for, in one transaction; how many were begun.

    The batch's row lock makes the counting safe, and holds still what pauses and cancels it.
    """
    with across_teams(), transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch_id)
        if not is_open(batch):
            return 0
        asking, most = Asking(batch), AHEAD * batch.connection.at_once
        unsent = Cell.objects.filter(~AWAITING, batch=batch, task__state__in=UNSENT).count()
        return hand_over(batch, asking, room=most - unsent, asked=min(most, MOST_ASKED - asking.number))


def hand_over(batch: Batch, asking: Asking, *, room: int, asked: int) -> int:
    """Begin so many of its cells, in their order, and `asked` that an owner has to approve: those wait for a person,
    however long, and hold no place of the others."""
    begun = 0
    for cell in waiting(batch):
        if room < 1 and (asked < 1 or not asking.may_happen):
            break
        waits = asking.happens(cell)
        if (asked if waits else room) < 1:
            continue
        try:
            begin(cell)
        except TooManyAsked:
            room, asked = room - (not waits), 0
            continue
        except TooMany:
            room, asked = 0, asked - waits
            continue
        begun += 1
        waits = cell.task is not None and cell.task.awaits_approval
        room, asked = room - (not waits), asked - waits
    return begun


def waiting(batch: Batch) -> Iterator[Cell]:
    """Its waiting cells in their order, some at a time: mostly the first few are all that is wanted."""
    last = 0
    while rows := list(
        Cell.objects.filter(batch=batch, state=CellState.WAITING, number__gt=last).order_by("number")[:AT_ONCE]
    ):
        for cell in rows:
            cell.batch = batch
            yield cell
        last = rows[-1].number


def is_open(batch: Batch) -> bool:
    """May its next cells go? While a key is stopped or an operation is off, they wait in the batch."""
    if batch.state != BatchState.RUNNING or batch.connection.is_stopped or is_fenced():
        return False
    operation = catalog.find(batch.operation)
    return operation is not None and batch.connection.offers(operation)


def begin(cell: Cell) -> None:
    """The cell's task, by the same `begin` as any other. What cannot be begun says why, in its cell, and keeps none
    behind it waiting, whatever the reason."""
    try:
        with transaction.atomic():
            task = task_of(cell)
    except (TooMany, *AWAY):
        raise
    except lifecycle.NotNow as why:
        refuse(cell, why.text)
    except Exception:
        logger.exception("cell %s could not be begun", cell.pk)
        refuse(cell, in_both(lambda: _(FAILED)))
    else:
        link(cell, task)


def task_of(cell: Cell) -> Task:
    batch = cell.batch
    operation = catalog.get(batch.operation)
    values, extras = cell.form(operation)
    return lifecycle.begin(
        team=batch.team,
        person=batch.person,
        connection=batch.connection,
        operation=operation,
        values=values,
        extras=extras,
        fates=batch.fates,
        pattern=batch.pattern | cell.drawn if cell.drawn else {},
        nonce=nonce_of_cell(f"batch-{batch.pk}", cell.number, cell.tries),
        parent=cell.task if cell.tries else None,
        private=batch.private,
    )


def refuse(cell: Cell, why: catalog.Text) -> None:
    cell.state, cell.why = CellState.REFUSED, as_json(why)
    cell.save(update_fields=["state", "why"])


def link(cell: Cell, task: Task) -> None:
    cell.state, cell.task, cell.why = CellState.BEGUN, task, ""
    cell.save(update_fields=["state", "task", "why"])
    if cell.batch.version:
        remember(cell.batch.version, task.pk)
