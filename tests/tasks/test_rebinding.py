"""A lost answer, and callbacks that disagree about the task's id: the one that the gateway knows wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.test import RequestFactory
from django.utils import timezone

from studio.tasks import inbox, lifecycle
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.rebinding import STRAY
from studio.tasks.states import State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, call, feed, only_attempt, playing, told, unknown_task, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """It knows `g1`, which has succeeded, and nothing else."""

    def query(request: httpx.Request) -> httpx.Response:
        return feed("g1", status="3") if json.loads(request.content)["task_id"] == "g1" else unknown_task()

    with playing(Gateway()) as gateway:
        gateway.queries = [query]
        yield gateway


@pytest.fixture
def lost(team: Team, alice: User, gateway: Gateway) -> Task:
    """Sent, and its answer never came."""
    gateway.answers(httpx.ReadError("gone"))
    task = begin(team, alice)
    work()
    assert only_attempt(task).state == State.UNKNOWN
    return task


def ask(task: Task, times: int) -> None:
    for _ in range(times):
        stage.let_pass(120)
        lifecycle.poll(only_attempt(task).pk)
        work()


def keep(attempt: Attempt, payload: object) -> Callback:
    """It came, and nothing was heard from it yet."""
    body = json.dumps(payload).encode()
    request = RequestFactory().post("/", body, content_type="application/json")
    with across_teams():
        return inbox.store(attempt.public_id, request, body)


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


@pytest.mark.parametrize("status", ["1", "2", "3"])
def test_a_stray_that_came_first_gives_way_to_the_id_that_the_gateway_knows(lost: Task, status: str) -> None:
    call(only_attempt(lost), told("stray", status=status, video_url="https://cdn.example.com/stray.mp4"))
    call(only_attempt(lost), told("g1", status="1"))
    call(only_attempt(lost), told("g1", status="3"))
    assert only_attempt(lost).gateway_id == "stray"
    ask(lost, 4)
    assert only_attempt(lost).gateway_id == "g1"
    assert now(lost).state == State.SUCCEEDED
    assert [result["url"] for result in now(lost).results] == ["https://cdn.example.com/g1.mp4"]
    assert "does not know" in str(list(lost.events.filter(kind="incident").values_list("text", flat=True)))


@pytest.mark.parametrize("answer", [httpx.Response(502), httpx.Response(200, text="<html>"), httpx.Response(408)])
def test_an_answer_that_names_no_id_makes_none_certain(
    team: Team, alice: User, gateway: Gateway, answer: httpx.Response
) -> None:
    """The stray came while the answer was on its way, and the answer says nothing of what the gateway took."""

    def take_and_break(_request: httpx.Request) -> httpx.Response:
        call(only_attempt(task), told("stray", status="1"))
        return answer

    gateway.acts = [take_and_break]
    task = begin(team, alice)
    work()
    assert (only_attempt(task).gateway_id, only_attempt(task).id_is_certain) == ("stray", False)
    call(only_attempt(task), told("g1", status="3"))
    ask(task, 5)
    assert only_attempt(task).gateway_id == "g1"
    assert now(task).state == State.SUCCEEDED
    assert [result["url"] for result in now(task).results] == ["https://cdn.example.com/g1.mp4"]


def test_an_id_that_the_gateway_answered_with_stays_while_the_gateway_is_dumb(
    team: Team, alice: User, gateway: Gateway
) -> None:
    task = begin(team, alice)
    work()
    call(only_attempt(task), told("g1", status="1"))
    call(only_attempt(task), told("stray", status="3"))
    gateway.says(unknown_task())
    ask(task, 6)
    assert only_attempt(task).gateway_id == "g1"


def test_a_stray_that_was_only_heard_first_gives_way_too(lost: Task) -> None:
    """Callbacks that come together are kept in one order and heard in another."""
    kept = keep(only_attempt(lost), told("g1", status="3"))
    call(only_attempt(lost), told("stray", status="1"))
    inbox.hear_callback(kept.pk)
    assert only_attempt(lost).gateway_id == "stray"
    ask(lost, 5)
    assert only_attempt(lost).gateway_id == "g1"
    assert now(lost).state == State.SUCCEEDED


def test_an_id_that_the_gateway_did_not_know_for_a_moment_has_its_turn_again(lost: Task, gateway: Gateway) -> None:
    known = gateway.queries
    gateway.says(unknown_task())
    for gateway_id in ("g1", "stray"):
        call(only_attempt(lost), told(gateway_id, status="1"))
    ask(lost, 3)
    assert only_attempt(lost).gateway_id == "stray"
    gateway.queries = known
    ask(lost, 3)
    assert now(lost).state == State.SUCCEEDED


def test_a_stray_alone_keeps_no_task_from_the_person_who_has_to_look(lost: Task) -> None:
    call(only_attempt(lost), told("stray", status="1"))
    assert not now(lost).needs_attention
    ask(lost, 3)
    assert now(lost).state == State.UNKNOWN
    assert now(lost).needs_attention
    call(only_attempt(lost), told("g1", status="1"))
    ask(lost, 2)
    assert now(lost).state == State.SUCCEEDED
    assert only_attempt(lost).gateway_id == "g1"


def test_two_strays_are_asked_for_in_turn_and_ever_less_often(lost: Task, gateway: Gateway) -> None:
    for gateway_id in ("stray", "other", "stray", "other"):
        call(only_attempt(lost), told(gateway_id, status="3"))
    ask(lost, 8)
    asked = [json.loads(request.content)["task_id"] for request in gateway.asked]
    assert asked == ["stray", "stray", "stray", "other", "stray", "other", "stray", "other", "stray"]
    attempt = only_attempt(lost)
    assert attempt.misses == len(asked)
    assert attempt.next_poll_at
    assert attempt.next_poll_at - timezone.now() > timedelta(seconds=40)
    assert lost.events.filter(kind="incident").count() == 2, "one line for each id, however often it is its turn"


def test_a_gateway_that_is_broken_denies_nothing(lost: Task, gateway: Gateway) -> None:
    gateway.says(httpx.Response(502, html="<html>Bad Gateway</html>"))
    call(only_attempt(lost), told("stray", status="1"))
    call(only_attempt(lost), told("g1", status="1"))
    ask(lost, 5)
    assert only_attempt(lost).gateway_id == "stray"
    assert not lost.events.filter(text=STRAY).exists()


def test_an_id_of_another_attempt_is_not_taken(lost: Task, team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(stage.accepted("g1"))
    begin(team, alice, lost.connection, nonce="n2")
    work()
    call(only_attempt(lost), told("stray", status="1"))
    call(only_attempt(lost), told("g1", status="3"))
    ask(lost, 6)
    assert only_attempt(lost).gateway_id == "stray"
