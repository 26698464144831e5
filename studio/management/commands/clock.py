"""`manage.py clock`: rings the sweep, and says so when the workers no longer answer."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django_q.models import OrmQ

from studio import heartbeat
from studio.health import beats
from studio.management.stopping import hear_signals

SWEEP = "studio.tasks.jobs.sweep"
SWEEP_EVERY = 2.0  # seconds; a poll that is due waits no longer
TIDY = "studio.tasks.jobs.tidy"
TIDY_EVERY = 3600.0
GIVEN_UP = 60.0  # a sweep that did not come back for so long is rung again


class Clock:
    """One tick looks at the time and rings what is due; `now` is a monotonic clock in seconds."""

    def __init__(self) -> None:
        self.watch, self.pulse = heartbeat.Watch(), beats.Pulse(beats.CLOCK)
        self.sweep: int | None = None
        self.swept_at = self.tidied_at = float("-inf")

    def tick(self, now: float) -> str:
        """A sentence for the log when the workers do not answer, else nothing."""
        self.ring_sweep(now)
        if now - self.tidied_at >= TIDY_EVERY:
            self.tidied_at = now
            heartbeat.ring(TIDY)
        self.pulse.beat(now)
        return "The workers do not answer: no heartbeat came back." if self.watch.look(now) else ""

    def ring_sweep(self, now: float) -> None:
        """One sweep at a time: while nobody works, sweeps must not pile up."""
        waiting = self.sweep is not None and OrmQ.objects.filter(pk=self.sweep).exists()
        if now - self.swept_at >= (GIVEN_UP if waiting else SWEEP_EVERY):
            self.sweep, self.swept_at = heartbeat.ring(SWEEP), now


class Command(BaseCommand):
    help = (
        "Ring the sweep job (due polls, ended leases, lost rings), once an hour the one that tidies up, and watch that "
        "the workers answer."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        hear_signals(stop)
        clock, said = Clock(), ""
        while not stop.wait(1.0):
            try:
                close_old_connections()
                sentence = clock.tick(time.monotonic())
            except DatabaseError as fault:
                sentence = f"The database does not answer: {str(fault).splitlines()[0]}"
            if sentence and sentence != said:
                self.stderr.write(sentence)
            said = sentence
