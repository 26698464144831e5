"""What operators need to know is well: each check answers with one sentence and what to do."""

from __future__ import annotations

import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_q.models import OrmQ

from studio import heartbeat
from studio.health import beats
from studio.health.findings import BAD, GOOD, ODD, Check, Finding, Lookout, say, span
from studio.tasks import live, replies
from studio.tasks.epoch import is_fenced
from studio.tasks.models import Event
from studio.teams.scope import across_teams

SLOW = 1.0  # seconds that a small question to the database may take
CLOCK_LATE = 12.0  # seconds; the clock beats every three
CLOCKS_APART = 5.0  # seconds between this machine's clock and the database's
QUEUE_LATE = 20.0  # seconds; the clock rings every two, and an idle worker answers within milliseconds
EVENTS_LATE = 10.0  # seconds; the reader looks every second
SPOOL_LATE = 60.0  # seconds; the sweep takes replies up every two
ROOM, LITTLE_ROOM = 2 << 30, 512 << 20  # bytes: a film is some 50 MB, and a database that cannot grow stops everything


def database() -> Finding:
    """A SELECT; which migrations it has is asked next, and is as small a question as any."""
    began = time.monotonic()
    MigrationRecorder(connection).applied_migrations()
    took = time.monotonic() - began
    if took > SLOW:
        says = say(_("A small question took the database {span}."), span=span(took))
        return Finding(BAD, says, _("Something keeps it busy or locked: see its log, and what else runs on its disk."))
    return Finding(GOOD, say(_("Answered in {span}."), span=f"{max(1, round(took * 1000))} ms"))


def migrations() -> Finding:
    if newest_migrations() <= set(MigrationRecorder(connection).applied_migrations()):
        return Finding(GOOD, _("The database fits the program."))
    return Finding(BAD, _("The database is older than the program."), _("Run manage.py setup."))


@cache
def newest_migrations() -> set[tuple[str, str]]:
    """The last one of each app that this program knows."""
    return set(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def clock() -> Finding:
    ages, ahead = beats.read()
    restart = _(
        "Start manage.py up again, or manage.py clock where each part is a service of its own. Until then nothing is "
        "asked of gateways and nothing is tried again."
    )
    if (age := ages.get(beats.CLOCK)) is None:
        return Finding(BAD, _("The clock has given no sign of life yet."), restart)
    if age > CLOCK_LATE:
        return Finding(BAD, say(_("The clock's last sign of life is {span} old."), span=span(age)), restart)
    if ahead is not None and abs(ahead) > CLOCKS_APART:
        says = say(_("The clocks of this machine and of the database are {span} apart."), span=span(abs(ahead)))
        return Finding(BAD, says, _("Set both by the network (NTP): leases and limits are measured with them."))
    return Finding(GOOD, say(_("Last sign of life {span} ago."), span=span(age)))


class Queue(NamedTuple):
    """Jobs that wait for a worker, and how long the oldest of them has, in seconds."""

    waiting: int
    oldest: float


def queue_now() -> Queue:
    """A job that waits has its time in `lock`: of being rung, or of being given back by a worker that died."""
    waiting = OrmQ.objects.filter(lock__lte=Now())
    first = waiting.order_by("lock").annotate(now=Now()).values_list("lock", "now").first()
    return Queue(waiting.count(), (first[1] - first[0]).total_seconds() if first else 0.0)


def queue() -> Finding:
    """Jobs are taken up, and ended. Without the clock idle workers have nothing to show, and that is its own fault."""
    ages, jobs = beats.read().ages, queue_now()
    rung = ages.get(beats.CLOCK, CLOCK_LATE) < CLOCK_LATE
    silent = ages.get(beats.WORKERS, float("inf")) if rung else 0.0
    restart = _("Start manage.py workers again. What waits is kept, and nothing is paid twice.")
    if max(jobs.oldest, silent) <= QUEUE_LATE:
        last = span(ages[beats.WORKERS]) if beats.WORKERS in ages else "–"
        return Finding(GOOD, say(_("Last job ended {span} ago; waiting: {count}."), span=last, count=jobs.waiting))
    if not heartbeat.are_quiet() and max(jobs.oldest, silent) < heartbeat.LONGEST_JOB:
        says = say(_("All workers are busy; the next job waits for {span}."), span=span(max(jobs.oldest, silent)))
        return Finding(ODD, says, _("A gateway answers slowly. If that stays so, start more workers."))
    if jobs.oldest > QUEUE_LATE:
        return Finding(BAD, say(_("The oldest job waits for {span}."), span=span(jobs.oldest)), restart)
    if silent == float("inf"):
        return Finding(BAD, _("The workers have ended no job yet."), restart)
    return Finding(BAD, say(_("No worker has ended a job for {span}."), span=span(silent)), restart)


def folders() -> dict[str, Path]:
    """Where the studio writes: `data`, and `media` for kept files (its parent, as long as nothing was kept)."""
    media = Path(settings.MEDIA_ROOT)
    return {"data": Path(settings.DATA_DIR), "media": media if media.exists() else media.parent}


def free() -> dict[str, int]:
    """The free bytes of each folder that is there."""
    return {name: shutil.disk_usage(folder).free for name, folder in folders().items() if folder.exists()}


def disk() -> Finding:
    try:
        for folder in folders().values():
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"room" * 1024)
        left = min(free().values())
    except OSError:
        return Finding(
            BAD,
            _("The data folder or the folder of kept files cannot be written."),
            _("See whether the disk is full, whether it is mounted, and whether the studio's user owns the folder."),
        )
    says = say(_("{size} GB are free."), size=f"{left / (1 << 30):.1f}")
    if left >= ROOM:
        return Finding(GOOD, says)
    return Finding(
        BAD if left < LITTLE_ROOM else ODD,
        says,
        _("Make room: a result whose link expires before there is room is lost."),
    )


def events() -> Finding:
    """The reader of this process looks often, and has seen what is in the table."""
    reader, again = live.hub.reader, _("Start the web server again. Until then pages ask by themselves, only slower.")
    if reader is None:
        return Finding(BAD, _("The event reader does not run in this process."), again)
    if reader.seen is None:
        return Finding(BAD, _("The event reader has not reached the database yet."), again)
    if reader.age() > EVENTS_LATE:
        return Finding(BAD, say(_("The event reader has not looked for {span}."), span=span(reader.age())), again)
    with across_teams():
        unread = Event.objects.filter(pk__gt=reader.seen).order_by("pk").annotate(now=Now())
        first = unread.values_list("created_at", "now").first()
    late = (first[1] - first[0]).total_seconds() if first else 0.0
    if late > EVENTS_LATE:
        return Finding(BAD, say(_("An event waits for {span} to be told to browsers."), span=span(late)), again)
    return Finding(GOOD, say(_("Last look {span} ago; nothing waits."), span=span(reader.age())))


def spool() -> Finding:
    """Replies that the database could not take; the sweep takes them up."""
    waiting, aside = replies.kept(), replies.aside()
    late = max((time.time() - path.stat().st_mtime for path in waiting if path.exists()), default=0.0)
    if late > SPOOL_LATE:
        says = say(_("Paid answers on the disk: {count}, the oldest for {span}."), count=len(waiting), span=span(late))
        return Finding(BAD, says, _("They are taken up as soon as workers, clock and database work again."))
    if aside:
        says = say(_("Paid answers put aside: {count}. They could not be recorded."), count=len(aside))
        return Finding(
            ODD, says, _("In the data folder, read spool/*.unreadable; then look at or write off their tasks.")
        )
    return Finding(GOOD, _("No answer waits on the disk."))


def fence() -> Finding:
    if is_fenced():
        return Finding(
            BAD,
            _("A backup was restored, so nothing is sent."),
            _("Let people decide about what may have been sent already; then run manage.py fence lift."),
        )
    return Finding(GOOD, _("Nothing holds it up."))


CHECKS = (
    Check("disk", disk),
    Check("spool", spool),
    Check("database", database),
    Check("migrations", migrations, asks_database=True),
    Check("clock", clock, asks_database=True),
    Check("queue", queue, asks_database=True),
    Check("events", events, asks_database=True),
    Check("fence", fence, asks_database=True),
)
lookout = Lookout(CHECKS)
