"""Who may open a page: `team_page` finds the person's team and role, and opens the scope around view and template."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, cast, overload

from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from studio.teams import known
from studio.teams.models import Membership, Role, Team, User
from studio.teams.scope import Viewer, scope

P = ParamSpec("P")
RANK = {Role.VIEWER: 0, Role.MEMBER: 1, Role.OWNER: 2}
TEAM_IN_SESSION = "team"
PAGE_TEAM, PAGE_TEAM_HEADER = "page_team", "X-Page-Team"  # a field of every form, a header of whatever scripts ask
IN_EVERY_FORM = {"csrfmiddlewaretoken", PAGE_TEAM}  # nobody typed it


class TeamRequest(HttpRequest):
    """A request inside `team_page`: the person is signed in and belongs to `team`."""

    user: User
    team: Team
    membership: Membership
    htmx: HtmxDetails


View = Callable[Concatenate[TeamRequest, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@overload
def team_page(view: View[P], /) -> Page[P]: ...


@overload
def team_page(*, role: Role) -> Callable[[View[P]], Page[P]]: ...


def team_page(view: View[P] | None = None, /, *, role: Role = Role.VIEWER) -> Page[P] | Callable[[View[P]], Page[P]]:
    """Let in people of a team who have at least this role; everything they reach is that team's.

    It is the team of the page that asks, whichever another tab has changed to since. Signed out: the sign-in page,
    which leads back here. Without a team: a page that says so. Role too low, or no longer in the page's team: 403.
    """
    if view is None:
        return lambda view: guarded(view, role)
    return guarded(view, role)


def guarded(view: View[P], role: Role) -> Page[P]:
    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        membership = current_membership(request)
        if membership is None and memberships(request):
            raise PermissionDenied(_("You are no longer in the team of the page that you came from."))
        if membership is None:
            return render(request, "teams/no_team.html", status=403)
        try:
            return answer(enter(request, membership), *args, **kwargs)
        except Http404:
            for other in elsewhere(request, membership):
                with suppress(Http404, PermissionDenied):
                    return arrived(request, other, answer(enter(request, other), *args, **kwargs))
            enter(request, membership)
            raise

    def answer(inside: TeamRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        membership = inside.membership
        if RANK[Role(membership.role)] < RANK[role]:
            raise PermissionDenied(refusal(role))
        with scope(membership.team, Viewer(membership.user_id, membership.is_owner)):
            response = view(inside, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        take_along(inside, membership, response)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response

    return page


def enter(request: HttpRequest, membership: Membership) -> TeamRequest:
    inside = cast(TeamRequest, request)
    inside.membership, inside.team = membership, membership.team
    inside.user = cast(User, get_user(request))  # itself: what stands for it asks for it each time
    return inside


def elsewhere(request: HttpRequest, membership: Membership) -> list[Membership]:
    """The person's other teams, where what a link names may be: an address does not say of which team it is."""
    named = page_team(request) or request.method not in {"GET", "HEAD"}
    return [] if named else [each for each in memberships(request) if each != membership]


def memberships(request: HttpRequest) -> list[Membership]:
    """The person's memberships, oldest first; asked of the database once per request, so a removal bites at once."""
    return [] if isinstance(request.user, AnonymousUser) else known.memberships(request.user)


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership in the team of the page that asks; None if the person is no longer in it.

    Where the request names no such team, as a link does: in that of what it leads to, else in the one chosen last in
    this session, else the first.
    """
    if entered := getattr(request, "membership", None):
        return cast(Membership, entered)
    mine = memberships(request)
    if named := page_team(request):
        return next((m for m in mine if str(m.team_id) == named), None)
    chosen = request.session.get(TEAM_IN_SESSION)
    return next((m for m in mine if m.team_id == chosen), mine[0] if mine else None)


def page_team(request: HttpRequest) -> str:
    """The number, as text, of the team whose page the request came from; "" where it says none."""
    return request.headers.get(PAGE_TEAM_HEADER) or request.POST.get(PAGE_TEAM, "")


def take_along(request: HttpRequest, membership: Membership, answer: HttpResponseBase) -> None:
    """Where the answer leads to another page, it is one of this team's: an address names no team, the session does."""
    leads = {"Location", "HX-Redirect", "HX-Location", "HX-Refresh"} & answer.headers.keys()
    if leads and page_team(request):
        choose(request, membership)


def arrived(request: HttpRequest, membership: Membership, answer: HttpResponseBase) -> HttpResponseBase:
    """A link led to a page of another team than the session's: that is where the links of that page lead. A picture or
    a file, which a page only shows, leads nowhere, and a HEAD opens nothing."""
    is_page = "Location" in answer.headers or answer.headers.get("Content-Type", "").startswith("text/html")
    if is_page and request.method != "HEAD":
        choose(request, membership)
    return answer


def choose(request: HttpRequest, membership: Membership) -> None:
    """A session is written only where it changes: each write waits for SQLite's only writer."""
    if request.session.get(TEAM_IN_SESSION) != membership.team_id:
        request.session[TEAM_IN_SESSION] = membership.team_id


def refusal(role: Role) -> str:
    if role == Role.OWNER:
        return _("Only owners of the team can do this. Ask an owner.")
    return _("Viewers can look at everything but change nothing. Ask an owner to make you a member.")


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page, and from there back to the page the person was looking at."""
    answer = redirect_to_login(page_in_browser(request))
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(answer["Location"])
    return answer


def page_in_browser(request: HttpRequest) -> str:
    """The address to come back to: never that of a fragment or a form's target, which cannot be opened by itself."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        return htmx.current_url_abs_path or "/"
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, request.is_secure())
    return referrer if here else "/"
