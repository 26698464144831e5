"""The inbox: every callback as it came, and the button that hears it once more."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from studio.paging import Place, page_of
from studio.tasks import lifecycle
from studio.tasks.models import Callback
from studio.tasks.showing import raw
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

KINDS = {
    "": (gettext_lazy("All"), Q()),
    "unheard": (gettext_lazy("Not heard"), Q(heard_at=None)),
    "unmatched": (gettext_lazy("Without a task"), Q(attempt=None)),
}


@require_safe
@team_page
def inbox(request: TeamRequest) -> HttpResponse:
    """Newest first; `?show=unheard` or `unmatched`, and `?before=` and `?after=` page."""
    show = request.GET.get("show", "")
    show = show if show in KINDS else ""
    found = Callback.objects.filter(KINDS[show][1]).defer("body", "headers").select_related("attempt__task", "team")
    page = page_of(found, Place.read(request.GET))
    kinds = [(name, label) for name, (label, _condition) in KINDS.items()]
    context = {"callbacks": page.rows, "show": show, "kinds": kinds} | page.links({"show": show})
    return render(request, "tasks/inbox.html", context)


@require_safe
@team_page
def callback_page(request: TeamRequest, pk: int) -> HttpResponse:
    callback = get_object_or_404(Callback.objects.select_related("attempt__task"), pk=pk)
    text = raw(bytes(callback.body).decode("utf-8", "replace"))
    return render(request, "tasks/callback.html", {"callback": callback, "text": text, "size": len(callback.body)})


@require_POST
@team_page(role=Role.MEMBER)
def replay(request: TeamRequest, pk: int) -> HttpResponse:
    callback = get_object_or_404(Callback.objects, pk=pk)
    try:
        lifecycle.replay(callback, request.user)
    except lifecycle.NotNow as why:
        messages.warning(request, str(why))
    else:
        messages.info(request, _("It was heard once more; the page shows what came of it."))
    return redirect("tasks:inbox-callback", pk=pk)
