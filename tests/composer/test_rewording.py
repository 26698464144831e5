"""Improve and translate: a prompt goes to an operation that answers in words, and nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from studio.composer import forms
from studio.composer.plan import prompt_at
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection, make_task

pytestmark = pytest.mark.django_db
URL = "/compose/runway.generate-text/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def connection(team: Team) -> Connection:
    with scope(team):
        return make_connection(team, name="Sandbox")


@pytest.fixture
def page(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def form(page: Client, prompt: str) -> dict[str, Any]:
    """What stands in the composer's form with this prompt."""
    there = posted(page.get(URL).content.decode()).dict()
    return there | {forms.VALUE + str(prompt_at("runway.generate-text")): prompt}


def ask(page: Client, **given: Any) -> str:
    return page.post(f"{URL}reword/", form(page, "a {red|blue} boat") | given, headers=HTMX).content.decode()


def test_it_is_told_who_would_be_asked_and_nothing_is_begun(page: Client, team: Team, connection: Connection) -> None:
    told = ask(page)
    assert "a {red|blue} boat" in told
    assert "on Sandbox is asked, as a task of its own" in told
    assert told.count('name="what"') == 3
    with scope(team):
        assert not Task.objects.exists()


def test_what_is_asked_is_an_ordinary_task_and_a_second_press_the_same(
    page: Client, team: Team, connection: Connection
) -> None:
    for _ in range(2):
        waiting = ask(page, what="translate-zh", asked_as="once")
        assert 'hx-trigger="load delay:1s"' in waiting
    with scope(team):
        task = Task.objects.get()
        asked, prompt = task.values["messages"]
        assert "Chinese" in asked["content"]
        assert "Runway" in asked["content"]
        assert prompt == {"role": "user", "content": "a {red|blue} boat"}
        assert task.prompt == "a {red|blue} boat"
        assert not task.private


def test_it_is_as_private_as_the_form(page: Client, team: Team, connection: Connection) -> None:
    ask(page, what="improve", asked_as="once", private="on")
    with scope(team):
        assert Task.objects.get().private


@pytest.mark.parametrize("prompt", ["", "   "])
def test_an_empty_prompt_is_told(page: Client, connection: Connection, prompt: str) -> None:
    told = page.post(f"{URL}reword/", form(page, prompt) | {"what": "improve"}, headers=HTMX).content.decode()
    assert "There is no prompt yet" in told


def test_without_a_connection_it_says_what_is_missing(page: Client) -> None:
    told = ask(page, what="improve")
    assert "No connection of this team offers an operation that answers in words" in told


def test_what_speaks_against_it_is_told_and_can_be_tried_again(
    page: Client, team: Team, connection: Connection
) -> None:
    with scope(team):
        for number in range(500):
            make_task(team, User.objects.get(email="alice@example.com"), connection, nonce=f"n{number}", state="queued")
    told = ask(page, what="improve", asked_as="once")
    assert "tasks of this team wait to be sent" in told
    assert told.count('name="what"') == 3


def answered(team: Team, person: User, connection: Connection, **given: Any) -> Task:
    spoken = [{"role": "system", "content": "Improve."}, {"role": "user", "content": "a red boat"}]
    with scope(team):
        return make_task(team, person, connection, operation="openai.chat", values={"messages": spoken}, **given)


def test_the_answer_stands_beside_the_prompt_as_a_difference(
    page: Client, team: Team, alice: User, connection: Connection
) -> None:
    found = [{"kind": "text", "text": "a red paper boat\n", "role": ""}]
    task = answered(team, alice, connection, state=State.SUCCEEDED, results=found)
    told = page.get(f"{URL}reworded/{task.pk}/", headers=HTMX).content.decode()
    assert "new: </span>paper" in told
    assert "a red paper boat</textarea>" in told
    assert "data-reword-use" in told
    assert "hx-trigger" not in told


def test_an_answer_that_says_the_same_offers_nothing(
    page: Client, team: Team, alice: User, connection: Connection
) -> None:
    found = [{"kind": "text", "text": "a red boat", "role": ""}]
    task = answered(team, alice, connection, state=State.SUCCEEDED, results=found)
    told = page.get(f"{URL}reworded/{task.pk}/", headers=HTMX).content.decode()
    assert "says the same as your prompt" in told
    assert "data-reword-use" not in told


def test_a_failure_is_told_and_nobody_asks_on(page: Client, team: Team, alice: User, connection: Connection) -> None:
    task = answered(team, alice, connection, state=State.FAILED, error="the model is away")
    told = page.get(f"{URL}reworded/{task.pk}/", headers=HTMX).content.decode()
    assert "the model is away" in told
    assert "hx-trigger" not in told
    assert "data-reword-use" not in told


def test_a_task_of_another_kind_is_no_answer(page: Client, team: Team, alice: User, connection: Connection) -> None:
    with scope(team):
        task = make_task(team, alice, connection, state=State.SUCCEEDED)
    assert page.get(f"{URL}reworded/{task.pk}/").status_code == 404
