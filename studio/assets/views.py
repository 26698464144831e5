"""The wall of what a team keeps, and the files themselves."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from studio.assets.models import RESULT, Asset, Keeping
from studio.assets.posters import players
from studio.assets.serving import serve
from studio.teams.access import TeamRequest, team_page

PER_PAGE = 24
KINDS = {"image", "video", "audio", "text", "file"}


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
def wall(request: TeamRequest) -> HttpResponse:
    """`?kind=` one of image, video, audio, text, file; `?page=`."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    rows = Asset.objects.filter(keeping=Keeping.KEPT, role=RESULT).select_related("task__person").order_by("-id")
    page = Paginator(rows.filter(kind=kind) if kind else rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": with_posters(page), "kind": kind}
    return render(request, "assets/wall.html", shown | neighbours(request, page))


def neighbours(request: TeamRequest, page: Page[Asset]) -> dict[str, str]:
    """The addresses of the pages beside this one, with the filter kept."""
    newer = page.previous_page_number() if page.has_previous() else None
    older = page.next_page_number() if page.has_next() else None
    query = request.GET.copy()
    links = {}
    for name, number in (("newer", newer), ("older", older)):
        query["page"] = str(number)
        links[name] = f"?{query.urlencode()}" if number else ""
    return links


def with_posters(page: Page[Asset]) -> list[Asset]:
    """The rows of one page, each film with its poster; one query for all."""
    rows = list(page)
    beside = Asset.objects.filter(task__in={row.task_id for row in rows}, kind="image").exclude(role=RESULT)
    return players([*rows, *beside])
