"""Where tasks and the waiting cells of a batch stand in line, in turn with the tasks and cells of everybody else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count

from studio.batches.approval import Asking
from studio.batches.models import Batch, BatchState, Cell, CellState
from studio.tasks.epoch import is_fenced
from studio.tasks.line import Line, Place
from studio.tasks.models import Task
from studio.tasks.states import State


class Crowd(NamedTuple):
    """The waiting cells of a batch: whose they are, what they ask for, and how many."""

    batch: int
    person: int
    operation: str
    number: int


def crowds(connection: int) -> list[Crowd]:
    """Of each running batch at this connection; one query."""
    rows = Cell.objects.counted().filter(state=CellState.WAITING, batch__state=BatchState.RUNNING)
    rows = rows.filter(batch__connection=connection).order_by()
    grouped = rows.values_list("batch", "batch__person", "batch__operation").annotate(n=Count("pk"))
    return [Crowd(*row) for row in grouped]


def by_person(crowds: Iterable[Crowd]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for crowd in crowds:
        found[crowd.person][crowd.operation] += crowd.number
    return found


def place_of(task: Task) -> Place | None:
    """Where a task stands in its line; None for one that does not wait to be sent, or while nothing is sent at all."""
    if task.state != State.QUEUED or is_fenced():
        return None
    line = Line(task.connection, coming=by_person(crowds(task.connection_id)))
    return line.of({task.pk}).get(task.pk)


@dataclass
class Places:
    """Three queries beside those of the line, however many cells there are, and two more where owners are asked: of
    other batches only their number is asked for."""

    batch: Batch

    @cached_property
    def numbers(self) -> list[int]:
        """Its waiting cells, in their order, but for those that go to an owner first."""
        rows = Cell.objects.filter(batch=self.batch, state=CellState.WAITING)
        numbers = rows.order_by("number").values_list("number", flat=True)
        return [number for number in numbers if number not in self.asking]

    @cached_property
    def asking(self) -> set[int]:
        """The waiting cells whose price an owner has to approve: they stand in no line before that."""
        asking = Asking(self.batch)
        if not asking.may_happen:
            return set()
        rows = Cell.objects.filter(batch=self.batch, state=CellState.WAITING).only("number", "changed", "batch")
        return {cell.number for cell in rows if asking.happens(cell)}

    @cached_property
    def all_crowds(self) -> list[Crowd]:
        return crowds(self.batch.connection_id)

    @property
    def others(self) -> list[Crowd]:
        """Those of the other batches."""
        return [crowd for crowd in self.all_crowds if crowd.batch != self.batch.pk]

    @cached_property
    def line(self) -> Line:
        return Line(self.batch.connection, frozenset({self.batch.operation}), by_person(self.all_crowds))

    @cached_property
    def tasks(self) -> dict[int, Counter[str]]:
        """The operations of the tasks that each person has in line already."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for each in self.line.waiting:
            found[each.person][each.operation] += 1
        return found

    @cached_property
    def people(self) -> dict[int, Counter[str]]:
        """All that the others of the team have in line or are going to have there, by person."""
        found = {person: Counter(tasks) for person, tasks in self.tasks.items()}
        for person, crowd in by_person(self.all_crowds).items():
            found[person] = found.get(person, Counter()) + crowd
        return {person: crowd for person, crowd in found.items() if person != self.batch.person_id}

    def begun(self) -> dict[int, Place]:
        """The places of the cells whose task is in line."""
        rows = Cell.objects.filter(batch=self.batch, task__state=State.QUEUED).order_by()
        tasks = dict(rows.values_list("task", "number"))
        return {tasks[task]: place for task, place in self.line.of(tasks).items()}

    def waiting(self, wanted: Collection[int]) -> dict[int, Place]:
        """The places of these cells, as far as they wait to become tasks."""
        chosen = set(wanted)
        return {number: self.place(at) for at, number in enumerate(self.numbers) if number in chosen}

    def place(self, cells: int) -> Place:
        """The place of the cell before which so many of its batch go."""
        before = defaultdict[str, float](float, self.own(cells))
        rank = self.line.had[self.batch.person_id] + sum(before.values()) + 1
        for person, crowd in self.people.items():
            all_of_them = crowd.total()
            share = min(all_of_them, max(0, rank - self.line.had[person])) / all_of_them
            for operation, number in crowd.items():
                before[operation] += number * share
        return self.line.place(before)

    def own(self, cells: int) -> Counter[str]:
        """What its person has before it: their tasks, and of each of their batches as many cells as of this one."""
        found = Counter(self.tasks.get(self.batch.person_id, {}))
        found[self.batch.operation] += cells
        for crowd in self.others:
            if crowd.person == self.batch.person_id:
                found[crowd.operation] += min(crowd.number, cells + 1)
        return found
