"""Who asks, and to which teams they belong: asked with every request, so in one question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from studio.teams import statements
from studio.teams.models import Membership, Team, User

MEMBERSHIPS = statements.Joined(
    Membership, {"team": Team, "user": User}, "WHERE teams_membership.user_id = %s ORDER BY teams_membership.id"
)
STRANGER = statements.Rows(User, "WHERE id = %s")


class Asked(NamedTuple):
    """The memberships of a person, asked for a moment ago."""

    number: int
    memberships: Sequence[Membership]


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def asked_already(asked: Asked | None) -> Iterator[None]:
    """Inside, `person` does not ask again for the one who was asked for just before."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


class WhoAsks(AuthenticationMiddleware):
    """Django's own; it takes the memberships that were asked for along with the session (`sessions`)."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: who_asks(request))  # type: ignore[assignment]


def who_asks(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    request.session.get(SESSION_KEY)  # loads it
    with asked_already(getattr(request.session, "asked", None)):
        return get_user(request)


def person(number: int) -> User | None:
    """The person of this number, whose memberships are known by that, too."""
    asked = _asked.get()
    mine = [*asked.memberships] if asked and asked.number == number else MEMBERSHIPS.all(number)
    user = mine[0].user if mine else STRANGER.first(number)
    return user and knowing(user, mine)


def memberships(user: User) -> list[Membership]:
    """The person's own, oldest first, each with its team; asked once for each `user`, so a removal bites with the next
    request."""
    if not hasattr(user, "known_memberships"):
        knowing(user, MEMBERSHIPS.all(user.pk))
    return user.known_memberships  # type: ignore[attr-defined, no-any-return]


def knowing(user: User, mine: list[Membership]) -> User:
    for each in mine:
        each.user = user
    user.known_memberships = mine  # type: ignore[attr-defined]
    return user
