"""claim: the point of no return. From its commit on, a crash means "unknown", never a second POST."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from studio import catalog
from studio.tasks import turns
from studio.tasks.changing import Change
from studio.tasks.epoch import is_fenced
from studio.tasks.models import Attempt, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.models import Connection, Team
from studio.teams.scope import across_teams

BEYOND_DEADLINE = timedelta(seconds=45)  # a lease outlives the deadline of its POST; the queue's time-out both
SHORTEST, USUAL, LONGEST = 75.0, 150.0, 300.0  # seconds of a paid call: one that is only accepted; one that answers
MINUTE = timedelta(seconds=60)
BREATH = 1.0  # seconds until a full connection is looked at again


def claim(attempt_id: int) -> Attempt | None:
    """Take a queued attempt for sending, in a transaction of its own that is committed when this returns.

    None: somebody else has it, it is not due, its connection has no room (then it is due a little later), or a restored
    backup holds all sending.
    The connection's row lock makes the counting of its slots safe.
    """
    with across_teams(), transaction.atomic(durable=True):
        queued = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED, due_at__lte=timezone.now())
        found = queued.values_list("connection_id", "task_id").first()
        if found is None or is_fenced():
            return None
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found[0])
        one = Change(Task.objects.select_for_update(no_key=True).get(pk=found[1]))
        if connection.is_stopped:
            hold(one, attempt_id, connection.stopped_because)
        elif free_at := room_at(connection, one.task.person_id):
            Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(due_at=free_at, rung_at=None)
        elif take(attempt_id, one.task.operation):
            attempt = one.attempt(attempt_id)
            one.task.sent_at = attempt.claimed_at
            one.show()
            one.say(Kind.SENDING, Source.TIMER, attempt=attempt)
            one.write()
            return attempt
        one.write()
        return None


def take(attempt_id: int, slug: str) -> bool:
    now = timezone.now()
    until = now + timedelta(seconds=deadline(slug)) + BEYOND_DEADLINE
    rows = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED, posts=0)
    return rows.update(state=State.SENDING, posts=F("posts") + 1, claimed_at=now, lease_until=until) == 1


def deadline(slug: str) -> float:
    """Seconds that a paid call of this operation may take, as its catalog says where the answer is the result."""
    try:
        operation = catalog.get(slug)
    except KeyError:
        return SHORTEST
    return min(operation.patience or USUAL, LONGEST) if operation.answers_at_once else SHORTEST


def room_at(connection: Connection, person: int) -> datetime | None:
    """When this person is to look again for a free slot; None when there is one for them now.

    A connection has three brakes: a pause, calls at the same time, calls per minute. Its team has a fourth: where there
    are other teams, some of the workers are always left for them. And within a team people take turns.
    """
    now = timezone.now()
    if connection.paused_until and connection.paused_until > now:
        return spread(connection.paused_until)
    rows = Attempt.objects.filter(connection=connection)
    sending = Attempt.objects.filter(state=State.SENDING, lease_until__gt=now)
    if sending.filter(connection=connection).count() >= connection.at_once or is_greedy(connection, sending):
        return spread(now)
    recent = rows.filter(claimed_at__gt=now - MINUTE).order_by("-claimed_at").values_list("claimed_at", flat=True)
    full_since = recent[connection.per_minute - 1 : connection.per_minute].first() if connection.per_minute else now
    if full_since:
        return spread(full_since + MINUTE)
    return spread(now) if turns.must_wait(connection, person) else None


def is_greedy(connection: Connection, sending: QuerySet[Attempt]) -> bool:
    """Whether the team holds all the workers that one may hold: a slow gateway keeps each of them for minutes."""
    workers = int(settings.Q_CLUSTER["workers"])
    if sending.filter(team=connection.team_id).count() < workers - workers // 4:
        return False
    return Team.objects.exclude(pk=connection.team_id).exists()


def spread(at: datetime) -> datetime:
    """A little later, not all at once."""
    return at + timedelta(seconds=random.uniform(BREATH, 2 * BREATH))  # noqa: S311


def hold(one: Change, attempt_id: int, because: str) -> None:
    """Keep a queued attempt until an owner starts the connection again; nothing was paid."""
    if Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(state=State.HELD):
        one.task.held_because = because
        one.show()
        one.say(Kind.HELD, Source.TIMER, text=because)
