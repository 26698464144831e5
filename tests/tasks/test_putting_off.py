"""A claim that fails, whatever the reason: the others go on, and in the end nothing is sent and somebody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client

from studio import catalog
from studio.ledger.models import Budget, Price
from studio.tasks import lifecycle
from studio.tasks.models import Attempt, Task
from studio.tasks.putting_off import UNREADY, put_off
from studio.tasks.schedule import AWAY_TRIES, TRIES
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import OPERATION, Gateway, begin, claim, only_attempt, playing, story, work

pytestmark = pytest.mark.usefixtures("everywhere")
SignIn = Callable[[User], Client]
FUNCTION = """
    CREATE FUNCTION planted() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$ LANGUAGE plpgsql
"""
RAISE = {"sqlite": "BEGIN SELECT RAISE(ABORT, 'planted'); END", "postgresql": "EXECUTE FUNCTION planted()"}


def plant(moment: str, table: str, when: str) -> None:
    """From now on the database refuses these rows, as it does where a value does not fit its column."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        cursor.execute(
            f"CREATE TRIGGER planted BEFORE {moment} ON {table} FOR EACH ROW WHEN ({when}) {RAISE[connection.vendor]}"
        )


def pull_out(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER planted{f' ON {table}' if connection.vendor == 'postgresql' else ''}")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team)


def rounds(count: int, seconds: float = 15) -> None:
    for _ in range(count):
        stage.let_pass(seconds)
        lifecycle.sweep()
        work()


def test_a_claim_that_fails_keeps_nobody_waiting_and_ends_as_not_sent(
    team: Team, alice: User, bob: User, sender: Connection, gateway: Gateway, signed_in: SignIn
) -> None:
    Price.objects.create(team=team, operation=OPERATION, points=100)
    Budget.objects.create(team=team, points=1000)
    gateway.answers(*[stage.accepted(f"g{n}") for n in range(4)])
    bad = begin(team, alice, sender, "bad")
    good = [begin(team, bob, sender, f"good {n}") for n in range(3)]
    plant("UPDATE", "tasks_attempt", f"NEW.state = 'sending' AND NEW.task_id = {bad.pk}")
    rounds(1)
    assert {Task.objects.get(pk=task.pk).state for task in good} == {State.ACCEPTED}
    assert len(gateway.posts) == len(good)
    assert (only_attempt(bad).state, only_attempt(bad).posts) == (State.QUEUED, 0)
    rounds(TRIES, 601)
    attempt = only_attempt(bad)
    bad.refresh_from_db()
    assert (attempt.state, attempt.open, attempt.posts, attempt.unended) == (State.NOT_SENT, False, 0, TRIES)
    assert (bad.state, bad.error, float(bad.charge)) == (State.FAILED, UNREADY, 0)
    assert story(bad) == ["begun", "not_sent"]
    assert len(gateway.posts) == len(good)
    page = signed_in(alice).get(f"/tasks/{bad.pk}/").content.decode()
    assert "nothing was sent and nothing is charged" in page
    pull_out("tasks_attempt")
    lifecycle.send_again(bad, alice)
    work()
    bad.refresh_from_db()
    assert (bad.state, float(bad.charge), len(gateway.posts)) == (State.ACCEPTED, 100, len(good) + 1)


def test_what_cannot_even_be_told_of_ends_without_a_line(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    bad = begin(team, alice, sender, "bad")
    good = begin(team, alice, sender, "good")
    plant("INSERT", "tasks_event", f"NEW.task_id = {bad.pk}")
    rounds(TRIES, 601)
    bad.refresh_from_db()
    assert (bad.state, bad.error, float(bad.charge)) == (State.FAILED, UNREADY, 0)
    assert bad.finished_at
    assert (only_attempt(bad).state, story(bad)) == (State.NOT_SENT, ["begun"])
    assert (Task.objects.get(pk=good.pk).state, len(gateway.posts)) == (State.RUNNING, 1)


@pytest.mark.parametrize("fault", [DataError("too long"), ArithmeticError("ours"), RecursionError()])
def test_one_failure_costs_only_time(
    team: Team, alice: User, sender: Connection, gateway: Gateway, fault: Exception
) -> None:
    task = begin(team, alice, sender)

    def fail(execute: Any, sql: str, *more: object) -> Any:
        if sql.startswith("UPDATE") and "sent_text" in sql:
            raise fault
        return execute(sql, *more)

    with connection.execute_wrapper(fail):
        work()
    assert (only_attempt(task).state, only_attempt(task).unended) == (State.QUEUED, 1)
    rounds(1, 11)
    attempt = only_attempt(task)
    assert (attempt.state, attempt.unended, len(gateway.posts)) == (State.ACCEPTED, 0, 1)
    assert story(task) == ["begun", "sending", "heard"]


def test_a_database_that_is_away_is_waited_for_much_longer(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    task = begin(team, alice, sender)

    def away(execute: Any, sql: str, *more: object) -> Any:
        if sql.startswith("UPDATE") and "sent_text" in sql:
            raise OperationalError("busy")
        return execute(sql, *more)

    for tries in range(1, AWAY_TRIES + 1):
        assert (only_attempt(task).state, only_attempt(task).unended) == (State.QUEUED, tries - 1)
        with connection.execute_wrapper(away), pytest.raises(OperationalError):
            claim(only_attempt(task).pk)
        stage.let_pass(601)
    assert (only_attempt(task).state, gateway.posts) == (State.NOT_SENT, [])


def test_what_somebody_else_has_claimed_meanwhile_is_left_alone(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    attempt = only_attempt(begin(team, alice, sender))
    assert claim(attempt.pk)
    for _ in range(AWAY_TRIES):
        put_off(attempt.pk, ArithmeticError())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.unended, attempt.posts) == (State.SENDING, 0, 1)


# What else is done row by row


def test_a_dead_sender_that_cannot_be_ended_keeps_no_other_from_its_end(
    team: Team, alice: User, sender: Connection
) -> None:
    bad, good = (begin(team, alice, sender, nonce) for nonce in ("bad", "good"))
    for task in (bad, good):
        assert claim(only_attempt(task).pk)
    stage.let_pass(600)
    plant("UPDATE", "tasks_attempt", f"NEW.state = 'unknown' AND NEW.task_id = {bad.pk}")
    lifecycle.sweep()
    assert [only_attempt(task).state for task in (bad, good)] == [State.SENDING, State.UNKNOWN]


@pytest.mark.parametrize("act", ["hold", "release", "take back"])
def test_a_task_that_cannot_be_changed_keeps_no_other_from_being_held_or_released(
    team: Team, alice: User, bob: User, sender: Connection, act: str
) -> None:
    bad, good = (begin(team, bob, sender, nonce) for nonce in ("bad", "good"))
    if act != "take back":
        sender.stop("no money")
    if act == "release":
        lifecycle.sweep()
        Connection.objects.get(pk=sender.pk).resume()
    if act == "take back":
        team.memberships.filter(user=bob).delete()
    plant("UPDATE", "tasks_attempt", f"NEW.state <> OLD.state AND NEW.task_id = {bad.pk}")
    lifecycle.sweep()
    before, after = {
        "hold": (State.QUEUED, State.HELD),
        "release": (State.HELD, State.QUEUED),
        "take back": (State.QUEUED, State.CANCELLED),
    }[act]
    assert [only_attempt(task).state for task in (bad, good)] == [before, after]


def test_an_address_of_a_thousand_characters_is_sent(team: Team, alice: User, gateway: Gateway) -> None:
    """Longer than any column for short texts: a database that checks lengths must not be in the way."""
    operation = catalog.get("stable-diffusion.sdxl-text-to-image")
    values = operation.start() | {"engine_id": "引擎" * 55, "text_prompts": [{"text": "a fox"}]}
    task = begin(team, alice, operation=operation, values=values)
    work()
    attempt = only_attempt(task)
    assert len(attempt.path) > 990
    assert [request.url.raw_path.decode() for request in gateway.asked] == [attempt.path]
    assert Attempt.objects.exclude(state=State.SENDING).count() == 1
