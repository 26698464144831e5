"""For whom a preset is: the forms of its author and owners, and the page behind a link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio import catalog
from studio.library import sharing
from studio.library.audience import reaches_nobody
from studio.library.keeping import key_for
from studio.library.meanwhile import WAS
from studio.library.models import Preset, ShareLink, Visibility, new_key
from studio.library.portable import addresses_of, masked, portable
from studio.library.rights import found, governs, seen_by
from studio.library.sharing import Audience
from studio.library.showing import shown, values
from studio.numbers import numbers_in
from studio.teams.access import TeamRequest, current_membership, refusal, take_along, team_page, to_sign_in
from studio.teams.models import Role


def governed(request: TeamRequest, pk: int) -> Preset:
    row = found(request.user, pk)
    if not governs(row, request.membership):
        raise PermissionDenied(_("Only its author and the team's owners can say who a preset is for."))
    return row


@require_POST
@team_page(role=Role.MEMBER)
def audience(request: TeamRequest, pk: int) -> HttpResponse:
    """Who sees it, and whom it names."""
    row = governed(request, pk)
    wanted, was = posted(request.POST), posted(request.POST, WAS)
    if wanted.visibility in Visibility.values:
        sharing.change_audience(row, wanted, was if was.visibility else None, request.user)
        row.refresh_from_db(fields=["visibility"])
        if nobody := reaches_nobody(row, request.user):
            messages.warning(request, nobody)
        else:
            messages.success(request, _("Saved."))
    if not seen_by(request.user).filter(pk=row.pk).exists():  # an owner took it from the team, and from themselves
        return redirect("library:list")
    return redirect("library:preset", row.pk)


def posted(post: QueryDict, before: str = "") -> Audience:
    """What stands in the form; `before` stands before the names of its fields."""
    readers, editors = (numbers_in(post.getlist(before + name)) for name in ("reader", "editor"))
    named = dict.fromkeys(readers, False) | dict.fromkeys(editors, True)
    return Audience(post.get(before + "visibility", ""), named)


@require_POST
@team_page(role=Role.MEMBER)
def link(request: TeamRequest, pk: int) -> HttpResponse:
    """A new link; its address stands in this one answer and nowhere else."""
    row = governed(request, pk)
    days = request.POST.get("days", "")
    lives = int(days) if days in map(str, sharing.DAYS) else sharing.DAYS[1]
    token = sharing.new_link(row, request.user, lives, names_author=request.POST.get("names_author") == "on")
    address = settings.PUBLIC_URL.rstrip("/") + reverse("library:shared", args=[token])
    answer = render(request, "library/preset.html", shown(request, row) | {"new_address": address})
    answer["Cache-Control"] = "no-store, private"
    return answer


@require_POST
@team_page(role=Role.MEMBER)
def revoke(request: TeamRequest, pk: int, link: int) -> HttpResponse:
    row = governed(request, pk)
    sharing.revoke(get_object_or_404(ShareLink, preset=row, pk=link), request.user)
    messages.success(request, _("The link is revoked."))
    return redirect("library:preset", row.pk)


@require_safe
@never_cache
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What anyone reads who has the link: no person's name unless the link gives the author's, no file, no task."""
    there = sharing.shared(token)
    if there is None:
        raise Http404
    link, version = there
    membership = current_membership(request)
    addresses = addresses_of(version.team_id)
    context = {
        "preset": link.preset,
        "name": masked(link.preset.name, addresses),
        "description": masked(link.preset.description, addresses),
        "link": link,
        "version": version,
        "values": values(link.preset.operation, portable(version.kept, addresses)[0]),
        "operation": catalog.find(link.preset.operation),
        "token": token,
        "can_copy": membership is not None and membership.may_run,
        "new_key": new_key(),
    }
    answer = render(request, "library/shared.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_POST
def copy(request: HttpRequest, token: str) -> HttpResponseBase:
    """A copy for the team of whoever is signed in."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    there, membership = sharing.shared(token), current_membership(request)
    if there is None or catalog.find(there[0].preset.operation) is None:
        raise Http404
    if membership is None or not membership.may_run:
        raise PermissionDenied(refusal(Role.MEMBER))
    key = key_for(request.POST.get("key", ""), str(there[1].pk))
    made = sharing.take_copy(there[1], membership.team, request.user, key)
    messages.success(request, _("This copy is yours; the other preset stays as it is."))
    answer = redirect("library:preset", made.pk)
    take_along(request, membership, answer)
    return answer
