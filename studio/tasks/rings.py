"""The doorbell: which jobs this room rings for, by name, and how. The rows are the truth, a ring may be lost."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection as database
from django.utils import timezone
from django_q.tasks import async_task

from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.teams import statements
from studio.teams.models import Connection

SEND = "studio.tasks.jobs.send"
POLL = "studio.tasks.jobs.poll"
KEEP = "studio.assets.jobs.keep"
SWEEP_ASSETS = "studio.assets.jobs.sweep"
FEED_BATCHES = "studio.batches.jobs.feed"
TELL = "studio.notices.jobs.send"

RING_AGAIN = timedelta(seconds=10)
# Who is going to look at a connection's line: whoever answers a ring that waits in the queue, and whoever is sending.
# In PostgreSQL neither goes on before this transaction ends (in SQLite nobody else writes), so that they see what it
# leaves in the line.
LOOKING = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM tasks_attempt
        WHERE connection_id = %s AND (
            state = %s AND rung_at > %s AND due_at <= %s OR state = %s AND lease_until > %s
        )
        LIMIT %s FOR SHARE SKIP LOCKED
    ) AS looking
"""
SHARED = "FOR SHARE SKIP LOCKED"


def ring(job: str, *row: int) -> None:
    """Queue a job in the current transaction. Arguments are stored and pickled: one row id at most, never a secret."""
    async_task(job, *row)


def ring_for(attempt: Attempt, job: str) -> None:
    """Ring for an attempt and note when, so that the sweep does not ring for it again at once."""
    attempt.rung_at = timezone.now()
    statements.update(attempt, ("rung_at",))
    ring(job, attempt.pk)


def is_rung_for(connection: Connection) -> bool:
    """Whether as many as may send at the same time, or as there are workers, will look at this connection's line: one
    more would find nothing to do."""
    now, enough = timezone.now(), min(connection.at_once, int(settings.Q_CLUSTER["workers"]))
    sql = LOOKING if database.features.has_select_for_update else LOOKING.replace(SHARED, "")
    waiting, sending = (State.QUEUED, now - RING_AGAIN, now), (State.SENDING, now)
    return int(statements.ask(sql, connection.pk, *waiting, *sending, enough)[0]) >= enough
