"""The wall of what a team keeps, and the files themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from studio.assets.models import RESULT, Asset, Keeping, cover_of
from studio.assets.parts import STEP, part, place
from studio.assets.posters import players
from studio.files.serving import HEADERS, serve
from studio.paging import address, page_of
from studio.tasks.listing import Chip, Filters
from studio.tasks.models import Task
from studio.tasks.onward import onward
from studio.tasks.recipes import standing
from studio.tasks.showing import results
from studio.tasks.switches import offered
from studio.teams.access import TeamRequest, team_page

PER_PAGE = 24
HEAVY = [f"task__{name}" for name in ("results", "actions", "extras", "body_text")]  # may be megabytes
KINDS = {
    "video": _("Videos"),
    "image": _("Images"),
    "audio": _("Audio"),
    "text": _("Texts"),
    "file": _("Files"),
}


@require_safe
@team_page
def file(request: TeamRequest, pk: int, name: str) -> HttpResponseBase:
    """`?download` gives the file to keep instead of to look at. The name is only for people."""
    asset = get_object_or_404(Asset, pk=pk, keeping=Keeping.KEPT)
    try:
        return serve(request, asset)
    except FileNotFoundError as fault:
        raise Http404("The file is not in the media folder.") from fault


@require_safe
@team_page
def cover(request: TeamRequest, pk: int) -> HttpResponse:
    """The small picture that stands for a file of slides: a JPEG that this studio wrote."""
    asset = get_object_or_404(Asset, pk=pk, keeping=Keeping.KEPT, inside__cover=True)
    try:
        with asset.file.storage.open(cover_of(asset.file.name or "")) as picture:
            return HttpResponse(picture.read(), headers=HEADERS | {"Content-Type": "image/jpeg"})
    except FileNotFoundError as fault:
        raise Http404("The picture is not in the media folder.") from fault


@require_safe
@team_page
def wall(request: TeamRequest) -> HttpResponse:
    """`?kind=` one of image, video, audio, text, file; `?who=`, `?operation=` and `?q=` as in the list of tasks;
    `?before=` and `?after=` page."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    filters = replace(Filters.read(request.GET, request.user), state="")
    rows = Asset.objects.filter(keeping=Keeping.KEPT, role=RESULT).select_related("task__person")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(task__in=filters.tasks().order_by()) if filters.narrowed else rows
    page = page_of(rows.defer(*HEAVY), filters.place, PER_PAGE)
    said = {"kind": kind} | filters.said
    shown = {"rows": with_posters(page.rows), "kind": kind, "filters": filters, "kinds": kinds(said)}
    return render(request, "assets/wall.html", shown | {"operations": offered()} | page.links(said))


def kinds(said: Mapping[str, str]) -> list[Chip]:
    """The kinds to choose from, beside all else that the page's address says."""
    return [
        Chip(label, address({**said, "kind": kind}), said["kind"] == kind)
        for kind, label in {"": _("All"), **KINDS}.items()
    ]


@require_safe
@team_page
def more(request: TeamRequest, pk: int) -> HttpResponse:
    """The next results of a task, after the `?upto=` that the browser has."""
    rows = Task.objects.select_related("connection", "team").prefetch_related("attempts", "assets")
    task = get_object_or_404(rows, pk=pk)
    assets, begin, recipe = results(task, task.leading())["assets"], place(request.GET.get("upto")), standing(task)
    further = onward(task).without(recipe.taken if recipe else ())
    page = {"assets": assets, "onward": further, "part": part(assets, begin, begin + STEP)}
    return render(request, "assets/_part.html", page)


def with_posters(rows: list[Asset]) -> list[Asset]:
    """The rows of one page, each film with its poster; one query for all."""
    beside = Asset.objects.filter(task__in={row.task_id for row in rows}, kind="image").exclude(role=RESULT)
    return players([*rows, *beside])
