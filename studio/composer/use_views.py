"""Where a kept result can go, as the menu beside it or as a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from studio.assets.models import Asset, Keeping
from studio.composer.uses import heading, uses
from studio.tasks.figures import recent
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection

SHORT = 12  # entries that are seen at a glance


@require_safe
@team_page
def use(request: TeamRequest, pk: int) -> HttpResponse:
    """To htmx for its menu, else a page."""
    asset = get_object_or_404(Asset.objects.select_related("task"), pk=pk, keeping=Keeping.KEPT)
    shelves = uses(asset, list(Connection.objects.all()), recent(request.user.pk))
    context = {"asset": asset, "heading": heading(asset.kind), "shelves": shelves}
    context["is_long"] = sum(len(shelf.uses) for shelf in shelves) > SHORT
    return render(request, "composer/_uses.html" if request.htmx else "composer/use.html", context)
