"""Who calls, what they may, and how often: around every endpoint."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.security import HttpBearer

from studio.api import limits, problems
from studio.api.tokens import Caller, caller, may_run
from studio.teams.access import refusal
from studio.teams.models import Role
from studio.teams.scope import Viewer, scope

P = ParamSpec("P")
R = TypeVar("R")


class Call(HttpRequest):
    """A request that came with a token which is alive."""

    auth: Caller


class Bearer(HttpBearer):
    """`Authorization: Bearer ps_…`. Nothing else lets anybody in."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, secret.strip()) if kind.lower() == "bearer" else None

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = caller(token)
        if found:
            not_too_often(f"calls:{whose(found)}", limits.CALLS)
        else:  # counted after the search: what somebody does wrong must not shut out others behind the same address
            message = _("Too many calls with a wrong token: %(most)s in a minute. Call again in %(seconds)s seconds.")
            not_too_often(f"wrong:{request.META.get('REMOTE_ADDR', '')}", limits.WRONG, message)
        return found


def whose(caller: Caller) -> str:
    """By whom calls are counted: a person in a team, for anybody can make any number of tokens."""
    return f"{caller.membership.team_id}:{caller.membership.user_id}"


def not_too_often(name: str, most: int, message: str = "") -> None:
    if seconds := limits.wait(name, most):
        message = message or _("Too many calls: %(most)s in a minute are allowed. Call again in %(seconds)s seconds.")
        said = message % {"most": most, "seconds": seconds}
        raise problems.Problem(429, "too_many_calls", said, {"Retry-After": str(seconds)})


def reading(view: Callable[Concatenate[Call, P], R]) -> Callable[Concatenate[Call, P], R]:
    """All rows in reach are those of the token's team, as its person sees them."""

    @wraps(view)
    def inside(request: Call, *args: P.args, **kwargs: P.kwargs) -> R:
        mine = request.auth.membership
        with scope(mine.team, Viewer(mine.user_id, mine.is_owner)):
            return view(request, *args, **kwargs)

    return cast(Callable[Concatenate[Call, P], R], inside)


def running(view: Callable[Concatenate[Call, P], R]) -> Callable[Concatenate[Call, P], R]:
    """The same for what begins or changes something: the token has to allow it, and so has its person's role."""
    within = reading(view)

    @wraps(view)
    def allowed(request: Call, *args: P.args, **kwargs: P.kwargs) -> R:
        if not may_run(request.auth):
            raise problems.Problem(403, "read_only_token", str(READ_ONLY))
        if not request.auth.membership.may_run:
            raise problems.Problem(403, "forbidden", refusal(Role.MEMBER))
        not_too_often(f"runs:{whose(request.auth)}", limits.RUNS)
        return within(request, *args, **kwargs)

    return cast(Callable[Concatenate[Call, P], R], allowed)


READ_ONLY = gettext_lazy("This token may only read. Make one that may run, under Team, API tokens.")


def by_token_alone(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The one way into the API. What a browser brings by itself is taken away before anything looks at it, so there is
    nothing that another site's form could use, and no secret of a form is asked for. What is no JSON becomes JSON."""

    @wraps(view)
    def only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.COOKIES, request.user = {}, AnonymousUser()
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseNotAllowed):
            answer = problems.wrong_method(answer["Allow"])
        if not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "no-store"
        return answer

    only.csrf_exempt = True  # type: ignore[attr-defined]
    return only
