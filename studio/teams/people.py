"""The pages of people: the team and its members, and one's own profile."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.paging import Place, page_of
from studio.teams import mailing
from studio.teams.access import TEAM_IN_SESSION, TeamRequest, memberships, team_page
from studio.teams.acts import What, note
from studio.teams.forms import ProfileForm, TeamForm
from studio.teams.guest_forms import HandOverForm, InvitationForm
from studio.teams.invitations import ends_at, unused
from studio.teams.models import Role, User
from studio.teams.signin import WELCOME_IN_SESSION


@require_safe
@team_page
def team(request: TeamRequest) -> HttpResponse:
    """`?before=` and `?after=` page the open invitations."""
    return team_as(request)


@require_POST
@team_page(role=Role.OWNER)
def rename(request: TeamRequest) -> HttpResponse:
    form = TeamForm(request.POST, instance=request.team)
    if not form.is_valid():
        return team_as(request, form=form, status=422)
    with transaction.atomic():
        note(What.TEAM_RENAMED, request.team, request.user, form.cleaned_data["name"], before=form.initial["name"])
        form.save()
    messages.success(request, _("Saved."))
    return redirect("teams:team")


def team_as(request: TeamRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The team's page; `more` takes the place of what stands there otherwise: a form that was filled in, say."""
    page: dict[str, Any] = {"members": request.team.memberships.select_related("user").order_by("created_at", "id")}
    if request.membership.is_owner:
        page |= {"form": TeamForm(instance=request.team), "roles": Role.choices, "invitation_form": InvitationForm()}
        page["hand_over_form"] = HandOverForm(mine=request.membership)
        open_ones = page_of(unused().select_related("made_by"), Place.read(request.GET))
        page["invitations"] = [(each, ends_at(each)) for each in open_ones.rows]
        page |= open_ones.links({})
    return render(request, "teams/team.html", page | more, status=status)


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """To another of the person's own teams; any other team does not exist for them."""
    chosen = next((m for m in memberships(request) if str(m.team_id) == request.POST.get("team")), None)
    if chosen is None:
        raise Http404
    request.session[TEAM_IN_SESSION] = chosen.team_id
    return redirect("/")


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    # A row of its own: what was typed must not stand in the frame before it is saved.
    form = ProfileForm(request, request.POST or None, instance=User.objects.get(pk=str(request.user.pk)))
    if form.is_valid() and kept(request, form):
        messages.success(request, _("Saved."))
        return redirect("teams:profile")
    return render(request, "teams/profile.html", {"form": form}, status=422 if form.is_bound else 200)


def kept(request: HttpRequest, form: ProfileForm) -> bool:
    """Save it. False where somebody else took the e-mail a moment ago: then the form says so."""
    try:
        keep(request, form)
    except IntegrityError:
        form.email_is_taken()
        return False
    return True


def keep(request: HttpRequest, form: ProfileForm) -> None:
    with transaction.atomic():
        user = form.save()
        if user.email != form.old_email:
            # The account app remembers addresses by itself, and would let in whoever owns the old one.
            EmailAddress.objects.filter(user=user).delete()
            transaction.on_commit(lambda: tell_old_address(form.old_email, user.email))
    if form.cleaned_data["password"]:
        update_session_auth_hash(request, user)  # ends every other session, keeps this one
        request.session.pop(WELCOME_IN_SESSION, None)


def tell_old_address(old: str, new: str) -> None:
    """Whoever has the old address hears of it: of all that a thief changes, this one locks the person out."""
    subject = _("Your e-mail in Prompt Studio was changed")
    mailing.send(subject, "teams/email/address_changed.txt", {"old": old, "new": new}, old)


@require_POST
@login_required
def later(request: HttpRequest) -> HttpResponse:
    """The hint after the first sign-in was read."""
    request.session.pop(WELCOME_IN_SESSION, None)
    return HttpResponse() if getattr(request, "htmx", False) else redirect("/")
