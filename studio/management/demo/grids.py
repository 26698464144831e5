"""Batches of a demonstration: grids whose cells are tasks of the same work, one of them paused half way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from studio import catalog
from studio.batches.models import Batch, BatchState, Cell, CellStar, CellState
from studio.languages import as_json
from studio.management.demo.story import STORY, Run
from studio.management.demo.work import AT_ONCE, Made, Work
from studio.tasks.cells import nonce_of_cell
from studio.tasks.states import State

PROMPT, STYLE = catalog.Text("Prompt", "提示词"), catalog.Text("Style", "风格")
RULES = catalog.Text("The rules leave it out.", "规则将其排除。")
SIZES = [(2, 3), (3, 4), (4, 4), (6, 5), (3, 3), (12, 8)]


@dataclass
class Grid:
    """A batch that is not written yet, and the tasks of its cells by number from 1."""

    batch: Batch
    tasks: dict[int, Made]
    changed: dict[int, dict[str, Any]]


def grids(work: Work, count: int) -> list[Grid]:
    """So many, whose tasks join the work. The last one is paused; its second half waits."""
    made = [one(work, number, paused=number == count - 1) for number in range(count)]
    return made[::-1]  # oldest first, as their numbers tell


def one(work: Work, number: int, *, paused: bool) -> Grid:
    chance, story = work.chance, work.story
    run = next(each for each in [story.run() for _ in range(50)] if each.makes in {"image", "video"} and each.places)
    rows, columns = SIZES[number % len(SIZES)]
    subjects, styles = chance.sample(STORY["subjects"], rows), chance.sample(STORY["styles"], columns)
    person, at = work.worker(), story.now - timedelta(days=2.5 * number + 0.2, minutes=chance.uniform(0, 300))
    size, private = rows * columns, number == 2
    batch = Batch(
        team=work.crew.team, person=person, connection=work.crew.away if paused else work.crew.done,
        operation=run.operation.slug, name=f"{story.one_of('campaigns')} · {rows} × {columns}",
        values=run.filled(subjects[0]), extras=catalog.pack(run.example[1]), size=size, private=private, created_at=at,
        axes=[{"title": as_json(PROMPT), "labels": subjects}, {"title": as_json(STYLE), "labels": styles}],
        state=BatchState.PAUSED if paused else BatchState.RUNNING, nonce=f"{work.mark}batch-{number}",
    )  # fmt: skip
    changed = dict(enumerate(texts(run, subjects, styles), start=1))
    grid = Grid(batch, {}, changed)
    for place in range(1, (size // 2 if paused else size) + 1):
        if size > 6 and place % 11 == 7:
            continue  # left out by a rule
        state = chance.choices([State.SUCCEEDED, State.FAILED, State.CANCELLED], [90, 8, 2])[0]
        values, moment = batch.values | changed[place], at + timedelta(seconds=25 * place)
        made = work.one(0, moment, state, run=run, person=person, values=values)
        made.task.nonce, made.task.private = nonce_of_cell(f"{work.mark}batch-{number}", place, 1), private
        grid.tasks[place] = made
    work.made += grid.tasks.values()
    return grid


def texts(run: Run, subjects: list[str], styles: list[str]) -> Iterator[dict[str, Any]]:
    for subject, style in product(subjects, styles):
        yield dict.fromkeys(run.places, f"{subject}, {style}")


def write(work: Work, planned: list[Grid]) -> None:
    """Batches and cells, once their tasks are there. Needs the team's scope."""
    Batch.objects.bulk_create(grid.batch for grid in planned)
    cells = Cell.objects.bulk_create([cell for grid in planned for cell in cells_of(grid)], AT_ONCE)
    stars = [
        CellStar(team=cell.team, cell=cell, person=person)
        for cell in cells
        if cell.task_id
        for person in work.crew.workers
        if work.chance.random() < 0.06
    ]
    CellStar.objects.bulk_create(stars, AT_ONCE)


def cells_of(grid: Grid) -> Iterator[Cell]:
    rows, columns = (len(axis["labels"]) for axis in grid.batch.axes)
    for number, (row, column) in enumerate(product(range(rows), range(columns)), start=1):
        made = grid.tasks.get(number)
        left_out = rows * columns > 6 and number % 11 == 7
        state = CellState.BEGUN if made else CellState.EXCLUDED if left_out else CellState.WAITING
        yield Cell(
            team=grid.batch.team, batch=grid.batch, number=number, place=[row, column], changed=grid.changed[number],
            state=state, task=made.task if made else None, why=as_json(RULES) if left_out else "",
        )  # fmt: skip
