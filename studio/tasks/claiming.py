"""claim: the point of no return. From its commit on, a crash means "unknown", never a second POST."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio import catalog
from studio.tasks import turns
from studio.tasks.changing import Change
from studio.tasks.epoch import is_fenced
from studio.tasks.models import Attempt, Task
from studio.tasks.states import Kind, Source, State
from studio.teams import statements
from studio.teams.models import Connection, Team
from studio.teams.scope import across_teams

BEYOND_DEADLINE = timedelta(seconds=45)  # a lease outlives the deadline of its POST; the queue's time-out both
SHORTEST, USUAL, LONGEST = 75.0, 150.0, 300.0  # seconds of a paid call: one that is only accepted; one that answers
MINUTE = timedelta(seconds=60)
BREATH = 1.0  # seconds until a full connection is looked at again

QUEUED = statements.Rows(Attempt, "WHERE id = %s AND state = %s AND due_at <= %s")
FIRST = statements.Rows(
    Attempt,
    """WHERE id = (
        SELECT first.id FROM tasks_attempt first JOIN tasks_task ON tasks_task.id = first.task_id
        WHERE first.connection_id = %s AND first.state = %s AND first.due_at <= %s AND tasks_task.person_id = %s
        ORDER BY first.id LIMIT 1
    )""",
)
CONNECTION = statements.Rows(Connection, f"WHERE id = %s {statements.LOCKED}")
TASK = statements.Rows(Task, f"WHERE id = %s {statements.LOCKED}")
TAKE = """
    UPDATE tasks_attempt SET state = %s, posts = posts + 1, claimed_at = %s, lease_until = %s
    WHERE id = %s AND state = %s AND posts = 0
"""
# How many calls of the connection, and of its team, are on the wire; whether the connection's minute is full.
BRAKES = """
    SELECT
        (SELECT COUNT(*) FROM tasks_attempt WHERE connection_id = %s AND state = %s AND lease_until > %s),
        (SELECT COUNT(*) FROM tasks_attempt WHERE team_id = %s AND state = %s AND lease_until > %s),
        EXISTS (
            SELECT 1 FROM tasks_attempt WHERE connection_id = %s AND claimed_at > %s
            ORDER BY claimed_at DESC LIMIT 1 OFFSET %s
        )
"""


class PersonsLine(NamedTuple):
    """What one person has waiting at one connection: it goes in the order in which it came."""

    connection: int
    person: int


def claim(attempt_id: int) -> Attempt | None:
    """Take a queued attempt for sending, in a transaction of its own that is committed when this returns.

    None: somebody else has it, it is not due, its connection has no room (then it is due a little later), or a restored
    backup holds all sending.
    The connection's row lock makes the counting of its slots safe.
    """
    with across_teams(), transaction.atomic(durable=True):
        queued = QUEUED.first(attempt_id, State.QUEUED, timezone.now())
        return take_if_free(queued, CONNECTION.get(queued.connection_id)) if queued else None


def claim_first(line: PersonsLine) -> Attempt | None:
    """The same with the attempt that comes first in a person's line; None also where nothing is due there."""
    with across_teams(), transaction.atomic(durable=True):
        connection = CONNECTION.get(line.connection)
        queued = first_of(line)
        return take_if_free(queued, connection) if queued else None


def first_of(line: PersonsLine) -> Attempt | None:
    return FIRST.first(line.connection, State.QUEUED, timezone.now(), line.person)


def take_if_free(queued: Attempt, connection: Connection) -> Attempt | None:
    if is_fenced():
        return None
    one = Change(TASK.get(queued.task_id))
    if connection.is_stopped:
        hold(one, queued.pk, connection.stopped_because)
    elif free_at := room_at(connection, one.task.person_id):
        Attempt.objects.filter(pk=queued.pk, state=State.QUEUED).update(due_at=free_at, rung_at=None)
    elif take(queued.pk, one.task.operation):
        attempt = one.attempt(queued.pk)
        attempt.connection = connection
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
    return statements.do(TAKE, State.SENDING, now, until, attempt_id, State.QUEUED) == 1


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
    sending, of_team, is_full = statements.ask(
        BRAKES,
        *(connection.pk, State.SENDING, now),
        *(connection.team_id, State.SENDING, now),
        *(connection.pk, now - MINUTE, max(connection.per_minute - 1, 0)),
    )
    if sending >= connection.at_once or is_greedy(connection, of_team):
        return spread(now)
    if is_full or not connection.per_minute:
        return spread(full_since(connection, now) + MINUTE)
    return spread(now) if turns.must_wait(connection, person) else None


def is_greedy(connection: Connection, sending: int) -> bool:
    """Whether the team holds all the workers that one may hold: a slow gateway keeps each of them for minutes."""
    workers = int(settings.Q_CLUSTER["workers"])
    return sending >= workers - workers // 4 and Team.objects.exclude(pk=connection.team_id).exists()


def full_since(connection: Connection, now: datetime) -> datetime:
    """When the first of the calls began that fill this minute."""
    recent = Attempt.objects.filter(connection=connection, claimed_at__gt=now - MINUTE).order_by("-claimed_at")
    last = max(connection.per_minute, 1)
    return recent.values_list("claimed_at", flat=True)[last - 1 : last].first() or now


def spread(at: datetime) -> datetime:
    """A little later, not all at once."""
    return at + timedelta(seconds=random.uniform(BREATH, 2 * BREATH))  # noqa: S311


def hold(one: Change, attempt_id: int, because: str) -> None:
    """Keep a queued attempt until an owner starts the connection again; nothing was paid."""
    if Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(state=State.HELD):
        one.task.held_because = because
        one.show()
        one.say(Kind.HELD, Source.TIMER, text=because)
