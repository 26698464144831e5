"""The picker of earlier results and uploads, and the taking of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from studio.assets import choosing
from studio.assets.models import Asset, Keeping
from studio.files.taking import NotTaken, takes_of
from studio.paging import Place
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_safe
@team_page
def choose(request: TeamRequest) -> HttpResponse:
    """A fragment. `?takes=` kinds with commas, `?q=` words of the prompt or the name; `?before=` and `?after=` page."""
    takes = takes_of(request.GET.get("takes", ""))
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = choosing.choices(takes, query, Place.read(request.GET, timed=True))
    context = {"rows": page.rows, "query": query} | page.links({"takes": ",".join(takes), "q": query})
    return render(request, "assets/choose.html", context)


@require_POST
@team_page(role=Role.MEMBER)
def take(request: TeamRequest, pk: int) -> HttpResponse:
    """A kept result becomes a file that can go into a body: a fragment with it, or 422 with a sentence."""
    asset = get_object_or_404(Asset, pk=pk, keeping=Keeping.KEPT)
    try:
        file = choosing.take(asset, request.team, request.user)
    except NotTaken as fault:
        return render(request, "files/_not_taken.html", {"sentence": str(fault)}, status=422)
    return render(request, "files/_taken.html", {"file": file})
