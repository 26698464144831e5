"""What the Run button says of money: the price where it is known, what remains, and who is asked first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.ledger.models import Unit
from studio.ledger.terms import sheet_of
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection
from tests.ledger.saying import OPERATION, say

SignIn = Callable[[User], Client]
URL = reverse("composer:compose", args=[OPERATION])


@pytest.fixture
def bobs(team: Team, bob: User, signed_in: SignIn) -> Client:
    with scope(team):
        make_connection(team, name="Gateway")
    return signed_in(bob)


def shown(client: Client) -> str:
    return client.get(URL).content.decode()


def test_without_a_price_the_button_says_nothing_of_points(bobs: Client) -> None:
    page = shown(bobs)
    assert "points" not in page
    assert reverse("ledger:left") not in page


def test_the_button_says_the_price_and_what_remains_is_asked_for(team: Team, bobs: Client) -> None:
    say(team, price=1920, budget=5000)
    page = shown(bobs)
    assert "about 1,920 points" in page
    assert reverse("ledger:left") in page
    assert "approval" not in page


def test_a_price_for_each_second_follows_what_stands_in_the_form(team: Team, bobs: Client) -> None:
    say(team, price=3, unit=Unit.SECOND)
    form = posted(shown(bobs))
    for seconds, points in (("5", "about 15 points"), ("10", "about 30 points")):
        form["v:options.seconds"] = seconds
        answer = bobs.post(reverse("composer:preview", args=[OPERATION]), form, headers={"HX-Request": "true"})
        assert points in answer.content.decode()
    assert "3 points per second" in bobs.get(reverse("composer:pick")).content.decode()


def test_who_would_wait_for_an_owner_reads_it_before(team: Team, bobs: Client, alice: User, signed_in: SignIn) -> None:
    say(team, price=1920, approved_from=1000)
    assert "It waits for an owner&#x27;s approval before it is sent." in shown(bobs)
    assert "before it is sent" not in shown(signed_in(alice))


def test_a_key_stroke_asks_the_database_nothing_about_money(team: Team, bobs: Client) -> None:
    say(team, price=1920, budget=5000, approved_from=1000)
    with scope(team):
        sheet_of(team.pk)
    form = posted(shown(bobs))
    with CaptureQueriesContext(connection) as queries:
        answer = bobs.post(reverse("composer:preview", args=[OPERATION]), form, headers={"HX-Request": "true"})
    assert "about 1,920 points" in answer.content.decode()
    assert not [each["sql"] for each in queries if "ledger_" in each["sql"] or "SUM(" in each["sql"]]


def test_a_spent_budget_keeps_everything_that_was_typed(team: Team, bobs: Client) -> None:
    say(team, price=100, budget=99)
    form = posted(shown(bobs))
    form["v:prompt"] = "a very long story"
    answer = bobs.post(reverse("composer:run", args=[OPERATION]), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "of the team&#x27;s 99 points for this month 99 are left" in page
    assert "a very long story" in page
    with scope(team):
        assert not Task.objects.exists()


def test_the_picker_says_the_teams_own_price(team: Team, bobs: Client) -> None:
    assert "As this team says." not in bobs.get(reverse("composer:pick")).content.decode()
    say(team, price="1920.5")
    page = bobs.get(reverse("composer:pick")).content.decode()
    assert "1,920.50 points" in page
    assert "As this team says." in page


def test_on_the_sandbox_the_button_says_that_it_rehearses_for_free(team: Team, bob: User, bobs: Client) -> None:
    say(team, price=1920, budget=5, approved_from=1)
    with scope(team):
        sandbox = make_connection(team, name="Sandbox", is_sandbox=True)
    form = posted(shown(bobs)) | {"connection": str(sandbox.pk)}
    asked = {"HX-Request": "true"}
    told = bobs.post(reverse("composer:preview", args=[OPERATION]), form, headers=asked).content.decode()
    assert "a rehearsal, free" in told
    assert "points" not in told.partition("run-button")[2].partition("</div>")[0]
    assert "approval" not in told
    plan = bobs.post(
        reverse("batches:plan", args=[OPERATION]), form | {"repeat": "3", "v:prompt": "a boat"}
    ).content.decode()
    assert "a rehearsal, free" in plan
    assert bobs.get(reverse("ledger:left"), {"connection": sandbox.pk}).content == b""
    assert b"are left" in bobs.get(reverse("ledger:left")).content
