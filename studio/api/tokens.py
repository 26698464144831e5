"""Tokens: made, found by their secret, revoked. A secret is seen once, by whoever made it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from studio.api.models import Scope, Token
from studio.teams.acts import What, note
from studio.teams.models import Membership, Team, User
from studio.teams.scope import across_teams

DAYS = (30, 90, 365)
BEGINS = "ps_"  # by which programs that look for leaked secrets know them
SHOWN = 9  # characters of a secret that stay readable
FRESH = timedelta(minutes=1)  # so often its last use is written, at most


@dataclass(frozen=True)
class Caller:
    """Who calls: a person by a token of theirs, with the role that they have now."""

    token: Token
    membership: Membership

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def team(self) -> Team:
        return self.membership.team


def issue(team: Team, person: User, name: str, scope: str, days: int) -> tuple[Token, str]:
    """A new token and its secret, which cannot be shown a second time. Needs the team's scope."""
    secret = BEGINS + secrets.token_urlsafe(32)
    given = {"digest": digest(secret), "prefix": secret[:SHOWN], "expires_at": timezone.now() + timedelta(days=days)}
    with transaction.atomic():
        token = Token.objects.create(team=team, person=person, name=name, scope=scope, **given)
        note(What.TOKEN_MADE, team, person, name, scopes=scope, days=days)
    return token, secret


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def caller(secret: str) -> Caller | None:
    """None for a secret that is unknown, revoked or expired, or whose person is gone from the team or from here."""
    with across_teams():
        token = Token.objects.filter(digest=digest(secret), revoked_at=None, expires_at__gt=timezone.now()).first()
        if token is None:
            return None
        note_use(token)
    memberships = Membership.objects.select_related("user", "team").filter(user__is_active=True)
    found = memberships.filter(team=token.team_id, user=token.person_id).first()
    return Caller(token, found) if found else None


def note_use(token: Token) -> None:
    now = timezone.now()
    if token.used_at is None or now - token.used_at >= FRESH:
        Token.objects.filter(pk=token.pk).update(used_at=now)


def revoke(token: Token, by: User) -> None:
    with transaction.atomic():
        if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            note(What.TOKEN_REVOKED, token.team_id, by, token.name)


def listed(membership: Membership) -> QuerySet[Token]:
    """Everybody's for owners, else one's own; those that were revoked are gone from the list."""
    rows = Token.objects.filter(revoked_at=None).select_related("person")
    return rows if membership.is_owner else rows.filter(person=membership.user_id)


def may_run(caller: Caller) -> bool:
    return caller.token.scope == Scope.RUN
