"""The number on the bell of every page: one query, and only where a page shows it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from studio.notices.listing import unread_number
from studio.teams.access import current_membership
from studio.teams.models import Membership
from studio.teams.scope import scope


def bell(request: HttpRequest) -> dict[str, object]:
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    membership = current_membership(request)
    return {"unread": SimpleLazyObject(lambda: number(membership))} if membership else {}


def number(membership: Membership) -> int:
    with scope(membership.team_id):
        return unread_number(membership.user)
