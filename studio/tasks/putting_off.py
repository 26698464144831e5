"""An attempt that cannot be claimed, whatever the reason, gives way to those behind it, and is given up in the end."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.gateway.errors import gettext_noop
from studio.tasks.attempts import charge_of
from studio.tasks.changing import change
from studio.tasks.durability import AWAY
from studio.tasks.models import Attempt, Task
from studio.tasks.schedule import AWAY_TRIES, TRIES, until_claim
from studio.tasks.states import Kind, Source, State
from studio.teams import statements
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
UNREADY = gettext_noop(
    "The studio failed to get it ready several times, so nothing was sent and nothing is charged. The studio's log "
    "says why."
)


def put_off(attempt_id: int, fault: Exception) -> None:
    """Let the others go first; after a few tries nothing is sent at all. To be called with nothing held: what failed
    was rolled back. Only what still waits is touched, so that nobody's POST is forgotten."""
    logger.error("attempt %s could not be claimed", attempt_id, exc_info=fault)
    with across_teams():
        waiting = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED)
        tries = waiting.values_list("unended", flat=True).first()
        if tries is None:
            return
        later = timezone.now() + until_claim(tries + 1)
        waiting.update(unended=F("unended") + 1, due_at=later, rung_at=None)
        if tries + 1 >= (AWAY_TRIES if isinstance(fault, AWAY) else TRIES):
            give_up(attempt_id)


def give_up(attempt_id: int) -> None:
    """It ends as not sent, and its task says so. Should even its history take no line, it ends without one."""
    task_id = Attempt.objects.values_list("task", flat=True).get(pk=attempt_id)
    try:
        with change(task_id) as one:
            attempt = one.attempt(attempt_id)
            if attempt.state == State.QUEUED and one.raise_to(attempt, State.NOT_SENT):
                attempt.error = UNREADY
                statements.update(attempt, ("state", "open", "error"))
                one.show()
                one.say(Kind.NOT_SENT, Source.TIMER, attempt=attempt, text=UNREADY)
    except AWAY:
        raise
    except Exception:
        logger.exception("attempt %s is given up without a line in its history", attempt_id)
        end_bare(attempt_id, task_id)


def end_bare(attempt_id: int, task_id: int) -> None:
    with transaction.atomic():
        waiting = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED)
        if waiting.update(state=State.NOT_SENT, open=False, error=UNREADY):
            task = Task.objects.filter(pk=task_id, state=State.QUEUED)
            charge = charge_of(Attempt.objects.filter(task=task_id), task.values_list("price", flat=True).first())
            task.update(state=State.FAILED, error=UNREADY, charge=charge, finished_at=timezone.now())
