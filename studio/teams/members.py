"""The pages of coming and going: owners invite, change roles and take out; guests join; anybody may leave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from studio.teams import invitations
from studio.teams.access import TEAM_IN_SESSION, TeamRequest, team_page
from studio.teams.guest_forms import GuestForm, HandOverForm, InvitationForm, RoleForm
from studio.teams.membership import LastOwner, change_role, hand_over, take_out
from studio.teams.models import Invitation, Membership, Role, User
from studio.teams.people import team_as
from studio.teams.signin import BACKEND


@require_POST
@never_cache
@team_page(role=Role.OWNER)
def invite(request: TeamRequest) -> HttpResponse:
    form = InvitationForm(request.POST, instance=Invitation(team=request.team))
    if not form.is_valid():
        return team_as(request, invitation_form=form, status=422)
    email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
    link = invitations.invite(request.team, request.user, email, role)
    sent = bool(email) and invitations.mail(request.team, request.user, email, link)
    # Not a redirect: the address is shown this once, and stands nowhere that it could be read from again.
    return team_as(request, link=link, invited=email, sent=sent)


@require_POST
@team_page(role=Role.OWNER)
def withdraw(request: TeamRequest, pk: int) -> HttpResponse:
    invitations.withdraw(get_object_or_404(Invitation, pk=pk), request.user)
    messages.success(request, _("The invitation was withdrawn."))
    return redirect("teams:team")


@require_POST
@team_page(role=Role.OWNER)
def role(request: TeamRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(request.team.memberships.select_related("user"), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such role. Nothing was changed."))
        return redirect("teams:team")
    try:
        change_role(found, Role(form.cleaned_data["role"]), request.user)
    except LastOwner:
        messages.error(request, only_owner())
    else:
        messages.success(request, _("Saved."))
    return redirect("teams:team")


@require_POST
@team_page(role=Role.OWNER)
def remove(request: TeamRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(request.team.memberships.select_related("user"), pk=pk)
    try:
        take_out(found, request.user)
    except LastOwner:
        messages.error(request, only_owner())
        return redirect("teams:team")
    messages.success(request, _("%(person)s is not in the team any more.") % {"person": found.user})
    return redirect("teams:team")


@require_POST
@team_page
def leave(request: TeamRequest) -> HttpResponse:
    try:
        take_out(request.membership, request.user)
    except LastOwner:
        messages.error(request, only_owner())
        return redirect("teams:team")
    messages.success(request, _("You left %(team)s.") % {"team": request.team.name})
    return redirect("/")


@require_POST
@team_page(role=Role.OWNER)
def transfer(request: TeamRequest) -> HttpResponse:
    """Another becomes an owner, and whoever asks a member."""
    form = HandOverForm(request.POST, mine=request.membership)
    if not form.is_valid():
        return team_as(request, hand_over_form=form, status=422)
    heir = form.cleaned_data["heir"]
    try:
        hand_over(request.membership, heir)
    except LastOwner:
        messages.error(request, _("Somebody changed the team at the same moment. Look again, nothing was handed over."))
    else:
        messages.success(request, _("%(person)s owns the team now; you are a member.") % {"person": heir.user})
    return redirect("teams:team")


def only_owner() -> str:
    return _("A team needs an owner. Make somebody else an owner first.")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds the address. Looking does not use it up: programs that preview links look too."""
    found = invitations.find(token)
    if found is None:
        return render(request, "teams/invitation_over.html", status=410)
    if request.user.is_authenticated:
        return as_oneself(request, found, User.objects.get(pk=str(request.user.pk)))
    form = GuestForm(request.POST or None, invitation=found)
    if not form.is_valid():
        return shown(request, found, form=form, status=422 if form.is_bound else 200)
    try:
        with transaction.atomic():
            user = form.save()
            member = invitations.join(found, user)
            if member is None:
                raise LookupError
    except LookupError:  # the account was made for nothing, so it was not made
        return render(request, "teams/invitation_over.html", status=410)
    except IntegrityError:
        form.add_error(None, _("This e-mail has an account. Sign in first."))
        return shown(request, found, form=form, status=422)
    login(request, user, backend=BACKEND)
    return welcome(request, member)


def as_oneself(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if not invitations.is_for(found, user):
        return shown(request, found, other=True, status=403 if request.method == "POST" else 200)
    if request.method != "POST":
        return shown(request, found, member=Membership.objects.filter(team=found.team, user=user).first())
    member = invitations.join(found, user)
    if member is None:
        return render(request, "teams/invitation_over.html", status=410)
    return welcome(request, member)


def welcome(request: HttpRequest, member: Membership) -> HttpResponse:
    request.session[TEAM_IN_SESSION] = member.team_id
    messages.success(request, _("You are in %(team)s now.") % {"team": member.team.name})
    return redirect("/")


def shown(request: HttpRequest, found: Invitation, status: int = 200, **more: Any) -> HttpResponse:
    sign_in = f"{reverse('account_login')}?next={request.path}"
    known = bool(found.email) and User.objects.filter(email__iexact=found.email).exists()
    page = {"invitation": found, "ends_at": invitations.ends_at(found), "sign_in": sign_in, "known": known} | more
    return render(request, "teams/invitation.html", page, status=status)
