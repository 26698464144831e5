"""Are the workers alive? A job that comes back tells; their own status looks healthy while they are frozen.

django-q2 freezes when an idle worker is killed while it holds the lock of the job pipe, and stops acknowledging when
its monitor is. Its sentinel, which replaces who died, waits for ever for the lock of a worker that was killed at the
end of a job; the others work on, fewer and fewer. Waiting behind long calls to a gateway is not frozen: each worker
leaves a mark while it is busy.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from studio.pulse import pulse

HEARTBEAT = "studio.tasks.jobs.heartbeat"
EVERY = 5.0  # seconds between two heartbeats
# An idle worker answers within milliseconds. Frozen ones work again within a minute: half of it is for their new start,
# which a slow machine with much to do needs.
PATIENCE = 20.0
QUIET = 15.0  # no worker began or ended a job for so long
LONGEST_JOB = int(settings.Q_CLUSTER["timeout"]) + 30.0


def folder() -> Path:
    return settings.DATA_DIR / "workers"


def mark_busy(**_signal: object) -> None:
    """Called in a worker process when it begins a job."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / str(os.getpid())).write_text("busy")


def mark_idle(**_signal: object) -> None:
    """Called in a worker process when its job ended."""
    (folder() / str(os.getpid())).write_text("")


def forget_workers() -> None:
    """Before workers start: remove what dead ones left."""
    for mark in folder().glob("*"):
        if not lives(mark):
            mark.unlink(missing_ok=True)


def lives(mark: Path) -> bool:
    try:
        os.kill(int(mark.name), 0)
    except ProcessLookupError:
        return False
    return not is_unburied(int(mark.name))


def is_unburied(process: int) -> bool:
    """Did it die without its parent having noticed? A frozen sentinel never does. Only Linux tells."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def are_quiet() -> bool:
    """No worker on this machine is busy, and none was within the last seconds."""
    return not any(is_active(mark) for mark in folder().glob("*"))


def are_busy() -> bool:
    """Does a worker on this machine run a job now?"""
    return any(is_busy(mark) for mark in folder().glob("*"))


def is_busy(mark: Path) -> bool:
    try:
        return mark.stat().st_size > 0 and lives(mark)
    except FileNotFoundError:
        return False  # removed a moment ago


def is_active(mark: Path) -> bool:
    try:
        touched = mark.stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - touched < QUIET or is_busy(mark)


def ring(job: str) -> int | None:
    """Queue a job; its row, which is there until the job was done and acknowledged. None when it is gone already."""
    name = async_task(job)
    newest = OrmQ.objects.order_by("-id")[:50]
    return next((row.pk for row in newest if row.task_id() == name), None)


@dataclass
class Watch:
    """Rings a heartbeat and waits for its answer; `look` is called every few seconds.

    `now` is a monotonic clock in seconds, here so that a test can turn it.
    """

    row: int | None = None
    rung_at: float = float("-inf")
    taken_at: float | None = field(default=None)
    pulse: float | None = None  # when the sentinel gave its last sign of life, by the clock of its file
    felt_at: float = float("-inf")

    def look(self, now: float) -> bool:
        """True when the workers are frozen, or the one who looks after them is."""
        return self.is_unguarded(now) or self.is_unanswered(now)

    def is_unguarded(self, now: float) -> bool:
        try:
            felt = pulse().stat().st_mtime
        except OSError:
            return False  # these workers have never begun, or are on another machine
        if felt != self.pulse:
            self.pulse, self.felt_at = felt, now
        return now - self.felt_at > PATIENCE and not are_busy()

    def is_unanswered(self, now: float) -> bool:
        if self.row is None:
            if now - self.rung_at >= EVERY:
                self.row, self.rung_at, self.taken_at = ring(HEARTBEAT), now, None
            return False
        row = OrmQ.objects.filter(pk=self.row).first()
        if row is None:
            self.row = None
            return False
        if self.taken_at is None and row.lock and row.lock > timezone.now():
            self.taken_at = now
        # A job that was taken runs as soon as a worker is free, so it is over within the longest job's time.
        lost = self.taken_at is not None and now - self.taken_at > LONGEST_JOB
        return lost or (now - self.rung_at > PATIENCE and are_quiet())


def release() -> int:
    """Let jobs that dead workers had taken be taken again at once; claims make a second run of a job harmless."""
    return int(OrmQ.objects.filter(lock__gt=timezone.now()).update(lock=timezone.now()))
