"""When are workers frozen? The clock in these tests is turned by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from studio import heartbeat
from studio.clock import GIVEN_UP, SWEEP, SWEEP_EVERY, TIDY, TIDY_EVERY, Clock, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "workers"


@pytest.fixture
def waiting() -> heartbeat.Watch:
    """A watch that rang at second 0 and has no answer."""
    watch = heartbeat.Watch()
    assert not watch.look(0)
    assert OrmQ.objects.count() == 1
    return watch


def long_ago(mark: Path) -> None:
    os.utime(mark, (time.time() - 60, time.time() - 60))


def test_a_heartbeat_that_comes_back_is_rung_again_after_a_while(waiting: heartbeat.Watch) -> None:
    OrmQ.objects.all().delete()  # done and acknowledged
    assert not waiting.look(1)
    assert not waiting.look(heartbeat.EVERY - 1)
    assert OrmQ.objects.count() == 0
    assert not waiting.look(heartbeat.EVERY + 1)
    assert OrmQ.objects.count() == 1


def test_idle_workers_that_do_not_answer_are_frozen(waiting: heartbeat.Watch) -> None:
    assert not waiting.look(heartbeat.PATIENCE - 1)
    assert waiting.look(heartbeat.PATIENCE + 1)


def test_workers_with_long_calls_are_not_frozen(waiting: heartbeat.Watch, folder: Path) -> None:
    heartbeat.mark_busy()
    long_ago(folder / str(os.getpid()))
    assert not waiting.look(heartbeat.PATIENCE * 4)
    heartbeat.mark_idle()
    assert not waiting.look(heartbeat.PATIENCE * 4)  # it may take the next job at any moment
    long_ago(folder / str(os.getpid()))
    assert waiting.look(heartbeat.PATIENCE * 4)


def test_a_worker_that_died_in_its_job_is_not_busy(waiting: heartbeat.Watch, folder: Path) -> None:
    folder.mkdir()
    nobody = folder / "4194305"  # beyond the largest process id
    nobody.write_text("busy")
    long_ago(nobody)
    assert waiting.look(heartbeat.PATIENCE + 1)
    heartbeat.forget_workers()
    assert not list(folder.iterdir())


def test_a_worker_that_died_unnoticed_is_not_busy(waiting: heartbeat.Watch, folder: Path) -> None:
    folder.mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    mark = folder / str(dead.pid)
    mark.write_text("busy")
    long_ago(mark)
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)  # it ended, and nobody has asked how
    assert waiting.look(heartbeat.PATIENCE + 1)
    assert not heartbeat.are_busy()
    dead.wait()


def test_a_sentinel_without_a_sign_of_life_is_frozen_too(folder: Path) -> None:
    watch = heartbeat.Watch()
    sign = caches["queue"]
    sign.set("status", "well")
    for now in range(int(heartbeat.PATIENCE) * 3):
        os.utime(folder.parent / "workers.pulse", (now, now))
        OrmQ.objects.all().delete()  # the workers answer
        assert not watch.look(now)
    OrmQ.objects.all().delete()
    assert not watch.look(now + heartbeat.PATIENCE - 1)
    heartbeat.mark_busy()
    OrmQ.objects.all().delete()
    assert not watch.look(now + heartbeat.PATIENCE + 1), "nobody ends a call that is paid for"
    heartbeat.mark_idle()
    assert watch.look(now + heartbeat.PATIENCE + 1)


def test_jobs_that_run_but_are_never_acknowledged_are_seen_too(waiting: heartbeat.Watch) -> None:
    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=300))  # taken
    heartbeat.mark_busy()
    assert not waiting.look(1)
    assert not waiting.look(heartbeat.LONGEST_JOB)
    assert waiting.look(heartbeat.LONGEST_JOB + 2)


def test_what_dead_workers_had_taken_can_be_taken_at_once(waiting: heartbeat.Watch) -> None:
    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=300))
    assert heartbeat.release() == 1
    assert OrmQ.objects.filter(lock__lte=timezone.now()).count() == 1


def sweeps() -> int:
    return sum(row.func() == SWEEP for row in OrmQ.objects.all())


def test_sweeps_do_not_pile_up_while_nobody_works() -> None:
    clock = Clock()
    clock.tick(0)
    clock.tick(SWEEP_EVERY + 1)
    assert sweeps() == 1
    clock.tick(GIVEN_UP + 1)
    assert sweeps() == 2
    OrmQ.objects.all().delete()
    clock.tick(GIVEN_UP + SWEEP_EVERY + 2)
    assert sweeps() == 1


def test_the_clock_rings_once_an_hour_for_tidying_up() -> None:
    clock = Clock()
    for now in (0, 60, TIDY_EVERY - 1, TIDY_EVERY + 1):
        clock.tick(now)
    assert sum(row.func() == TIDY for row in OrmQ.objects.all()) == 2


def test_a_clock_that_stumbles_says_so_once_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.clock.TICK", 0)
    ended, said = threading.Event(), list[str]()
    course = iter(
        [RuntimeError("a stone"), RuntimeError("a stone"), DatabaseError(), DatabaseError("gone\nfor good"), ""]
    )

    def tick() -> str:
        if (step := next(course, None)) is None:
            ended.set()
        elif isinstance(step, Exception):
            raise step
        return ""

    def say(sentence: str) -> None:
        said.append(sentence)
        raise BrokenPipeError  # nobody reads it any more

    run(tick, ended, say)
    without = "The database does not answer: "
    assert said == ["The clock stumbled: RuntimeError: a stone", without + "DatabaseError", without + "gone"]


def test_frozen_workers_are_seen_by_a_clock_whose_database_takes_nothing_in(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def refuses(job: str) -> None:
        raise DatabaseError("full")

    clock = Clock()
    assert clock.tick(0)
    pulse = folder.parent / "workers.pulse"
    pulse.touch()
    assert clock.tick(1)
    monkeypatch.setattr(heartbeat, "ring", refuses)
    assert not clock.tick(2 + heartbeat.PATIENCE)
