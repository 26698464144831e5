"""Signs of life: the clock gives one every few seconds, the workers whenever one of them has ended a job."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models.functions import Now
from django.utils import timezone

from studio.health.models import Beat

CLOCK, WORKERS = "clock", "workers"
EVERY = 3.0  # seconds between two beats of one process


class Pulse:
    """The beats of this process for one part; `now` is a monotonic clock in seconds."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.beaten_at = float("-inf")

    def beat(self, now: float) -> None:
        """Unless it did a moment ago. Raises DatabaseError, and then tries again the next time."""
        if now - self.beaten_at >= EVERY:
            give(self.part)
            self.beaten_at = now


def give(part: str) -> None:
    if not Beat.objects.filter(pk=part).update(at=Now()):
        Beat.objects.get_or_create(part=part, defaults={"at": Now()})


workers = Pulse(WORKERS)


def job_ended(**_signal: object) -> None:
    """Called in a worker process after each job: ended jobs are what shows that work goes on."""
    with suppress(DatabaseError):  # the job itself was done
        workers.beat(time.monotonic())


class Signs(NamedTuple):
    """`ages` is part -> seconds since its last beat; `ahead` is how far this machine's clock is before the database's,
    in seconds, or None while there is no beat to measure it with."""

    ages: dict[str, float]
    ahead: float | None


def read() -> Signs:
    rows = list(Beat.objects.annotate(now=Now()).values_list("part", "at", "now"))
    ours = timezone.now()
    ages = {part: (now - at).total_seconds() for part, at, now in rows}
    return Signs(ages, (ours - rows[0][2]).total_seconds() if rows else None)
