"""claim: the point of no return. From its commit on, a crash means "unknown", never a second POST."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio import catalog
from studio.tasks import letters, turns
from studio.tasks.changing import Change
from studio.tasks.durability import AWAY
from studio.tasks.epoch import is_fenced
from studio.tasks.models import Attempt, Task
from studio.tasks.putting_off import put_off
from studio.tasks.states import Kind, Source, State
from studio.teams import statements
from studio.teams.models import Connection, Team
from studio.teams.scope import across_teams

BEYOND_DEADLINE = timedelta(seconds=45)  # a lease outlives the deadline of its POST; the queue's time-out both
SHORTEST, USUAL, LONGEST = 75.0, 150.0, 300.0  # seconds of a paid call: one that is only accepted; one that answers
MINUTE = timedelta(seconds=60)
FEWEST = 2  # workers that a team may hold, however few there are

CONNECTION = statements.Rows(Connection, f"WHERE id = %s {statements.LOCKED}")
TASK = statements.Rows(Task, f"WHERE id = (SELECT task_id FROM tasks_attempt WHERE id = %s) {statements.LOCKED}")  # noqa: S608
TAKE = """
    UPDATE tasks_attempt SET state = %s, posts = posts + 1, claimed_at = %s, lease_until = %s, unended = 0
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


class Claimed(NamedTuple):
    """An attempt that nobody else will ever send, with what it sends, or with what keeps that from being written."""

    attempt: Attempt
    letter: letters.Letter | Exception


def claim(connection_id: int, rung: int = 0) -> Claimed | None:
    """Take the attempt whose turn it is at a connection, in a transaction of its own that is committed when this
    returns.

    None: nothing is due there, the connection has no room or is stopped, or a restored backup holds all sending. Who
    finds no room leaves the line to those who are sending: they look again. The sweep rings for it otherwise, also for
    the attempt that was `rung` for: its ring is spent, and nobody else may take it for one that still comes.
    The connection's row lock makes the counting of its slots safe, and gives an attempt to one of many who ask.
    What fails is put off, so that nobody stands behind it; raises only what the database raises that is away.
    """
    while True:
        tried: list[int] = []
        try:
            return claim_first(connection_id, rung, tried)
        except Exception as fault:
            if not tried:
                raise
            put_off(tried[-1], fault)
            if isinstance(fault, AWAY):
                raise


def claim_first(connection_id: int, rung: int, tried: list[int]) -> Claimed | None:
    """One transaction of `claim`; `tried` gets the attempts that it looks at."""
    with across_teams(), transaction.atomic(durable=True):
        connection = CONNECTION.get(connection_id)
        if is_fenced():
            return None
        while attempt_id := turns.first(connection):
            tried.append(attempt_id)
            one = Change(TASK.get(attempt_id))
            if connection.is_stopped:
                hold(one, attempt_id, connection.stopped_because)
                return None
            if not has_room(connection):
                Attempt.objects.filter(pk__in={attempt_id, rung}, state=State.QUEUED).update(rung_at=None)
                return None
            if take(attempt_id, one.task.operation):
                return claimed(one, attempt_id, connection)
    return None


def claimed(one: Change, attempt_id: int, connection: Connection) -> Claimed:
    attempt = one.attempt(attempt_id)
    attempt.connection = connection
    one.task.sent_at = attempt.claimed_at
    with statements.together():
        one.show()
        one.say(Kind.SENDING, Source.TIMER, attempt=attempt)
        letter = letters.write(attempt)
        one.write()
    return Claimed(attempt, letter)


def take(attempt_id: int, slug: str) -> bool:
    now = timezone.now()
    until = now + timedelta(seconds=deadline(slug)) + BEYOND_DEADLINE
    return statements.do(TAKE, State.SENDING, now, until, attempt_id, State.QUEUED) == 1


def deadline(slug: str) -> float:
    """Seconds that a paid call of this operation may take, as its catalog says where the answer is the result."""
    operation = catalog.find(slug)
    if operation is None or not operation.answers_at_once:
        return SHORTEST
    return min(operation.patience or USUAL, LONGEST)


def has_room(connection: Connection) -> bool:
    """A connection has three brakes: a pause, calls at the same time, calls per minute. Its team has a fourth: where
    there are other teams, some of the workers are always left for them."""
    now = timezone.now()
    if connection.paused_until and connection.paused_until > now:
        return False
    sending, of_team, is_full = statements.ask(
        BRAKES,
        *(connection.pk, State.SENDING, now),
        *(connection.team_id, State.SENDING, now),
        *(connection.pk, now - MINUTE, max(connection.per_minute - 1, 0)),
    )
    return bool(
        sending < connection.at_once and not is_full and connection.per_minute and not is_greedy(connection, of_team)
    )


def is_greedy(connection: Connection, sending: int) -> bool:
    """Whether the team holds all the workers that one may hold: a slow gateway keeps each of them for minutes."""
    workers = int(settings.Q_CLUSTER["workers"])
    return sending >= max(workers * 3 // 4, FEWEST) and Team.objects.exclude(pk=connection.team_id).exists()


def hold(one: Change, attempt_id: int, because: str) -> None:
    """Keep a queued attempt until an owner starts the connection again; nothing was paid."""
    if Attempt.objects.filter(pk=attempt_id, state=State.QUEUED).update(state=State.HELD):
        one.task.held_because = because
        one.show()
        one.say(Kind.HELD, Source.TIMER, text=because)
        one.write()
