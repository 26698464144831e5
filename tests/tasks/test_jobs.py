"""The jobs, rung as the clock and the rows ring them, and what makes it safe to run them twice or never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from studio.tasks import durability, jobs, replies, rings
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, only_attempt, playing, work

pytestmark = pytest.mark.usefixtures("everywhere", "db")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


def rung(job: str) -> list[int]:
    return [args[0] for name, args in stage.rings() if name == job]


def forget_rings() -> None:
    OrmQ.objects.all().delete()


@pytest.mark.parametrize("name", ["send", "poll", "sweep", "hear_callback", "heartbeat"])
def test_each_job_is_found_by_its_name(name: str) -> None:
    assert import_string(f"studio.tasks.jobs.{name}") is getattr(jobs, name)


@pytest.mark.parametrize("job", [rings.SEND, rings.POLL, rings.KEEP, rings.SWEEP_ASSETS, rings.FEED_BATCHES])
def test_every_ring_names_a_job_that_exists(job: str) -> None:
    assert callable(import_string(job))


def test_a_ring_that_rolls_back_leaves_nothing(team: Team, alice: User) -> None:
    with transaction.atomic():
        begin(team, alice)
        transaction.set_rollback(True)
    assert not stage.rings()
    assert not Task.objects.exists()


def test_the_queue_holds_a_number_and_nothing_else(team: Team, alice: User) -> None:
    begin(team, alice)
    row = OrmQ.objects.get()
    assert row.task["args"] == (Attempt.objects.get().pk,)
    assert "sk-" not in str(row.task)
    assert not row.task["kwargs"]


def test_a_lost_ring_is_rung_again_but_not_at_once(team: Team, alice: User) -> None:
    attempt = only_attempt(begin(team, alice))
    forget_rings()
    jobs.sweep()
    assert rung(rings.SEND) == []
    stage.let_pass(11)
    jobs.sweep()
    jobs.sweep()
    assert rung(rings.SEND) == [attempt.pk]


def test_a_long_queue_of_one_connection_delays_no_other(team: Team, alice: User) -> None:
    busy, quiet = make_connection(team, concurrency=2), make_connection(team)
    for number in range(20):
        begin(team, alice, busy, f"busy{number}")
    last = only_attempt(begin(team, alice, quiet, "quiet"))
    forget_rings()
    stage.let_pass(11)
    jobs.sweep()
    assert len(rung(rings.SEND)) == 3
    assert last.pk in rung(rings.SEND)


def test_a_due_query_is_rung_for(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    work()
    jobs.sweep()
    assert rung(rings.POLL) == []
    stage.let_pass(30)
    jobs.sweep()
    assert rung(rings.POLL) == [attempt.pk]


def test_a_query_that_died_is_asked_again_a_minute_later(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    work()
    gateway.says(SystemExit)
    stage.let_pass(30)
    with pytest.raises(SystemExit):
        jobs.poll(attempt.pk)
    gateway.says(stage.feed(status="3"))
    stage.let_pass(61)
    jobs.sweep()
    work()
    attempt.refresh_from_db()
    assert attempt.state == State.SUCCEEDED


def test_a_spool_file_that_cannot_be_read_is_put_aside(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    folder = replies.folder()
    folder.mkdir(parents=True, exist_ok=True)
    broken = folder / "broken.json"
    broken.write_text("{")
    Attempt.objects.update(state=State.SENDING, posts=1, lease_until=timezone.now() - timedelta(seconds=1))
    jobs.sweep()
    attempt.refresh_from_db()
    assert attempt.state == State.UNKNOWN
    aside = broken.with_suffix(".unreadable")
    assert aside.read_text() == "{"
    aside.unlink()


def test_the_sweep_rings_for_the_assets_too() -> None:
    jobs.sweep()
    assert (rings.SWEEP_ASSETS, ()) in stage.rings()


def test_hearing_a_callback_that_is_gone_breaks_nothing() -> None:
    jobs.hear_callback(12345)
    assert not Callback.objects.exists()


def test_jobs_for_rows_that_are_gone_do_nothing(gateway: Gateway, db: None) -> None:
    jobs.send(12345)
    jobs.poll(12345)
    assert not gateway.posts
    assert not gateway.asked


def test_the_heartbeat_comes_back() -> None:
    jobs.heartbeat()


def test_the_database_keeps_what_it_committed(db: None) -> None:
    assert durability.weakness() == ""
    assert durability.check_durability(databases=["default"]) == []


def test_a_database_that_may_forget_a_commit_stops_the_start(transactional_db: None) -> None:
    weak, strong = {
        "sqlite": ("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"),
        "postgresql": ("SET synchronous_commit = off", "SET synchronous_commit = on"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(weak)
        try:
            assert "could repeat a payment" in durability.weakness()
            assert [fault.id for fault in durability.check_durability(databases=["default"])] == ["tasks.E001"]
        finally:
            cursor.execute(strong)


def test_a_connection_that_was_stopped_elsewhere_holds_what_waits(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.ConnectError("nothing is sent here"))
    gateway_connection = make_connection(team)
    task = begin(team, alice, gateway_connection)
    gateway_connection.stop("spent")
    jobs.sweep()
    task.refresh_from_db()
    assert (task.state, task.held_because) == (State.HELD, "spent")
    assert not gateway.posts
