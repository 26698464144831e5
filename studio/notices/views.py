"""What a person missed: the page, what hangs from the bell, and the way to what a line is about."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.notices.listing import leads_to, mark_read, mine, opened, page, short, unread_number
from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page


@require_safe
@team_page
def notices(request: TeamRequest) -> HttpResponse:
    """`?before=` as a page names the one after it."""
    before = request.GET.get("before", "")
    lines = page(request.user, before)
    links = {"start": reverse("notices:list") if before else "", "older": lines.older and f"?before={lines.older}"}
    return render(request, "notices/list.html", {"page": lines, "before": before} | links)


@require_safe
@never_cache
@team_page
def bell(request: TeamRequest) -> HttpResponse:
    """The number of unread lines; with `?open=yes` the newest lines under it."""
    if request.GET.get("open") != "yes":
        return render(request, "notices/_number.html", {"unread": unread_number(request.user)})
    return render(request, "notices/_short.html", {"page": short(request.user)})


@require_safe
@never_cache
@team_page
def follow(request: TeamRequest) -> HttpResponse:
    """`?line=` one's own line: it is read, and leads to what it is about."""
    row = mine(request.user).filter(pk=number_in(request.GET.get("line", "")) or 0).first()
    if row is None:
        return redirect("notices:list")
    if request.method != "HEAD":
        opened(mine(request.user).filter(pk=row.pk))
    return redirect(leads_to(row, request.user))


@require_POST
@team_page
def read(request: TeamRequest) -> HttpResponse:
    """All lines are read."""
    mark_read(mine(request.user))
    return redirect("notices:list")
