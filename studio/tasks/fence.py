"""The fence: from a restored backup nothing is sent until an operator has looked; what waited is for persons."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from studio.tasks import epoch, events
from studio.tasks.changing import Change
from studio.tasks.models import Attempt, Task
from studio.tasks.recording import lose
from studio.tasks.states import UNSENT, State
from studio.teams.acts import What, note_everywhere
from studio.teams.models import Team
from studio.teams.scope import across_teams

RESTORED = gettext_noop("A backup was restored. This may have been sent, and paid for, after the backup was made.")
DOUBTFUL = frozenset({*UNSENT, State.SENDING})


def look() -> bool:
    """Raise the fence where this database is an old one; whether it stands. For starts and for the sweep."""
    found, old = epoch.compare()
    if old and found.held_since is None:
        hold()
        return True
    return found.held_since is not None


def hold() -> int:
    """Raise the fence and leave what waits, or is being sent, to persons; the number of such tasks.

    All in one transaction. Every task is locked before the first event is written: the events' lock comes last.
    """
    with across_teams(), transaction.atomic():
        found = epoch.locked()
        if found.held_since is None:
            found.held_since = timezone.now()
            found.save()
            note_everywhere(What.FENCE_RAISED, Team.objects.values_list("pk", flat=True))
        doubtful = Attempt.objects.filter(state__in=DOUBTFUL).values("task")
        rows = Task.objects.select_for_update(no_key=True).filter(pk__in=doubtful).order_by("pk")
        changes = [Change(task) for task in rows]
        for one in changes:
            for attempt in one.attempts:
                if attempt.state in DOUBTFUL:
                    lose(one, attempt, RESTORED)
        events.append_all([line for one in changes for line in one.said])
        return len(changes)


def lift() -> None:
    """Let sending go on. What was left to persons stays with them."""
    with across_teams(), transaction.atomic():
        found = epoch.locked()
        if found.held_since is not None:
            note_everywhere(What.FENCE_LIFTED, Team.objects.values_list("pk", flat=True))
        found.held_since = None
        epoch.count_up(found)
        Attempt.objects.filter(state=State.QUEUED).update(rung_at=None)  # the next sweep rings for them
