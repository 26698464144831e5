"""Each check: when it is well, when it is not, and that it says so in one sentence."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.utils import timezone, translation
from django_q.models import OrmQ
from pytest_django import Settings

from studio import heartbeat
from studio.health import beats, checks
from studio.health.findings import BAD, GOOD, ODD, Lookout
from studio.health.models import Beat
from studio.tasks import live, replies
from studio.tasks.models import Event
from studio.tasks.reader import Reader
from studio.tasks.states import Kind, Source, State
from studio.teams.models import Team, User
from tests.factories import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    return tmp_path


@pytest.fixture
def reader() -> Iterator[Reader]:
    """The event reader of this process, which does not run by itself."""
    live.hub.reader = Reader(lambda lines: None)
    live.hub.reader.cursor = 0
    yield live.hub.reader
    live.hub.reader = None


def older(seconds: float, part: str) -> None:
    Beat.objects.filter(pk=part).update(at=F("at") - timedelta(seconds=seconds))


def job(age: float = 0.0) -> None:
    heartbeat.ring(heartbeat.HEARTBEAT)
    OrmQ.objects.update(lock=F("lock") - timedelta(seconds=age))


def test_the_database_answers_and_fits() -> None:
    assert checks.database().level == GOOD
    assert checks.migrations().level == GOOD
    app, name = max(checks.newest_migrations())
    MigrationRecorder(connection).record_unapplied(app, name)
    assert checks.migrations()[:2] == (BAD, "The database is older than the program.")


def test_a_slow_database_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SLOW", 0.0)
    assert checks.database().level == BAD


def test_the_clock_is_well_while_it_beats() -> None:
    assert checks.clock().says == "The clock has given no sign of life yet."
    beats.give(beats.CLOCK)
    assert checks.clock().level == GOOD
    older(checks.CLOCK_LATE + 3, beats.CLOCK)
    assert checks.clock()[:2] == (BAD, "The clock's last sign of life is 15 s old.")


def test_two_clocks_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    signs = beats.Signs({beats.CLOCK: 1.0}, 3600.5)
    monkeypatch.setattr(beats, "read", lambda: signs)
    assert checks.clock()[:2] == (BAD, "The clocks of this machine and of the database are 60 min apart.")


def test_the_queue_is_well_while_jobs_end() -> None:
    beats.give(beats.CLOCK)
    assert checks.queue().says == "The workers have ended no job yet."
    beats.give(beats.WORKERS)
    job()
    assert checks.queue()[:2] == (GOOD, "Last job ended 0.0 s ago; waiting: 1.")
    older(checks.QUEUE_LATE + 1, beats.WORKERS)
    assert checks.queue()[:2] == (BAD, "No worker has ended a job for 21 s.")
    job(age=checks.QUEUE_LATE + 5)
    assert checks.queue()[:2] == (BAD, "The oldest job waits for 25 s.")


def test_a_job_that_a_worker_has_taken_does_not_wait() -> None:
    job()
    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=300))
    assert checks.queue_now() == (0, 0.0)


def test_workers_that_nobody_rings_for_are_not_blamed() -> None:
    for part in (beats.CLOCK, beats.WORKERS):
        beats.give(part)
        older(300, part)
    assert checks.queue().level == GOOD
    assert checks.clock().level == BAD


def test_workers_that_are_all_busy_are_not_frozen() -> None:
    beats.give(beats.CLOCK)
    beats.give(beats.WORKERS)
    job(age=60)
    heartbeat.mark_busy()
    assert checks.queue()[:2] == (ODD, "All workers are busy; the next job waits for 1 min.")
    job(age=heartbeat.LONGEST_JOB)
    assert checks.queue().level == BAD


def test_a_folder_that_cannot_be_written_is_told_without_its_name(settings: Settings, tmp_path: Path) -> None:
    assert checks.disk().level in {GOOD, ODD}
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    settings.MEDIA_ROOT = in_the_way
    found = checks.disk()
    assert found.level == BAD
    assert "cannot be written" in str(found.says)
    assert str(tmp_path) not in f"{found.says}{found.help}"


@pytest.mark.parametrize(("left", "level"), [(100 << 20, BAD), (1 << 30, ODD), (50 << 30, GOOD)])
def test_a_disk_that_fills_up_is_told(left: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "free", lambda: {"data": left})
    assert checks.disk().level == level


def test_the_reader_has_seen_what_is_in_the_table(team: Team, alice: User, everywhere: object, reader: Reader) -> None:
    live.hub.reader = None
    assert checks.events().level == BAD
    live.hub.reader = reader
    reader.cursor = None
    assert checks.events().says == "The event reader has not reached the database yet."
    reader.cursor = 0
    task = make_task(team, alice)
    event = Event.objects.create(
        team=team, task=task, kind=Kind.BEGUN, source=Source.PERSON, state=State.QUEUED, progress=None
    )
    assert checks.events().level == GOOD  # it looks every second, and this one is young
    Event.objects.update(created_at=F("created_at") - timedelta(seconds=30))
    assert checks.events()[:2] == (BAD, "An event waits for 30 s to be told to browsers.")
    reader.cursor = event.pk
    assert checks.events().level == GOOD
    reader.looked_at -= 60
    assert checks.events()[:2] == (BAD, "The event reader has not looked for 1 min.")


def test_paid_answers_on_the_disk_are_told_when_nobody_takes_them_up() -> None:
    assert checks.spool().level == GOOD
    path = replies.keep(replies.Reply("a" * 32, "answer", 200))
    assert checks.spool().level == GOOD  # the next sweep takes it
    os.utime(path, (time.time() - 90, time.time() - 90))
    assert checks.spool()[:2] == (BAD, "Paid answers on the disk: 1, the oldest for 1 min.")
    replies.put_aside(path)
    assert checks.spool()[:2] == (ODD, "Paid answers put aside: 1. They could not be recorded.")


def test_a_finding_is_read_in_the_language_of_its_reader() -> None:
    found = checks.clock()
    with translation.override("zh-hans"):
        assert str(found.says) == translation.gettext("The clock has given no sign of life yet.")
    assert str(found.says) == "The clock has given no sign of life yet."


def test_all_checks_together(reader: Reader) -> None:
    for part in (beats.CLOCK, beats.WORKERS):
        beats.give(part)
    found = Lookout(checks.CHECKS).look()
    assert [name for name, finding in found.items() if finding.level == BAD] == []
    assert list(found) == ["disk", "spool", "database", "migrations", "clock", "queue", "events", "fence"]
