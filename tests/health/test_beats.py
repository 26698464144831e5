"""Signs of life, and how old they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.models import F

from studio.clock import Clock
from studio.health import beats
from studio.health.models import Beat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_new_process() -> None:
    beats.workers.beaten_at = float("-inf")


def test_a_beat_is_as_old_as_it_is_by_the_databases_clock() -> None:
    assert beats.read() == ({}, None)
    beats.give(beats.CLOCK)
    beats.give(beats.CLOCK)
    assert Beat.objects.count() == 1
    Beat.objects.update(at=F("at") - timedelta(seconds=40))
    ages, ahead = beats.read()
    assert 40 <= ages[beats.CLOCK] < 45
    assert ahead is not None
    assert abs(ahead) < 5


def test_a_process_beats_every_few_seconds_and_not_more_often() -> None:
    pulse = beats.Pulse("part")
    pulse.beat(0)
    Beat.objects.update(at=F("at") - timedelta(seconds=40))
    pulse.beat(beats.EVERY - 0.1)
    assert beats.read().ages["part"] >= 40
    pulse.beat(beats.EVERY + 0.1)
    assert beats.read().ages["part"] < 5


def test_a_tick_of_the_clock_and_the_end_of_a_job_are_signs_of_life() -> None:
    Clock().tick(0)
    beats.job_ended(task={})
    assert set(beats.read().ages) == {beats.CLOCK, beats.WORKERS}


@pytest.mark.django_db(transaction=True)
def test_a_beat_that_cannot_be_written_spoils_no_job() -> None:
    def away(*_: object) -> None:
        raise DatabaseError("away")

    with connection.execute_wrapper(away):
        beats.job_ended(task={})
    beats.job_ended(task={})
    assert set(beats.read().ages) == {beats.WORKERS}
