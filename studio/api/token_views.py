"""The page of API tokens: made here and shown once, listed, revoked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.api.forms import TokenForm
from studio.api.models import Scope, Token
from studio.api.telling import address
from studio.api.tokens import DAYS, issue, listed, revoke
from studio.paging import Place, page_of
from studio.teams.access import TeamRequest, team_page


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@team_page
def tokens(request: TeamRequest) -> HttpResponse:
    """`?before=` and `?after=` page. A new token stands in the one answer to its form, and nowhere else."""
    if request.method != "POST":
        return page(request)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return page(request, form=form, status=422)
    said = form.cleaned_data
    token, secret = issue(request.team, request.user, said["name"], said["scope"], said["days"])
    return page(request, new=token, secret=secret)


@require_POST
@team_page
def revoke_token(request: TeamRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=pk)
    if token.person_id != request.user.pk and not request.membership.is_owner:
        raise PermissionDenied(_("Only whoever made a token and the team's owners can revoke it."))
    revoke(token, request.user)
    messages.success(request, _("The token is revoked. It opens nothing any more."))
    return redirect("api:tokens")


def page(request: TeamRequest, status: int = 200, **more: Any) -> HttpResponse:
    found = page_of(listed(request.membership), Place.read(request.GET))
    context = {
        "form": TokenForm(),
        "rows": found.rows,
        "scopes": Scope.choices,
        "days": DAYS,
        "first": address("v1:presets"),
    } | found.links({})
    return render(request, "api/tokens.html", context | more, status=status)
