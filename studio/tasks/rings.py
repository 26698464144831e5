"""The doorbell: which jobs this room rings for, by name, and how. The rows are the truth, a ring may be lost."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_q.tasks import async_task

from studio.tasks.models import Attempt
from studio.teams import statements

SEND = "studio.tasks.jobs.send"
POLL = "studio.tasks.jobs.poll"
KEEP = "studio.assets.jobs.keep"
SWEEP_ASSETS = "studio.assets.jobs.sweep"
FEED_BATCHES = "studio.batches.jobs.feed"
TELL = "studio.notices.jobs.send"

RING_AGAIN = timedelta(seconds=10)


def ring(job: str, *row: int) -> None:
    """Queue a job in the current transaction. Arguments are stored and pickled: one row id at most, never a secret."""
    async_task(job, *row)


def ring_for(attempt: Attempt, job: str) -> None:
    """Ring for an attempt and note when, so that the sweep does not ring for it again at once."""
    attempt.rung_at = timezone.now()
    statements.update(attempt, ("rung_at",))
    ring(job, attempt.pk)
