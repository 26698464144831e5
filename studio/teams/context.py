"""What every page's frame shows."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from studio.teams.access import current_membership, memberships
from studio.teams.signin import WELCOME_IN_SESSION


def frame(request: HttpRequest) -> dict[str, object]:
    """`team`, `membership`, `teams`; and `welcome` after a first sign-in by link, until it is dismissed.

    For strangers `sends_mail`: whether a forgotten password is a matter of mail here.
    """
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"team": None, "membership": None, "teams": [], "sends_mail": bool(settings.EMAIL_HOST)}
    membership = current_membership(request)
    return {
        "team": membership and membership.team,
        "membership": membership,
        "teams": [mine.team for mine in memberships(request)],
        "welcome": request.session.get(WELCOME_IN_SESSION, False),
    }
