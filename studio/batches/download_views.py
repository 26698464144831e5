"""All results of a batch as one zip, with a table of what each cell was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from studio import catalog, pouring
from studio.assets.models import Asset, Keeping
from studio.batches.models import Batch, Cell
from studio.batches.showing import changes, with_a_star
from studio.teams.access import TeamRequest, team_page
from studio.zipping import Entry, manifest, zipped

NAMED = 60  # letters of the values in a file's name
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would work out instead of show


@require_safe
@team_page
def results(request: TeamRequest, pk: int) -> HttpResponseBase:
    """The kept files, each named by its cell, and `cells.csv`. `?starred` only of the cells with a star."""
    batch = get_object_or_404(Batch, pk=pk)
    rows = Cell.objects.filter(batch=batch).select_related("task").defer("task__values", "task__body_text")
    starred = "starred" in request.GET
    rows = with_a_star(rows) if starred else rows
    cells = [cell for cell in rows if not cell.is_hidden]
    for cell in cells:
        cell.batch = batch
    entries = [Entry("cells.csv", "", table(cells)), *files(cells)]
    name = f"{safe(batch.name) or 'batch'}{' starred' if starred else ''}.zip"
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    if pouring.is_able(request.META):
        return HttpResponse(manifest(entries), headers=headers | {pouring.HEADER: pouring.ZIP})
    return StreamingHttpResponse(zipped(entries), headers=headers)


def files(cells: Sequence[Cell]) -> Iterator[Entry]:
    by_task = {cell.task_id: cell for cell in cells if cell.task_id}
    for asset in Asset.objects.filter(task__in=list(by_task), keeping=Keeping.KEPT).order_by("task_id", "number"):
        cell = by_task[asset.task_id]
        words = fitting([safe(label) for _title, label in changes(cell)])
        suffix = asset.name.rpartition(".")[2]
        role = "" if not asset.is_beside else f" {asset.role}"
        yield Entry(f"{cell.number:04} {words}{role} {asset.number}.{suffix}", asset.file.path)


def table(cells: Sequence[Cell]) -> str:
    """What each cell was: its headings, its changed values, how it ended."""
    paths = list(dict.fromkeys(at for cell in cells for at in cell.changed))
    titles = cells[0].batch.titles if cells else []
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["cell", "state", "task", *titles, *paths, "points", "why"])
    for cell in cells:
        task = cell.task
        values = [told(cell.changed.get(at)) for at in paths]
        state, cost = (task.state, task.cost if task.cost is not None else "") if task else (cell.state, "")
        labels = [told(label) for _title, label in changes(cell)]
        writer.writerow([cell.number, state, cell.task_id or "", *labels, *values, cost, told(cell.reason)])
    return "\ufeff" + text.getvalue()


def told(value: object) -> str:
    """A value as text that a spreadsheet takes for text, or for a number."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else catalog.dumps(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def safe(text: str) -> str:
    """A text as part of a file's name on every system."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", text).strip(" .")[:NAMED].strip(" .")


def fitting(labels: Sequence[str]) -> str:
    """The labels of a cell in its file's name: only the longest are cut, so that a prompt leaves room for the rest."""
    most = next((n for n in range(NAMED, 1, -1) if sum(min(len(each), n) for each in labels) <= NAMED), 1)
    return " ".join(each[:most].strip(" .") for each in labels).strip()
