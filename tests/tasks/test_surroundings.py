"""A database that takes nothing in, a disk that is full, a clock that is wrong: nothing is paid without a row that says
so, nothing is paid twice, and pages say what is the matter."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studio.tasks import lifecycle, replies
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.tasks import stage
from tests.tasks.stage import Gateway, accepted, begin, only_attempt, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere")]
SQLITE = connection.vendor == "sqlite"
Trouble = Callable[[], AbstractContextManager[None]]


def tell(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def read_only() -> Iterator[None]:
    tell("PRAGMA query_only = ON" if SQLITE else "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        tell("PRAGMA query_only = OFF" if SQLITE else "SET default_transaction_read_only = off")


@contextmanager
def full() -> Iterator[None]:
    """No page more than there are; the free ones are given back first."""
    tell("VACUUM")
    tell("PRAGMA max_page_count = 1")  # it never goes below what is in use
    try:
        yield
    finally:
        tell("PRAGMA max_page_count = 1000000")


@contextmanager
def locked() -> Iterator[None]:
    tell("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            tell("PRAGMA busy_timeout = 20000")


TROUBLES: list[tuple[Trouble, str]] = [(read_only, "takes nothing in at the moment")]
if SQLITE:
    TROUBLES += [(full, "disk is full"), (locked, "is busy and did not answer in time")]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.DATA_DIR, settings.RECORD_PATIENCE = tmp_path, 0
    yield tmp_path
    tell("PRAGMA query_only = OFF" if SQLITE else "SET default_transaction_read_only = off")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with stage.playing(Gateway()) as playing:
        yield playing


def breaks(trouble: AbstractContextManager[None], response: httpx.Response) -> Callable[[httpx.Request], Any]:
    """The gateway answers, and at that very moment the trouble begins."""

    def act(_request: httpx.Request) -> httpx.Response:
        trouble.__enter__()
        return response

    return act


def send_until_it_fails(attempt: Attempt) -> None:
    """A full database has some room left in its last pages."""
    for _ in range(1000):
        lifecycle.send(attempt.pk)
        Attempt.objects.filter(pk=attempt.pk).update(error="x" * 5000)


@pytest.mark.parametrize("trouble", [trouble for trouble, _says in TROUBLES])
def test_nothing_is_sent_that_cannot_be_written_down_first(
    team: Team, alice: User, gateway: Gateway, trouble: Trouble
) -> None:
    task = begin(team, alice)
    attempt = only_attempt(task)
    with trouble(), pytest.raises(DatabaseError):
        send_until_it_fails(attempt)
    if not gateway.posts:
        work()
    assert len(gateway.posts) == 1
    assert only_attempt(task).posts == 1


@pytest.mark.parametrize("trouble", [trouble for trouble, _says in TROUBLES])
def test_an_answer_that_cannot_be_written_down_waits_and_is_not_asked_for_again(
    team: Team, alice: User, gateway: Gateway, trouble: Trouble
) -> None:
    task = begin(team, alice)
    mess = trouble()
    long = {"code": 200, "msg": "ok" * 10_000, "data": {"task_id": "g1"}}
    gateway.acts = [breaks(mess, httpx.Response(200, json=long))]
    lifecycle.send(only_attempt(task).pk)
    assert len(replies.kept()) == 1
    mess.__exit__(None, None, None)
    assert only_attempt(task).state == State.SENDING
    lifecycle.sweep()
    work()
    assert (only_attempt(task).state, len(gateway.posts), replies.kept()) == (State.ACCEPTED, 1, [])


@pytest.mark.parametrize(("trouble", "says"), TROUBLES)
def test_a_page_says_what_is_the_matter(team: Team, alice: User, gateway: Gateway, trouble: Trouble, says: str) -> None:
    task = begin(team, alice)
    browser = Client(raise_request_exception=False)
    browser.force_login(alice)
    address = f"/tasks/{task.pk}/again/"
    with trouble():
        for number in range(200):
            answer = browser.post(address, {"nonce": f"again{number}"}, headers={"HX-Request": "true"})
            if answer.status_code >= 400:
                break
        page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert says in page
    assert says in answer["HX-Trigger"]
    assert "nothing was paid for by this" in page
    assert not Task.objects.filter(nonce=f"again{number}").exists()
    assert browser.post(address, {"nonce": f"again{number}"}).status_code < 400
    assert Task.objects.count() == Attempt.objects.count() == number + 2


def test_a_disk_that_takes_no_answer_either_leaves_it_to_a_person(
    team: Team, alice: User, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the database nor the spool could take the answer: it is lost, known to be lost, and not sent again."""

    def no_room(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    task, mess = begin(team, alice), read_only()
    gateway.acts = [breaks(mess, accepted("g1"))]
    monkeypatch.setattr(replies, "keep", no_room)
    with pytest.raises(OSError, match="No space left"):
        lifecycle.send(only_attempt(task).pk)
    mess.__exit__(None, None, None)
    stage.let_pass(3600)
    for _ in range(3):
        lifecycle.sweep()
        work()
    assert (only_attempt(task).state, len(gateway.posts)) == (State.UNKNOWN, 1)


def test_a_full_disk_is_told_on_the_page(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_args: object, **_more: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("studio.tasks.views.render", no_room)
    browser = Client(raise_request_exception=False)
    browser.force_login(alice)
    answer = browser.get("/tasks/")
    assert (answer.status_code, "disk is full" in answer.content.decode()) == (503, True)
    monkeypatch.setattr("studio.tasks.views.render", lambda *_args, **_more: 1 / 0)
    assert browser.get("/tasks/").status_code == 500  # a fault of ours is no excuse


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_doubles_nothing(
    team: Team, alice: User, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """A worker whose clock is wrong claims and posts; the others sweep by the right time while it is at it."""
    right = timezone.now
    task = begin(team, alice)
    attempt = only_attempt(task)
    Attempt.objects.update(due_at=right() - timedelta(hours=2))

    def meanwhile(_request: httpx.Request) -> httpx.Response:
        with monkeypatch.context() as others:
            others.setattr(timezone, "now", right)
            for _ in range(3):
                lifecycle.sweep()
                stage.work("studio.tasks.jobs.send")
        return accepted("g1")

    gateway.acts = [meanwhile]
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: right() + timedelta(hours=hours))
        lifecycle.send(attempt.pk)
    for _ in range(3):
        lifecycle.sweep()
        work()
    assert (only_attempt(task).state, len(gateway.posts)) == (State.ACCEPTED, 1)
    assert only_attempt(task).posts == 1
