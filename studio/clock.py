"""The clock: rings the sweep and what tidies up, and watches that the workers answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError, close_old_connections
from django_q.models import OrmQ

from studio import heartbeat
from studio.health import beats
from studio.management import trouble
from studio.management.trouble import first_line

SWEEP = "studio.tasks.jobs.sweep"
SWEEP_EVERY = 2.0  # seconds; a poll that is due waits no longer
TIDY = "studio.tasks.jobs.tidy"
TIDY_EVERY = 3600.0
GIVEN_UP = 60.0  # a sweep that did not come back for so long is rung again
TICK = 1.0


class Clock:
    """One tick looks at the time and rings what is due; `now` is a monotonic clock in seconds."""

    def __init__(self) -> None:
        self.watch, self.pulse = heartbeat.Watch(), beats.Pulse(beats.CLOCK)
        self.sweep: int | None = None
        self.swept_at = self.tidied_at = float("-inf")

    def tick(self, now: float) -> bool:
        """Whether the workers answer, as far as one knows: also where a database takes nothing in."""
        answer = not self.watch.look(now)
        try:
            self.ring_sweep(now)
            self.ring_tidy(now)
            self.pulse.beat(now)
        except DatabaseError:
            if answer:
                raise
        return answer

    def ring_tidy(self, now: float) -> None:
        if now - self.tidied_at >= TIDY_EVERY:
            self.tidied_at = now
            heartbeat.ring(TIDY)

    def ring_sweep(self, now: float) -> None:
        """One sweep at a time: while nobody works, sweeps must not pile up."""
        waiting = self.sweep is not None and OrmQ.objects.filter(pk=self.sweep).exists()
        if now - self.swept_at >= (GIVEN_UP if waiting else SWEEP_EVERY):
            self.sweep, self.swept_at = heartbeat.ring(SWEEP), now


def run(tick: Callable[[], str], ended: threading.Event, say: Callable[[str], None]) -> None:
    """Tick until it is ended. A tick answers with what is wrong, which is said once while it stays so."""
    said = ""
    while not ended.wait(TICK):
        sentence = outcome(tick)
        if sentence and sentence != said:
            with suppress(OSError):  # the terminal is gone
                say(sentence)
        said = sentence


def outcome(tick: Callable[[], str]) -> str:
    """What is wrong. A clock that stands still is worse than whatever it is."""
    try:
        close_old_connections()
        return tick()
    except DatabaseError as fault:
        if trouble.lacks_tables(fault):
            return trouble.NOT_SET_UP
        return f"The database does not answer: {first_line(fault)}"
    except Exception as fault:
        return f"The clock stumbled: {type(fault).__name__}: {first_line(fault)}"
