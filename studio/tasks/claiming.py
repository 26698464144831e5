"""claim: the point of no return. From its commit on, a crash means "unknown", never a second POST."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from studio.tasks.changing import Change
from studio.tasks.models import Attempt, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.models import Connection
from studio.teams.scope import across_teams

LEASE = timedelta(seconds=120)  # more than the deadline of the POST, less than the time-out of the job
MINUTE = timedelta(seconds=60)
BREATH = 1.0  # seconds until a full connection is looked at again


def claim(attempt_id: int) -> Attempt | None:
    """Take a queued attempt for sending, in a transaction of its own that is committed when this returns.

    None: somebody else has it, it is not due, or its connection has no room (then it is due a little later).
    The connection's row lock makes the counting of its slots safe.
    """
    with across_teams(), transaction.atomic(durable=True):
        queued = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED, due_at__lte=timezone.now()).first()
        if queued is None:
            return None
        connection = Connection.objects.select_for_update(no_key=True).get(pk=queued.connection_id)
        one = Change(Task.objects.select_for_update(no_key=True).get(pk=queued.task_id))
        if connection.is_stopped:
            hold(one, attempt_id, connection.stopped_because)
        elif free_at := room_at(connection):
            Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(due_at=free_at, rung_at=None)
        elif take(attempt_id):
            attempt = one.attempt(attempt_id)
            one.task.sent_at = attempt.claimed_at
            one.show()
            one.say(Kind.SENDING, Source.TIMER, attempt=attempt)
            one.write()
            return attempt
        one.write()
        return None


def take(attempt_id: int) -> bool:
    now = timezone.now()
    rows = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED, posts=0)
    taken = rows.update(state=State.SENDING, posts=F("posts") + 1, claimed_at=now, lease_until=now + LEASE)
    return taken == 1


def room_at(connection: Connection) -> datetime | None:
    """When to look again for a free slot; None when there is one now.

    A connection has three brakes: a pause that the gateway asked for, calls at the same time, calls per minute.
    """
    now = timezone.now()
    if connection.paused_until and connection.paused_until > now:
        return spread(connection.paused_until)
    rows = Attempt.objects.filter(connection=connection)
    if rows.filter(state=State.SENDING, lease_until__gt=now).count() >= connection.concurrency:
        return spread(now)
    recent = rows.filter(claimed_at__gt=now - MINUTE).order_by("-claimed_at").values_list("claimed_at", flat=True)
    full_since = recent[connection.per_minute - 1 : connection.per_minute].first() if connection.per_minute else now
    return spread(full_since + MINUTE) if full_since else None


def spread(at: datetime) -> datetime:
    """A little later, not all at once."""
    return at + timedelta(seconds=random.uniform(BREATH, 2 * BREATH))  # noqa: S311


def hold(one: Change, attempt_id: int, because: str) -> None:
    """Keep a queued attempt until an owner starts the connection again; nothing was paid."""
    if Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(state=State.HELD):
        one.task.held_because = because
        one.show()
        one.say(Kind.HELD, Source.TIMER, text=because)
