"""Two cells or more side by side, with what differs above them."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio import catalog
from studio.assets.models import Asset
from studio.batches.models import Batch, Cell
from studio.batches.showing import MOST_COMPARED, Seen, cells, seen
from studio.languages import in_words
from studio.numbers import numbers_in
from studio.teams.access import TeamRequest, team_page


class Key(NamedTuple):
    """A field in which they differ, and its value in each of them."""

    label: str
    values: list[str]


class Column(NamedTuple):
    """`values` are those in which the cells differ, each with its field's name."""

    seen: Seen
    player: Asset | None
    values: list[tuple[str, str]]


@require_safe
@team_page
def compare(request: TeamRequest, pk: int) -> HttpResponse:
    """`?cell=` a number, twice or more; cells that were not begun have nothing to show, and still say what differs."""
    batch = get_object_or_404(Batch, pk=pk)
    wanted = numbers_in(request.GET.getlist("cell")[:MOST_COMPARED])
    found = [each for each in seen(cells(batch).filter(number__in=wanted), request.user) if not each.cell.is_hidden]
    if len(found) < 2:
        return redirect("batches:batch", pk)
    for each in found:
        each.cell.batch = batch
    differs = keys(batch, [each.cell for each in found])
    columns = [
        Column(each, each.media[0] if each.media else None, [(key.label, key.values[at]) for key in differs])
        for at, each in enumerate(found)
    ]
    context = {"batch": batch, "columns": columns, "differs": bool(differs)}
    return render(request, "batches/compare.html", context)


def keys(batch: Batch, rows: list[Cell]) -> list[Key]:
    """The fields whose values are not the same in all of these cells; cells that only repeat each other differ in
    none."""
    operation = catalog.find(batch.operation)
    labels = {each.at: in_words(each.label) for each in operation.fields} if operation else {}
    found = []
    for at in dict.fromkeys(at for cell in rows for at in cell.changed):
        values = [told(cell.changed.get(at, batch.values.get(at))) for cell in rows]
        if len(set(values)) > 1:
            found.append(Key(labels.get(at) or at, values))
    return found


def told(value: object) -> str:
    if value is None:
        return _("not set")
    return value if isinstance(value, str) else catalog.dumps(value)
