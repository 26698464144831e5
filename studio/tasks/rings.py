"""The doorbell: which jobs this room rings for, by name, and how. The rows are the truth, a ring may be lost."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_q.tasks import async_task

from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams import statements

SEND = "studio.tasks.jobs.send"
POLL = "studio.tasks.jobs.poll"
KEEP = "studio.assets.jobs.keep"
SWEEP_ASSETS = "studio.assets.jobs.sweep"
FEED_BATCHES = "studio.batches.jobs.feed"
TELL = "studio.notices.jobs.send"

RING_AGAIN = timedelta(seconds=10)
# Rings of a person's line at a connection that nobody has answered yet. In PostgreSQL they stay unanswered until this
# transaction ends (in SQLite nobody else writes): whoever answers then sees what it leaves in the line.
UNANSWERED = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM tasks_attempt rung JOIN tasks_task ON tasks_task.id = rung.task_id
        WHERE rung.connection_id = %s AND rung.state = %s AND rung.rung_at > %s AND rung.due_at <= %s
        AND tasks_task.person_id = %s
        ORDER BY rung.id LIMIT %s FOR SHARE OF rung SKIP LOCKED
    ) AS unanswered
"""
SHARED = "FOR SHARE OF rung SKIP LOCKED"


def ring(job: str, *row: int) -> None:
    """Queue a job in the current transaction. Arguments are stored and pickled: one row id at most, never a secret."""
    async_task(job, *row)


def ring_for(attempt: Attempt, job: str) -> None:
    """Ring for an attempt and note when, so that the sweep does not ring for it again at once."""
    attempt.rung_at = timezone.now()
    statements.update(attempt, ("rung_at",))
    ring(job, attempt.pk)


def is_rung_for(task: Task) -> bool:
    """Whether the line that this task joins is rung for already, as often as there are workers for it: a send job goes
    on with what its line holds, so that one more would find nothing to do."""
    now, enough = timezone.now(), min(task.connection.at_once, int(settings.Q_CLUSTER["workers"]))
    sql = UNANSWERED if connection.features.has_select_for_update else UNANSWERED.replace(SHARED, "")
    line = (task.connection_id, State.QUEUED, now - RING_AGAIN, now, task.person_id)
    return enough > 0 and int(statements.ask(sql, *line, enough)[0]) >= enough
