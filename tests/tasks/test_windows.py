"""A task that waits for input: it says so, it is asked for calmly, and what answers it goes on under its id, whichever
of the two the gateway speaks of, in whatever order."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from studio import catalog
from studio.tasks import lifecycle
from studio.tasks.listing import attention
from studio.tasks.models import Attempt, Task
from studio.tasks.schedule import WAITS
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection
from tests.tasks.stage import Gateway, begin, call, let_pass, only_attempt, playing, story, work

pytestmark = pytest.mark.usefixtures("everywhere")
SignIn = Callable[[User], Client]
ACTION, MODAL, CHANGE = (catalog.get(f"midjourney.{name}") for name in ("action", "modal", "change"))
PRESSED = {"taskId": "1760000000000001", "customId": "MJ::Inpaint::1::hash::SOLO"}
GRID = "https://files.example.com/grid.png"


def answer(code: int, result: object = "9", **properties: Any) -> httpx.Response:
    told = {"code": code, "description": "told", "result": result, "properties": properties}
    return httpx.Response(200, json={name: value for name, value in told.items() if value is not None})


def window() -> httpx.Response:
    return answer(21, finalPrompt="red bicycle")


def told(status: str, **more: Any) -> dict[str, Any]:
    made = {"imageUrl": GRID, "progress": "100%"} if status == "SUCCESS" else {}
    return {"id": "9", "action": "INPAINT", "status": status, "properties": {"finalPrompt": "red"}, **made, **more}


def says(status: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json=told(status, **more))


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        gateway.says(says("MODAL"))
        yield gateway


@pytest.fixture
def connection(team: Team, everywhere: object) -> Connection:
    return make_connection(team)


@pytest.fixture
def waiting(team: Team, alice: User, connection: Connection, gateway: Gateway) -> Task:
    """A pressed button whose window is open at the gateway under the id 9."""
    gateway.answers(window())
    task = begin(team, alice, connection, operation=ACTION, values=PRESSED)
    work()
    return now(task)


def bring(team: Team, alice: User, connection: Connection, parent: Task, nonce: str = "n2") -> Task:
    """The answer to the window, begun and not sent yet."""
    values = {"taskId": "9", "prompt": "a horse"}
    return begin(team, alice, connection, nonce, operation=MODAL, values=values, parent=parent)


@pytest.fixture
def brought(team: Team, alice: User, connection: Connection, waiting: Task) -> Task:
    return bring(team, alice, connection, waiting)


# It waits


def test_a_window_waits_for_a_person_and_offers_what_it_needs(waiting: Task) -> None:
    assert (waiting.state, waiting.needs, waiting.waits, waiting.needs_attention) == ("accepted", "mask", True, True)
    assert (waiting.look, waiting.state_word) == (State.HELD, "Waits for you")
    [action] = waiting.actions
    assert (action["operation"], action["values"]) == ("midjourney.modal", {"taskId": "9", "prompt": "red bicycle"})
    assert list(Task.objects.filter(attention())) == [waiting]


def test_a_relay_that_hides_the_window_tells_of_it_when_it_is_asked(
    team: Team, alice: User, connection: Connection, gateway: Gateway
) -> None:
    gateway.answers(answer(1))
    task = begin(team, alice, connection, operation=ACTION, values=PRESSED)
    work()
    assert (now(task).needs, now(task).actions) == ("", [])
    let_pass(30)
    lifecycle.sweep()
    work()
    assert (now(task).needs, len(now(task).actions)) == ("mask", 1)


def test_who_waits_for_a_person_is_asked_for_calmly(waiting: Task, gateway: Gateway) -> None:
    due = only_attempt(waiting).next_poll_at
    assert due is not None
    assert timedelta(seconds=90) < due - timezone.now() <= WAITS
    let_pass(121)
    lifecycle.sweep()
    work()
    due = only_attempt(waiting).next_poll_at
    assert (len(gateway.asked), due is not None and due - timezone.now() > timedelta(seconds=90)) == (1, True)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILURE", "CANCEL", "SUCCESS"])
def test_a_window_that_was_left_elsewhere_waits_no_longer(waiting: Task, gateway: Gateway, status: str) -> None:
    gateway.says(says(status))
    let_pass(121)
    lifecycle.sweep()
    work()
    task = now(waiting)
    assert (task.needs, task.waits, task.needs_attention) == ("", False, False)
    assert "midjourney.modal" not in [action["operation"] for action in task.actions]
    assert not Task.objects.filter(attention()).exists()
    call(only_attempt(waiting), told("MODAL"))
    assert now(waiting).needs == ""


def test_a_window_can_be_written_off(waiting: Task, alice: User) -> None:
    lifecycle.write_off(waiting, alice)
    assert (now(waiting).needs_attention, now(waiting).state_word) == (False, "Written off")
    assert not Task.objects.filter(attention()).exists()


# It is answered


def test_what_answers_it_goes_on_under_its_id_and_it_ends(waiting: Task, brought: Task, gateway: Gateway) -> None:
    gateway.answers(answer(1))
    gateway.says(says("MODAL"), says("IN_PROGRESS", progress="40%"), says("SUCCESS"))
    work()
    first, second = now(waiting), now(brought)
    assert (first.state, first.is_final, first.waits, first.actions) == (State.SUCCEEDED, True, False, [])
    assert story(first)[-1] == "continued"
    assert only_attempt(first).continued_by == only_attempt(second)
    assert only_attempt(first).next_poll_at is None
    assert (second.state, only_attempt(second).gateway_id) == (State.ACCEPTED, "9")
    for _ in range(3):
        let_pass(130)
        lifecycle.sweep()
        work()
        assert now(brought).waits is False  # the gateway still speaks of the window for some time
    assert (now(brought).state, [r["url"] for r in now(brought).results]) == (State.SUCCEEDED, [GRID])
    assert now(waiting).results == []
    assert "incident" not in story(first) + story(second)


def test_it_may_go_on_under_another_id(waiting: Task, brought: Task, gateway: Gateway) -> None:
    gateway.answers(answer(1, "10"))
    work()
    assert (now(waiting).state, only_attempt(brought).gateway_id) == (State.SUCCEEDED, "10")
    call(only_attempt(waiting), told("FAILURE"))
    assert (now(waiting).state, now(brought).state) == (State.SUCCEEDED, State.ACCEPTED)


@pytest.mark.parametrize("refused", [answer(24, None, bannedWord="gory"), answer(4, None), httpx.Response(404)])
def test_a_refused_answer_leaves_it_waiting(
    waiting: Task, brought: Task, gateway: Gateway, refused: httpx.Response
) -> None:
    gateway.answers(refused)
    work()
    assert (now(brought).state, now(waiting).waits, now(waiting).needs) == (State.REFUSED, True, "mask")


def test_the_news_that_comes_to_the_first_address_is_news_of_the_second(
    waiting: Task, brought: Task, gateway: Gateway
) -> None:
    gateway.answers(answer(1))
    gateway.says(says("SUCCESS"))
    work()
    first = only_attempt(waiting)
    call(first, told("IN_PROGRESS", progress="40%"))
    assert (now(brought).state, now(brought).progress) == (State.RUNNING, 40)
    call(first, told("SUCCESS"))
    work()
    assert (now(brought).state, len(now(brought).results)) == (State.SUCCEEDED, 1)
    call(first, told("MODAL"))
    call(first, told("IN_PROGRESS", progress="90%"))
    assert (now(brought).state, now(waiting).state, now(waiting).results) == (State.SUCCEEDED, State.SUCCEEDED, [])


@pytest.mark.parametrize("order", list(permutations(["first", "second", "answer"])))
def test_whichever_is_heard_first_the_end_is_the_same(
    waiting: Task, brought: Task, gateway: Gateway, order: tuple[str, ...]
) -> None:
    """A callback at the one address, one at the other, and the answer: each may come before the others."""
    calls = {
        "first": lambda: call(only_attempt(waiting), told("IN_PROGRESS", progress="40%")),
        "second": lambda: call(only_attempt(brought), told("IN_PROGRESS", progress="50%")),
    }
    at = order.index("answer")

    def act(_: httpx.Request) -> httpx.Response:
        for name in order[:at]:
            calls[name]()
        return answer(1)

    gateway.acts = [act]
    work()
    for name in order[at + 1 :]:
        calls[name]()
    gateway.says(says("SUCCESS"))
    let_pass(130)
    lifecycle.sweep()
    work()
    assert (now(brought).state, [r["url"] for r in now(brought).results]) == (State.SUCCEEDED, [GRID])
    assert (now(waiting).state, now(waiting).results) == (State.SUCCEEDED, [])
    assert only_attempt(waiting).continued_by_id == only_attempt(brought).pk


def test_a_lost_answer_is_found_when_the_window_is_left(waiting: Task, brought: Task, gateway: Gateway) -> None:
    gateway.answers(httpx.ReadTimeout("no answer"))
    work()
    assert (now(brought).state, now(waiting).waits) == (State.UNKNOWN, True)
    gateway.says(says("IN_PROGRESS", progress="10%"), says("SUCCESS"))
    for _ in range(2):
        let_pass(130)
        lifecycle.sweep()
        work()
    assert (now(brought).state, len(now(brought).results)) == (State.SUCCEEDED, 1)
    assert (now(waiting).state, now(waiting).results) == (State.SUCCEEDED, [])


def test_a_second_answer_is_refused_by_the_gateway_and_changes_nothing(
    team: Team, alice: User, connection: Connection, waiting: Task, brought: Task, gateway: Gateway
) -> None:
    gateway.answers(answer(1), answer(4, None))
    late = bring(team, alice, connection, waiting, "n3")
    work()
    assert (now(brought).state, now(late).state) == (State.ACCEPTED, State.REFUSED)
    assert Attempt.objects.filter(gateway_id="9", continued_by=None).get().task_id == brought.pk


def test_another_connections_task_of_the_same_id_is_left_alone(
    team: Team, alice: User, waiting: Task, gateway: Gateway
) -> None:
    gateway.answers(answer(1))
    elsewhere = bring(team, alice, make_connection(team), waiting)
    work()
    assert (now(elsewhere).state, only_attempt(elsewhere).gateway_id, now(waiting).waits) == ("accepted", "9", True)


def test_a_task_that_ended_gives_nothing_up(waiting: Task, brought: Task, gateway: Gateway) -> None:
    Task.objects.filter(pk=waiting.pk).update(state="succeeded", needs="")
    waiting.attempts.update(state="succeeded", open=False)
    gateway.answers(answer(1))
    work()
    assert only_attempt(waiting).continued_by is None
    assert (now(brought).state, "incident" in story(brought)) == (State.UNKNOWN, True)


def test_the_same_upscale_twice_is_one_result_for_both(
    team: Team, alice: User, connection: Connection, gateway: Gateway
) -> None:
    values = {"taskId": "1", "action": "UPSCALE", "index": 1}
    gateway.answers(answer(1, "2"), answer(21, "2", status="SUCCESS", imageUrl=GRID))
    first, again = (begin(team, alice, connection, nonce, operation=CHANGE, values=values) for nonce in ("a", "b"))
    work()
    assert (only_attempt(first).gateway_id, only_attempt(again).gateway_id) == ("2", "")
    assert (now(again).state, [r["url"] for r in now(again).results]) == (State.SUCCEEDED, [GRID])


# What people see


def test_a_pressed_button_is_known_by_the_prompt_that_it_goes_back_to(
    team: Team, alice: User, connection: Connection, gateway: Gateway, signed_in: SignIn, bob: User
) -> None:
    gateway.answers(answer(1, "1"), answer(1, "2"))
    grid = begin(team, alice, connection, "a", operation=CHANGE, values={"taskId": "0", "action": "REROLL", "index": 1})
    Task.objects.filter(pk=grid.pk).update(prompt="red bicycle")
    pressed = begin(team, alice, connection, "b", operation=ACTION, values=PRESSED, parent=now(grid))
    assert now(pressed).prompt == "red bicycle"
    shown = page(signed_in(bob), pressed)
    assert "red bicycle</h1>" in shown
    assert 'id="prompt-text"' not in shown  # it is not in this body


def page(client: Client, task: Task) -> str:
    return html.unescape(client.get(f"/tasks/{task.pk}/").content.decode())


def test_both_pages_tell_what_goes_on(
    waiting: Task, brought: Task, gateway: Gateway, signed_in: SignIn, bob: User
) -> None:
    client = signed_in(bob)
    shown = page(client, waiting)
    assert "Waits for you" in shown
    assert "It waits for you: paint what is to be drawn anew" in shown
    assert "It waits for input" in shown
    [href] = re.findall(r'class="button button--primary" href="(/compose/midjourney.modal/[^"]+)"', shown)
    form = html.unescape(client.get(href).content.decode())
    assert 'name="v:taskId" value="9"' in form
    assert "\nred bicycle</textarea>" in form
    listed = html.unescape(client.get("/tasks/").content.decode())
    assert "These need a person" in listed
    assert 'state--held">Waits for you' in listed
    gateway.answers(answer(1))
    work()
    shown = page(client, waiting)
    assert f"It was answered: task {brought.pk} goes on with it." in shown
    assert "button--primary" not in shown.split('id="body-title"')[0].split("<main")[1]
    assert "These need a person" not in client.get("/tasks/").content.decode()
    assert "Made from" in page(client, brought)
