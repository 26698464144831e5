"""Where the waiting cells of a batch stand in line, together with the tasks and cells that people take turns with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from studio.batches.models import Batch, BatchState, Cell, CellState
from studio.tasks.line import Line, Place
from studio.tasks.states import State


@dataclass
class Places:
    """Three queries beside those of the line, however many cells there are: of other batches only their number is
    asked for."""

    batch: Batch

    @cached_property
    def numbers(self) -> list[int]:
        """Its waiting cells, in their order."""
        rows = Cell.objects.filter(batch=self.batch, state=CellState.WAITING)
        return list(rows.order_by("number").values_list("number", flat=True))

    @cached_property
    def others(self) -> list[tuple[int, str, int]]:
        """The person, the operation and the number of waiting cells of each other batch at this connection."""
        rows = Cell.objects.counted().filter(state=CellState.WAITING, batch__state=BatchState.RUNNING)
        rows = rows.filter(batch__connection=self.batch.connection_id).exclude(batch=self.batch).order_by()
        grouped = rows.values_list("batch", "batch__person", "batch__operation").annotate(n=Count("pk"))
        return [(person, operation, number) for _batch, person, operation, number in grouped]

    @cached_property
    def line(self) -> Line:
        return Line(self.batch.connection, frozenset({self.batch.operation, *(each[1] for each in self.others)}))

    @cached_property
    def tasks(self) -> dict[int, Counter[str]]:
        """The operations of the tasks that each person has in line already."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for each in self.line.waiting:
            found[each.person][each.operation] += 1
        return found

    @cached_property
    def crowds(self) -> dict[int, Counter[str]]:
        """All that the others of the team have in line, by person."""
        found = {person: Counter(tasks) for person, tasks in self.tasks.items() if person != self.batch.person_id}
        for person, operation, number in self.others:
            if person != self.batch.person_id:
                found.setdefault(person, Counter())[operation] += number
        return found

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
        for person, crowd in self.crowds.items():
            all_of_them = crowd.total()
            share = min(all_of_them, max(0, rank - self.line.had[person])) / all_of_them
            for operation, number in crowd.items():
                before[operation] += number * share
        return self.line.place(before)

    def own(self, cells: int) -> Counter[str]:
        """What its person has before it: their tasks, and of each of their batches as many cells as of this one."""
        found = Counter(self.tasks.get(self.batch.person_id, {}))
        found[self.batch.operation] += cells
        for person, operation, number in self.others:
            if person == self.batch.person_id:
                found[operation] += min(number, cells + 1)
        return found
