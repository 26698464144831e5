"""What a person can do about a batch. Nothing is ever sent again unasked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from studio.batches.ending import await_end
from studio.batches.models import Batch, BatchState, Cell, CellState
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import UNSENT, State
from studio.teams.models import User

FAILED = Q(state=CellState.REFUSED) | Q(
    state=CellState.BEGUN, task__state__in=[State.FAILED, State.REFUSED], task__finished_at__isnull=False
)
TAKEN_BACK = Q(state=CellState.CANCELLED) | Q(state=CellState.BEGUN, task__state=State.CANCELLED)


@contextmanager
def held(batch: Batch) -> Iterator[Batch]:
    """The batch under its row lock, saved at the end. Needs the team's scope."""
    with transaction.atomic():
        mine = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        yield mine
        mine.save(update_fields=["state"])


def pause(batch: Batch) -> None:
    """No further cell is begun. What was handed over goes on: it stands in the queue already."""
    with held(batch) as mine:
        if mine.state != BatchState.RUNNING:
            raise lifecycle.NotNow(_("This batch is not running."))
        mine.state = BatchState.PAUSED


def resume(batch: Batch) -> None:
    """Go on with a paused batch, or with what was cancelled of a cancelled one. What a person took back of a paused one
    by hand stays taken back."""
    with held(batch) as mine:
        if mine.state == BatchState.RUNNING:
            raise lifecycle.NotNow(_("This batch is running."))
        if mine.state == BatchState.CANCELLED:
            wait_again(Cell.objects.filter(TAKEN_BACK, batch=mine))
        mine.state = BatchState.RUNNING
        await_end(mine)


def cancel(batch: Batch, person: User) -> None:
    """Take back every cell that was not sent yet. What was sent cannot be taken back."""
    with held(batch) as mine:
        mine.state = BatchState.CANCELLED
        Cell.objects.filter(batch=mine, state=CellState.WAITING).update(state=CellState.CANCELLED)
        unsent = list(Cell.objects.filter(batch=mine, task__state__in=UNSENT).values_list("task", flat=True))
    for task in Task.objects.counted().filter(pk__in=unsent):
        with suppress(lifecycle.NotNow):  # it was sent in this moment
            lifecycle.cancel(task, person)


def retry(batch: Batch) -> int:
    """Put the cells that failed in line again, as new tasks; how many. Each costs as much as the first one did."""
    with held(batch) as mine:
        number = wait_again(Cell.objects.filter(FAILED, batch=mine))
        if not number:
            raise lifecycle.NotNow(_("No cell of this batch has failed."))
        mine.state = BatchState.RUNNING
        await_end(mine)
    return number


def keep_private(batch: Batch, person: User, private: bool) -> None:
    """The whole batch for its person only, or for the team: with all its tasks, those of earlier tries too. What is
    begun meanwhile is as the batch is."""
    Batch.objects.filter(pk=batch.pk).update(private=private)
    begun = Cell.objects.filter(batch=batch, task__isnull=False)
    wanted, tries = list(begun.values_list("task", flat=True)), begun.aggregate(most=Max("tries"))["most"] or 0
    for _try in range(tries + 1):
        for task in Task.objects.filter(pk__in=wanted, person=person).exclude(private=private).order_by("pk"):
            lifecycle.keep_private(task, person, private)
        before = Task.objects.filter(pk__in=wanted, parent__person=person).values_list("parent", flat=True)
        wanted = [number for number in before if number]


def wait_again(cells: QuerySet[Cell]) -> int:
    """The task that a cell had becomes the parent of its next one."""
    numbers = list(cells.values_list("pk", flat=True))
    rows = Cell.objects.filter(pk__in=numbers)
    return rows.update(state=CellState.WAITING, why="", tries=F("tries") + 1)
