"""A price for each second, wherever a run is begun: form, plan, program and terminal say the same, and none of them
passes by a threshold or a budget because nobody can count."""

from __future__ import annotations

import io
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studio import catalog
from studio.batches.models import Batch
from studio.ledger.models import Unit
from studio.tasks import lifecycle
from studio.tasks.models import Attempt, Task
from studio.tasks.states import Approval, State
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.api.calling import program
from tests.factories import make_connection
from tests.ledger.saying import say
from tests.library.making import make_preset
from tests.tasks.stage import begin

pytestmark = pytest.mark.usefixtures("everywhere")
LUMA = catalog.get("luma.generate")
NINE = {"user_prompt": "a kite", "model_name": "ray-v2", "duration": "9s"}
UNKNOWN = NINE | {"duration": "a while"}
ASKED = "Nobody can say what it costs, so it waits for an owner's approval before it is sent."
REFUSED = "nothing says how many seconds it makes, so nobody can tell whether the budget has enough."
SignIn = Callable[[User], Client]


@pytest.fixture
def bobs(team: Team, bob: User, signed_in: SignIn) -> Client:
    make_connection(team, name="Gateway")
    return signed_in(bob)


def form(values: dict[str, Any]) -> dict[str, str]:
    return {f"v:{at}": str(value) for at, value in values.items()} | {"nonce": "n"}


def said(client: Client, name: str, values: dict[str, Any], **more: str) -> tuple[int, str]:
    headers = {"HX-Request": "true"} if name.endswith(("preview", "plan")) else {}
    answer = client.post(reverse(name, args=[LUMA.slug]), form(values) | more, headers=headers)
    return answer.status_code, unescape(answer.content.decode())


def tasks() -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = list(Task.objects.order_by("id").values_list("state", "price", "approval"))
    Attempt.objects.all().delete()
    Batch.objects.all().delete()
    Task.objects.all().delete()
    return found


def begun_everywhere(team: Team, bob: User, alice: User, bobs: Client, values: dict[str, Any]) -> dict[str, str]:
    """What each way says that begins no task; all of them are tried."""
    told = {}
    status, page = said(bobs, "composer:run", values)
    if status != 302:
        told["form"] = page
    status, page = said(bobs, "batches:run", values, repeat="2")
    if status != 302:
        told["batch"] = page
    status, answer = program(team, bob).post(f"operations/{LUMA.slug}/run", values)
    if status not in {201, 202}:
        told["program"] = answer["error"]["message"]
    preset = make_preset(team, alice, operation=LUMA, values=values, key="kite")
    try:
        call_command("run", preset.key, "--as", bob.email, stdout=io.StringIO())
    except CommandError as why:
        told["terminal"] = str(why)
    return told


def test_nine_seconds_cost_nine_times_as_much_everywhere(team: Team, alice: User, bob: User, bobs: Client) -> None:
    say(team, price=100, unit=Unit.SECOND, approved_from=100, operation=LUMA.slug)
    page = said(bobs, "composer:preview", NINE)[1]
    assert "1 video, 9 s · about 900 points" in page
    assert "It waits for an owner's approval" in page
    plan = said(bobs, "batches:plan", NINE, repeat="2")[1]
    assert "about 1,800 points" in plan
    assert "Each of them waits for an owner's approval" in plan
    assert not begun_everywhere(team, bob, alice, bobs, NINE)
    assert tasks() == [(State.HELD, 900, Approval.ASKED)] * 5


def test_what_nobody_can_count_waits_for_an_owner_everywhere(
    team: Team, alice: User, bob: User, bobs: Client, signed_in: SignIn
) -> None:
    say(team, price=100, unit=Unit.SECOND, approved_from=100, budget=1000, operation=LUMA.slug)
    assert ASKED in said(bobs, "composer:preview", UNKNOWN)[1]
    assert "Each of them waits for an owner's approval" in said(bobs, "batches:plan", UNKNOWN, repeat="2")[1]
    assert not begun_everywhere(team, bob, alice, bobs, UNKNOWN)
    task = Task.objects.latest("id")
    shown = unescape(signed_in(alice).get(reverse("tasks:detail", args=[task.pk])).content.decode())
    assert "Nobody can say: the price is for each second or picture" in shown
    assert "It waits for an owner's approval: nobody can say what it costs." in shown
    assert task.events.get().text == "Nobody can say what it costs, so an owner has to approve it."
    lifecycle.approve(task, alice)
    assert Task.objects.get(pk=task.pk).state == State.QUEUED
    lifecycle.cancel(task, alice)
    assert tasks() == [(State.HELD, None, Approval.ASKED)] * 4 + [(State.CANCELLED, None, Approval.APPROVED)]


def test_what_nobody_can_count_is_refused_where_a_budget_is_to_hold(
    team: Team, alice: User, bob: User, bobs: Client, signed_in: SignIn
) -> None:
    say(team, price=100, unit=Unit.SECOND, budget=1000, operation=LUMA.slug)
    assert REFUSED in said(bobs, "composer:preview", UNKNOWN)[1]
    assert REFUSED in said(bobs, "batches:plan", UNKNOWN, repeat="2")[1]
    told = begun_everywhere(team, bob, alice, bobs, UNKNOWN)
    assert {way for way, text in told.items() if REFUSED in text} == {"form", "batch", "program", "terminal"}
    say(team, approved_from=100)
    assert REFUSED in said(signed_in(alice), "composer:preview", UNKNOWN)[1], "nobody asks an owner"
    assert not tasks()
    assert "about 900 points" in said(bobs, "composer:preview", NINE)[1]


def test_without_threshold_and_budget_it_runs_as_before(team: Team, alice: User, bob: User, bobs: Client) -> None:
    say(team, price=100, unit=Unit.SECOND, operation=LUMA.slug)
    assert not begun_everywhere(team, bob, alice, bobs, UNKNOWN)
    assert tasks() == [(State.QUEUED, None, "")] * 5


@pytest.mark.parametrize("length", ["", None])
def test_an_empty_length_costs_what_one_left_out_does(team: Team, bob: User, length: str | None) -> None:
    kling = catalog.get("kling.text2video")
    say(team, price=100, unit=Unit.SECOND, approved_from=100, operation=kling.slug)
    make_connection(team)
    body = {"model_name": "kling-v1", "prompt": "x"}
    for given in (body, body | {"duration": length}):
        status, told = program(team, bob).post(f"operations/{kling.slug}/run", given)
        if length is not None or given == body:
            assert (status, told["price"], told["waits_for"]) == (202, 500, "approval")


def test_what_stands_among_the_extra_keys_is_counted(team: Team, bob: User) -> None:
    kling = catalog.get("kling.text2video")
    say(team, price=100, unit=Unit.SECOND, operation=kling.slug)
    extras = {"duration": "10"}
    with scope(team):
        task = begin(team, bob, operation=kling, values={"model_name": "kling-v1", "prompt": "x"}, extras=extras)
    assert '"duration":"10"' in task.body_text
    assert task.price == 1000


def test_send_again_is_counted_as_what_was_sent(team: Team, alice: User, bob: User) -> None:
    say(team, price=100, unit=Unit.SECOND, operation=LUMA.slug)
    task = begin(team, bob, operation=LUMA, values=UNKNOWN)
    Attempt.objects.update(state=State.FAILED, open=False)
    Task.objects.update(state=State.FAILED)
    say(team, budget=1000)
    with pytest.raises(lifecycle.NotNow, match="An owner set a price for each second"):
        lifecycle.send_again(task, bob)
    say(team, approved_from=100)
    with pytest.raises(lifecycle.NotNow, match="Nobody can say what this costs, so an owner has to send it again"):
        lifecycle.send_again(task, bob)
    lifecycle.send_again(task, alice)
    assert Task.objects.get(pk=task.pk).state == State.QUEUED
