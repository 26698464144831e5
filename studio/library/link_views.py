"""All open share links of a team, for its owners: who made each, until when it opens, and the button that ends it."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio.library import sharing
from studio.library.models import Preset, ShareLink
from studio.library.rights import seen_by
from studio.paging import Place, page_of
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


class Line(NamedTuple):
    """One link; no preset where it is somebody's own and not for the owner who looks."""

    link: ShareLink
    preset: Preset | None


@require_safe
@team_page(role=Role.OWNER)
def links(request: TeamRequest) -> HttpResponse:
    """`?before=` and `?after=` page."""
    page = page_of(sharing.links().select_related("author"), Place.read(request.GET))
    seen = seen_by(request.user).in_bulk([each.preset_id for each in page.rows])
    context = {"lines": [Line(each, seen.get(each.preset_id)) for each in page.rows]} | page.links({})
    return render(request, "library/links.html", context)


@require_POST
@team_page(role=Role.OWNER)
def revoke(request: TeamRequest, pk: int) -> HttpResponse:
    """An owner ends any link of the team, also to a preset that they do not see."""
    sharing.revoke(get_object_or_404(ShareLink.objects.select_related("preset"), pk=pk), request.user)
    messages.success(request, _("The link is revoked."))
    return redirect("library:links")
