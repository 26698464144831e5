"""A plan becomes rows: the batch and all its cells in one transaction, and the first tasks with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from studio import catalog
from studio.batches import by_words
from studio.batches.ending import await_end
from studio.batches.feeding import feed_one
from studio.batches.models import Batch, Cell, CellState
from studio.batches.planning.cells import Plan
from studio.batches.planning.points import Axis
from studio.languages import as_json
from studio.library.models import PresetVersion
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope

AT_ONCE = 250  # rows of one INSERT


class Form(NamedTuple):
    """What all cells share, as `begin` takes it."""

    operation: catalog.Operation
    values: Mapping[str, Any]
    extras: Mapping[str, Any]
    fates: Mapping[str, str]
    pattern: Mapping[str, Any] = {}


def lay(
    team: Team,
    person: User,
    connection: Connection,
    form: Form,
    plan: Plan,
    *,
    name: str,
    nonce: str,
    version: PresetVersion | None = None,
    private: bool = False,
) -> Batch:
    """Make a batch and hand over as many of its cells as there is room for. The same nonce in the same team is the
    same batch."""
    nonce = nonce[:64]
    with scope(team):
        row = Batch(
            team=team,
            person=person,
            connection=connection,
            version=version,
            operation=form.operation.slug,
            name=name[:120],
            values=dict(form.values),
            extras=catalog.pack(form.extras),
            fates=dict(form.fates),
            pattern=dict(form.pattern),
            axes=[axis_as_json(axis) for axis in plan.axes],
            size=len(plan.cells),
            nonce=nonce,
            private=private,
        )
        if known := Batch.objects.filter(nonce=nonce).first():
            return known
        try:
            insert(row, plan)
        except IntegrityError:  # the same click, a moment earlier, in another process
            if known := Batch.objects.filter(nonce=nonce).first():
                return known
            raise
    feed_one(row.pk)
    return row


@transaction.atomic
def insert(row: Batch, plan: Plan) -> None:
    row.save(force_insert=True)
    Cell.objects.bulk_create(cells_of(row, plan), AT_ONCE)
    await_end(row)
    by_words.enter(row)


def axis_as_json(axis: Axis) -> dict[str, Any]:
    return {"title": as_json(axis.title), "labels": [as_json(point.label) for point in axis.points]}


def cells_of(batch: Batch, plan: Plan) -> list[Cell]:
    return [
        Cell(
            team_id=batch.team_id,
            batch=batch,
            number=cell.number,
            place=list(cell.place),
            changed=dict(cell.changed),
            drawn=dict(cell.drawn) if batch.pattern else {},
            state=CellState.EXCLUDED if cell.why else CellState.WAITING,
            why=as_json(cell.why),
        )
        for cell in plan.cells
    ]
