"""What persons do about a task, and what the studio answers when it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, call, feed, only_attempt, playing, story, told, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


@pytest.fixture
def lost(team: Team, alice: User, gateway: Gateway) -> Task:
    """Sent, and its answer lost."""
    gateway.answers(httpx.ReadTimeout("slow"), stage.accepted())
    task = begin(team, alice)
    work()
    return task


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_what_waits_can_be_cancelled_and_is_never_sent(team: Team, alice: User, bob: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    lifecycle.cancel(task, bob)
    work()
    assert now(task).state == State.CANCELLED
    assert task.events.last().person == bob  # type: ignore[union-attr]
    assert not gateway.posts


def test_a_held_task_can_be_cancelled(team: Team, alice: User) -> None:
    connection = make_connection(team)
    connection.stop("spent")
    task = begin(team, alice, connection)
    lifecycle.cancel(task, alice)
    assert (now(task).state, now(task).held_because) == (State.CANCELLED, "")


def test_what_was_sent_cannot_be_cancelled(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    work()
    with pytest.raises(lifecycle.NotNow, match="may charge"):
        lifecycle.cancel(task, alice)
    assert now(task).state == State.ACCEPTED


def test_running_again_is_a_new_task_with_the_same_body(team: Team, alice: User, bob: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    second = lifecycle.again(task, bob, "another")
    assert (second.parent, second.person, second.body_text) == (task, bob, task.body_text)
    assert list(second.values) == list(task.values)
    assert lifecycle.again(task, bob, "another") == second


def test_looking_asks_the_gateway_at_once(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    work()
    gateway.says(feed(status="3"))
    lifecycle.look(task, alice)
    work()
    assert now(task).state == State.SUCCEEDED
    assert "looked" in story(task)
    with pytest.raises(lifecycle.NotNow):
        lifecycle.look(task, alice)


def test_a_failed_task_can_be_looked_at_again(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    work()
    gateway.says(feed(status="2"), feed(status="3"))
    call(only_attempt(task), told(status="2"))
    work()
    assert now(task).state == State.FAILED
    lifecycle.look(task, alice)
    work()
    assert now(task).state == State.SUCCEEDED


def test_without_a_gateway_id_there_is_nothing_to_look_at(lost: Task, alice: User) -> None:
    with pytest.raises(lifecycle.NotNow, match="cannot be asked"):
        lifecycle.look(lost, alice)


def test_sending_again_is_a_new_attempt_with_its_own_address(lost: Task, alice: User, gateway: Gateway) -> None:
    lifecycle.send_again(lost, alice)
    work()
    assert [a.state for a in lost.attempts.all()] == [State.UNKNOWN, State.ACCEPTED]
    assert now(lost).state == State.ACCEPTED
    assert len({body["callback_url"] for body in gateway.bodies()}) == 2
    assert lost.events.get(kind="sent_again").person == alice


def test_two_clicks_on_send_again_are_one_attempt(lost: Task, alice: User) -> None:
    lifecycle.send_again(lost, alice)
    with pytest.raises(lifecycle.NotNow):
        lifecycle.send_again(lost, alice)
    assert lost.attempts.count() == 2


def test_late_evidence_about_the_first_attempt_withdraws_the_second(lost: Task, alice: User, gateway: Gateway) -> None:
    lifecycle.send_again(lost, alice)
    call(lost.attempts.first(), told(status="1"))  # type: ignore[arg-type]
    work()
    assert [a.state for a in lost.attempts.all()] == [State.RUNNING, State.CANCELLED]
    assert len(gateway.posts) == 1


def test_cancelling_the_second_attempt_brings_back_the_question_about_the_first(lost: Task, alice: User) -> None:
    lifecycle.send_again(lost, alice)
    lifecycle.cancel(lost, alice)
    assert now(lost).state == State.UNKNOWN
    assert now(lost).needs_attention


def test_what_is_on_its_way_or_has_succeeded_is_not_sent_again(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    with pytest.raises(lifecycle.NotNow):
        lifecycle.send_again(task, alice)
    work()
    with pytest.raises(lifecycle.NotNow):
        lifecycle.send_again(task, alice)


def test_a_refused_task_can_be_sent_again(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.Response(400, json={"error": {"message": "odd"}}), stage.accepted())
    task = begin(team, alice)
    work()
    lifecycle.send_again(task, alice)
    work()
    assert (now(task).state, now(task).error) == (State.ACCEPTED, "")


def test_writing_off_ends_the_waiting_but_not_the_listening(lost: Task, alice: User, gateway: Gateway) -> None:
    lifecycle.write_off(lost, alice)
    assert now(lost).is_final
    assert not now(lost).needs_attention
    with pytest.raises(lifecycle.NotNow):
        lifecycle.write_off(lost, alice)
    stage.let_pass(86_400)
    gateway.says(feed(status="3"))
    call(only_attempt(lost), told(status="3"))
    assert (now(lost).state, now(lost).is_final) == (State.RUNNING, False)
    work()
    assert now(lost).state == State.SUCCEEDED


def test_only_a_lost_answer_can_be_written_off(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    work()
    with pytest.raises(lifecycle.NotNow):
        lifecycle.write_off(task, alice)


def test_a_task_that_never_ends_can_be_written_off_and_still_succeed(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    work()
    Task.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    lifecycle.write_off(task, alice)
    assert now(task).is_final
    assert not now(task).needs_attention
    gateway.says(feed(status="3"))
    lifecycle.look(task, alice)
    work()
    assert (now(task).state, now(task).is_final) == (State.SUCCEEDED, True)


def test_a_second_attempt_that_is_refused_leaves_the_question_about_the_first(
    lost: Task, alice: User, gateway: Gateway
) -> None:
    gateway.answers(httpx.Response(400, json={"error": {"message": "odd"}}))
    lifecycle.send_again(lost, alice)
    work()
    assert [a.state for a in lost.attempts.all()] == [State.UNKNOWN, State.REFUSED]
    assert now(lost).needs_attention
