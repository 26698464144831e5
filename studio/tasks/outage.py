"""A gateway that is away: one attempt in half a minute finds out whether it is back, the others wait unsent.

Without this each waiting task would find out for itself, and be given up, or lose its answer, one after the other.
"""

from __future__ import annotations

from datetime import timedelta

from studio.tasks.models import Attempt
from studio.tasks.replies import Reply
from studio.tasks.states import State

PROBE_EVERY = timedelta(seconds=30)
LOST_IN_A_ROW = 5  # answers; one by itself is bad luck


def learn_from(attempt: Attempt, reply: Reply) -> None:
    """What a reply says about the gateway as a whole. To be called before the attempt is changed: connections are
    locked first. A body that cannot be sent anywhere (`permanent`) says nothing."""
    connection = attempt.connection
    if reply.result == "answer" and reply.status < 500:
        if connection.down_since:
            connection.note_up()
    elif reply.result == "not_sent":
        if not reply.permanent:
            connection.note_down(PROBE_EVERY)
    elif connection.down_since or lost_before(attempt) >= LOST_IN_A_ROW - 1:
        connection.note_down(PROBE_EVERY)


def lost_before(attempt: Attempt) -> int:
    """How many attempts of this connection, up to this one, lost their answer and were not heard of since."""
    rows = Attempt.objects.filter(connection=attempt.connection_id, claimed_at__isnull=False, answered_at__isnull=False)
    states = rows.exclude(pk=attempt.pk).order_by("-claimed_at").values_list("state", flat=True)[: LOST_IN_A_ROW - 1]
    return sum(1 for state in states if state == State.UNKNOWN)
