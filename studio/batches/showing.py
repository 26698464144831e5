"""What the page of a batch shows: its grid, a page of lines at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.http import urlencode

from studio.assets.models import Asset
from studio.assets.posters import players
from studio.batches.models import Batch, Cell, CellStar, CellState
from studio.batches.shape import Shape
from studio.teams.models import User

AT_ONCE = 200  # cells of a page, about
MOST_COMPARED = 12  # cells beside each other
HEAVY = [f"task__{name}" for name in ("values", "extras", "body_text", "actions")]  # may be megabytes


class Seen(NamedTuple):
    """A cell as a person sees it: `media` is what its task made, `mine` whether they gave it a star, `place` its place
    in line in words."""

    cell: Cell
    media: list[Asset]
    mine: bool
    stars: int
    place: str = ""


class Line(NamedTuple):
    """A row of the grid: its heading, and its cells in the order of the columns."""

    heading: str
    cells: list[Seen]

    @property
    def compared(self) -> str:
        """The query under which its cells stand side by side; "" where there are not two of them yet."""
        return compared(self.cells)


class Group(NamedTuple):
    """One table: its heading, from the axes that are neither rows nor columns, and its lines."""

    heading: str
    lines: list[Line]

    def columns(self, labels: Sequence[str]) -> list[tuple[str, str]]:
        """Each column's heading, and the query under which its cells stand side by side."""
        return [(label, compared([line.cells[at] for line in self.lines])) for at, label in enumerate(labels)]


class Table(NamedTuple):
    group: Group
    columns: list[tuple[str, str]]


def compared(seats: Sequence[Seen]) -> str:
    begun = [("cell", seat.cell.number) for seat in seats if seat.cell.state == CellState.BEGUN]
    return urlencode(begun[:MOST_COMPARED]) if len(begun) > 1 else ""


def cells(batch: Batch) -> QuerySet[Cell]:
    rows = Cell.objects.filter(batch=batch).select_related("task__person", "task__team").defer(*HEAVY)
    return rows.prefetch_related("task__assets")


def with_a_star(rows: QuerySet[Cell]) -> QuerySet[Cell]:
    """Those to which somebody gave a star, whoever it was: a team chooses together."""
    return rows.filter(Exists(CellStar.objects.filter(cell=OuterRef("pk"))))


def seen(rows: Iterable[Cell], person: User, places: Mapping[int, str] | None = None) -> list[Seen]:
    """Three queries, however many cells there are. `places` are the words for those that wait, by number."""
    found = list(rows)
    stars = CellStar.objects.filter(cell__in=[cell.pk for cell in found]).order_by()
    counted = {row["cell_id"]: row["n"] for row in stars.values("cell_id").annotate(n=Count("pk"))}
    mine = set(stars.filter(person=person).values_list("cell_id", flat=True))
    said = places or {}
    return [
        Seen(cell, made(cell), cell.pk in mine, counted.get(cell.pk, 0), said.get(cell.number, "")) for cell in found
    ]


def made(cell: Cell) -> list[Asset]:
    """The kept results of its task, each film with its poster."""
    if cell.task is None or cell.state != CellState.BEGUN:
        return []
    return [asset for asset in players(cell.task.assets.all()) if asset.is_kept]


@dataclass
class Grid:
    """A page of a batch's lines, from the line of this number (from 0) on. `places` says where cells of these numbers
    stand in line."""

    batch: Batch
    person: User
    first: int
    places: Callable[[list[int]], Mapping[int, str]]

    @cached_property
    def shape(self) -> Shape:
        return Shape([len(labels) for labels in self.batch.labels])

    @property
    def step(self) -> int:
        return max(1, AT_ONCE // self.shape.columns)

    @property
    def is_list(self) -> bool:
        """One cell in each line: those stand better beside each other than down a column."""
        return self.shape.columns == 1

    @cached_property
    def numbers(self) -> list[int]:
        """The cells of this page, line by line."""
        shape = self.shape
        lines = range(min(self.first, shape.lines), min(self.first + self.step, shape.lines))
        return [shape.number(line, column) for line in lines for column in range(shape.columns)]

    @property
    def earlier(self) -> int | None:
        return max(0, self.first - self.step) if self.first else None

    @property
    def later(self) -> int | None:
        return self.first + self.step if self.first + self.step < self.shape.lines else None

    @property
    def columns(self) -> list[str]:
        """The headings across; of a grid without any, none."""
        labels = self.batch.labels
        if len(labels) == 1:
            return [] if self.shape.turned else labels[-1]
        return labels[-2] if self.shape.turned else labels[-1]

    @property
    def titles(self) -> tuple[str, str]:
        """Of what goes down and of what goes across; "" for none."""
        titles = ["", *self.batch.titles]
        return (titles[-1], titles[-2]) if self.shape.turned else (titles[-2], titles[-1])

    @cached_property
    def by_number(self) -> dict[int, Seen]:
        rows = cells(self.batch).filter(number__in=self.numbers)
        return {each.cell.number: each for each in seen(rows, self.person, self.places(self.numbers))}

    @cached_property
    def groups(self) -> list[Group]:
        groups: list[Group] = []
        for at in range(0, len(self.numbers), self.shape.columns):
            numbers = self.numbers[at : at + self.shape.columns]
            place = self.shape.place(numbers[0])
            heading = self.heading(place)
            if not groups or groups[-1].heading != heading:
                groups.append(Group(heading, []))
            groups[-1].lines.append(Line(self.row(place), [self.by_number[number] for number in numbers]))
        return groups

    @property
    def tables(self) -> list[Table]:
        return [Table(group, group.columns(self.columns)) for group in self.groups]

    def heading(self, place: Sequence[int]) -> str:
        """The axes that are neither rows nor columns: "Model gen3 · Ratio 16:9"."""
        others = list(zip(self.batch.titles, self.batch.labels, place, strict=True))[:-2]
        return " · ".join(f"{title}: {labels[index]}" for title, labels, index in others)

    def row(self, place: Sequence[int]) -> str:
        labels = self.batch.labels
        if len(labels) == 1:
            return labels[0][place[0]] if self.shape.turned else ""
        at = len(labels) - (1 if self.shape.turned else 2)
        return labels[at][place[at]]


@dataclass
class Starred(Grid):
    """A page of the cells with a star, one in each line, in the order of the grid; `first` counts these alone."""

    @property
    def step(self) -> int:
        return AT_ONCE

    @property
    def is_list(self) -> bool:
        return True

    @property
    def columns(self) -> list[str]:
        return []

    @cached_property
    def all_numbers(self) -> list[int]:
        rows = with_a_star(Cell.objects.filter(batch=self.batch))
        return list(rows.order_by("number").values_list("number", flat=True))

    @cached_property
    def numbers(self) -> list[int]:
        return self.all_numbers[self.first : self.first + self.step]

    @property
    def later(self) -> int | None:
        return self.first + self.step if self.first + self.step < len(self.all_numbers) else None

    @cached_property
    def groups(self) -> list[Group]:
        return [Group("", [Line(self.named(seat.cell), [seat]) for seat in self.by_number.values()])]

    def named(self, cell: Cell) -> str:
        """Its labels on all axes: "fog · 5"."""
        cell.batch = self.batch
        return " · ".join(label for _title, label in changes(cell))


def changes(cell: Cell) -> list[tuple[str, str]]:
    """In which way a cell is itself: each axis's title and its label there."""
    batch = cell.batch
    return [(title, labels[index]) for title, labels, index in zip(batch.titles, batch.labels, cell.place, strict=True)]
