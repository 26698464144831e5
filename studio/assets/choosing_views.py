"""The picker of earlier results and uploads, and the taking of one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from studio.assets import choosing
from studio.assets.models import Asset, Keeping
from studio.files.taking import NotTaken, takes_of
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_safe
@team_page
def choose(request: TeamRequest) -> HttpResponse:
    """A fragment. `?takes=` kinds with commas, `?q=` words of the prompt or the name, `?page=`."""
    takes = takes_of(request.GET.get("takes", ""))
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page, rows = choosing.choices(takes, query, request.GET.get("page", ""))
    address = f"{reverse('assets:choose')}?{urlencode({'takes': ','.join(takes), 'q': query})}"
    return render(request, "assets/choose.html", {"page": page, "rows": rows, "query": query, "address": address})


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
