"""The pages of a team's connections: everybody may look, owners change."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.numbers import number_in
from studio.teams.access import TeamRequest, refusal, team_page
from studio.teams.acts import What, note
from studio.teams.balance import balance_of
from studio.teams.forms import HIDDEN, ConnectionForm
from studio.teams.models import Connection, Role
from studio.teams.trial import try_out


@require_safe
@team_page
def connections(request: TeamRequest) -> HttpResponse:
    return render(request, "teams/connections.html", {"connections": Connection.objects.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.OWNER)
def new(request: TeamRequest) -> HttpResponse:
    return edit(request, Connection(team=request.team))


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def connection(request: TeamRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Connection, pk=pk)
    if request.membership.is_owner:
        return edit(request, found)
    if request.method == "POST":
        raise PermissionDenied(refusal(Role.OWNER))
    return render(request, "teams/connection.html", shown(found))


def edit(request: TeamRequest, connection: Connection) -> HttpResponse:
    form = ConnectionForm(request.POST or None, instance=connection)
    if form.is_valid() and kept(request, form):
        messages.success(request, _("Saved."))
        if form.pasted_v1:
            messages.info(request, _("The /v1 was taken off the address: each operation's path carries its own."))
        return redirect("teams:connection", connection.pk)
    page = shown(connection) | {"form": form}
    return render(request, "teams/connection.html", page, status=422 if form.is_bound else 200)


def kept(request: TeamRequest, form: ConnectionForm) -> bool:
    """Save it. False where somebody else took its name a moment ago: then the form says so."""
    try:
        keep(request, form)
    except IntegrityError:
        form.name_is_taken()
        return False
    return True


def keep(request: TeamRequest, form: ConnectionForm) -> None:
    """Save it, and say so: a new key by itself, of everything else which fields."""
    is_new, fields = not form.instance.pk, [name for name in form.changed_data if name not in HIDDEN]
    with transaction.atomic():
        connection = form.save()
        if is_new:
            note(What.CONNECTION_MADE, request.team, request.user, connection)
        elif fields:
            note(What.CONNECTION_CHANGED, request.team, request.user, connection, fields=fields)
        if form.cleaned_data["key"]:
            note(What.KEY_CHANGED, request.team, request.user, connection)


def shown(connection: Connection) -> dict[str, object]:
    return {"connection": connection, "why_no_callback": connection.reaches_us()[1] if connection.base_url else ""}


@require_POST
@team_page(role=Role.OWNER)
def test(request: TeamRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Connection, pk=pk)
    page = shown(found) | {"trial": try_out(found)}
    if request.htmx:
        return render(request, "teams/_trial.html", page)
    return render(request, "teams/connection.html", page | {"form": ConnectionForm(instance=found)})


@require_safe
@team_page(role=Role.MEMBER)
def balance(request: TeamRequest) -> HttpResponse:
    """What is left on the key of `?connection=`; a fragment, because asking the gateway takes a moment."""
    found = get_object_or_404(Connection, pk=number_in(request.GET.get("connection", "")) or 0)
    return render(request, "teams/_balance.html", {"connection": found, "balance": balance_of(found)})


@require_POST
@team_page(role=Role.OWNER)
def start(request: TeamRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Connection, pk=pk)
    with transaction.atomic():
        found.resume()
        note(What.CONNECTION_STARTED, request.team, request.user, found)
    messages.success(request, _("Started again. Tasks that waited for this key go on."))
    return redirect("teams:connection", pk)


@require_POST
@team_page(role=Role.OWNER)
def delete(request: TeamRequest, pk: int) -> HttpResponse:
    try:
        with transaction.atomic():
            found = get_object_or_404(Connection.objects.select_for_update(), pk=pk)
            note(What.CONNECTION_DELETED, request.team, request.user, found)
            found.delete()
    except ProtectedError:
        messages.error(request, _("Tasks were sent through this connection, so it stays. You can replace its key."))
        return redirect("teams:connection", pk)
    messages.success(request, _("“%(name)s” was deleted.") % {"name": found.name})
    return redirect("teams:connections")
