"""The page of a task that waits for an owner: what owners decide by, and what everybody else reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import VALUES
from tests.ledger.saying import say
from tests.tasks.stage import begin

SignIn = Callable[[User], Client]


@pytest.fixture
def task(team: Team, bob: User, everywhere: None) -> Task:
    say(team, price=100, approved_from=100, budget=1000)
    return begin(team, bob)


def page(client: Client, task: Task) -> str:
    return client.get(reverse("tasks:detail", args=[task.pk])).content.decode()


def state(task: Task) -> str:
    with across_teams():
        return Task.objects.get(pk=task.pk).state


def test_an_owner_sees_body_price_and_what_is_left(task: Task, alice: User, signed_in: SignIn) -> None:
    shown = page(signed_in(alice), task)
    assert "Bob asks for your approval" in shown
    assert "Approve 100 points" in shown
    assert "1,000 of 1,000 points this month" in shown
    assert "nothing to compare it with" in shown
    assert "a paper boat" in shown
    assert "Waits for approval" in signed_in(alice).get(reverse("tasks:list")).content.decode()


def test_members_see_that_it_waits_and_cannot_decide(task: Task, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    shown = page(client, task)
    assert "It waits for an owner&#x27;s approval: it is expected to cost 100 points." in shown
    assert "asks for your approval" not in shown
    for verb in ("approve", "decline"):
        assert client.post(reverse(f"tasks:{verb}", args=[task.pk]), {"why": "no"}).status_code == 403
    assert state(task) == State.HELD


def test_the_difference_to_what_was_approved_last_is_shown_key_by_key(
    task: Task, team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    lifecycle.approve(task, alice)
    again = begin(team, bob, nonce="n2", values=VALUES | {"options.seconds": 10})
    same = begin(team, bob, nonce="n3")
    shown = page(signed_in(alice), again)
    assert '<code class="muted small">options.seconds</code>' in shown
    assert "<del>5</del>" in shown
    assert "<ins>10</ins>" in shown
    assert "<del>a paper boat</del>" not in shown
    assert "The body is the same." in page(signed_in(alice), same)


def test_two_clicks_approve_once(task: Task, alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for _ in range(2):
        answer = client.post(reverse("tasks:approve", args=[task.pk]))
        assert (answer.status_code, answer["Location"]) == (302, reverse("tasks:detail", args=[task.pk]))
    assert state(task) == State.QUEUED
    shown = page(client, task)
    assert "Alice approved its price." in shown
    assert "message" not in shown.split("<main", 1)[1].split('<div class="page">', 1)[0]


def test_declining_wants_a_sentence_which_everybody_reads(
    task: Task, alice: User, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post(reverse("tasks:decline", args=[task.pk]), {"why": " "})
    assert "Say in a sentence why" in page(client, task)
    assert state(task) == State.HELD
    client.post(reverse("tasks:decline", args=[task.pk]), {"why": "Five seconds are <enough>."})
    assert state(task) == State.CANCELLED
    shown = page(signed_in(bob), task)
    assert "Alice declined it" in shown
    assert "Five seconds are &lt;enough&gt;." in shown
