"""What a page needs to follow its team's events: a token, and the event from which on it wants to hear."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from studio.tasks.epoch import is_fenced
from studio.tasks.live import token
from studio.tasks.models import Event
from studio.teams.models import Team
from studio.teams.scope import scope

# The page's rows were read a moment before this asks for the last event, so a page hears the last seconds once more:
# at worst it fetches a fragment that it has.
AGAIN = timedelta(seconds=10)
MOST = 20


def live(request: HttpRequest) -> dict[str, object]:
    team: Team | None = getattr(request, "team", None)
    if team is None or not request.user.is_authenticated:
        return {}
    user = request.user
    # Lazy: most renderings are fragments, which ask for none.
    return {
        "live_token": SimpleLazyObject(lambda: token(user, team)),
        "last_event_id": SimpleLazyObject(lambda: last_event_id(team)),
        "is_fenced": SimpleLazyObject(is_fenced),
    }


def last_event_id(team: Team) -> int:
    """An event of this team that every page rendered now has seen; 0 when there is none."""
    with scope(team):
        newest = list(Event.objects.order_by("-id").values_list("id", "created_at")[:MOST])
    young = timezone.now() - AGAIN
    seen = [number for number, at in newest if at < young]
    if seen:
        return seen[0]
    return newest[-1][0] - 1 if newest else 0
