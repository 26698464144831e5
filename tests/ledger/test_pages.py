"""The money page: what owners say, what is wrong with it, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio.ledger import pricing
from studio.ledger.models import Budget, Price, Threshold, Unit
from studio.ledger.pages import MOST
from studio.teams.acts import Act
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_task
from tests.ledger.saying import OPERATION, say

SignIn = Callable[[User], Client]
FIELD = f"price-{OPERATION}"


@pytest.fixture
def owner(alice: User, signed_in: SignIn) -> Client:
    return signed_in(alice)


def shown(client: Client, query: str = "") -> str:
    return client.get(reverse("ledger:money") + query).content.decode()


def post(client: Client, name: str, **given: Any) -> Any:
    return client.post(reverse(f"ledger:{name}"), given)


def test_the_operations_that_the_team_uses_stand_first_with_what_was_charged(
    team: Team, alice: User, owner: Client
) -> None:
    with scope(team):
        make_task(team, alice, operation="kling.image2video", cost=Decimal("35.5"))
        make_task(team, alice, operation="kling.image2video")
        make_task(team, alice, operation="gone.operation")
    page = shown(owner)
    fields = re.findall(r'name="price-([^"]+)"', page)
    assert fields[0] == "kling.image2video"
    assert len(fields) == pricing.LINES
    assert "Search for operations that are not listed here." in page
    assert "last charged 35.5" in page


def test_prices_are_saved_changed_and_taken_away(team: Team, owner: Client) -> None:
    assert post(owner, "prices", **{FIELD: "120.50", "price-nobody.knows": "1"}).status_code == 302
    with scope(team):
        assert Price.objects.get().points == Decimal("120.5")
    assert f'id="{FIELD}" name="{FIELD}" inputmode="decimal" value="120.5"' in shown(owner)
    post(owner, "prices", **{FIELD: "7"})
    with scope(team):
        assert Price.objects.get().points == 7
    post(owner, "prices", **{FIELD: ""})
    with scope(team):
        assert not Price.objects.exists()


def opened(client: Client, query: str = "") -> dict[str, str]:
    """What the form of prices posts when nothing is typed into it."""
    page = shown(client, query)
    kept = dict(re.findall(r'name="((?:was-)?(?:price|unit)-[^"]+)"(?: inputmode="decimal")? value="([^"]*)"', page))
    for slug, options in re.findall(r'<select [^>]*name="unit-([^"]+)".*?>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]+)" selected', options)
        kept[f"unit-{slug}"] = chosen[1] if chosen else "request"
    return kept


def test_a_price_that_nobody_touched_stays_as_somebody_else_set_it_meanwhile(team: Team, owner: Client) -> None:
    say(team, price=90, operation="kling.text2video")
    say(team, price=2, unit=Unit.SECOND)
    older = opened(owner)
    assert older["was-price-kling.text2video"] == older["price-kling.text2video"] == "90"
    assert older[f"was-unit-{OPERATION}"] == older[f"unit-{OPERATION}"] == "second"
    say(team, price=111, operation="kling.text2video")
    say(team, price=3, unit=Unit.REQUEST)
    answer = owner.post(reverse("ledger:prices"), older | {"price-openai.chat": "4"}, follow=True)
    assert "1 price was changed." in answer.content.decode()
    with scope(team):
        assert {row.operation: row.points for row in Price.objects.all()} == {
            "kling.text2video": 111,
            "openai.chat": 4,
            OPERATION: 3,
        }
        assert Act.objects.get().about == "openai.chat"


def test_a_price_that_somebody_else_set_meanwhile_is_shown_before_it_is_overwritten(team: Team, owner: Client) -> None:
    say(team, price=90, operation="kling.text2video")
    older = opened(owner) | {"price-kling.text2video": "95", "price-openai.chat": "4"}
    say(team, price=111, operation="kling.text2video")
    wrong = owner.post(reverse("ledger:prices"), older | {"price-openai.chat": "four"})
    assert wrong.status_code == 422
    assert 'name="was-price-kling.text2video" value="90"' in wrong.content.decode()
    told = owner.post(reverse("ledger:prices"), older)
    page = told.content.decode()
    assert told.status_code == 409
    assert "Somebody changed it to 111 points meanwhile." in page
    assert 'name="price-kling.text2video" inputmode="decimal" value="95"' in page
    assert 'name="price-openai.chat" inputmode="decimal" value="4"' in page
    with scope(team):
        assert Price.objects.get().points == 111, "nothing is saved yet"
    owner.post(reverse("ledger:prices"), older | {"was-price-kling.text2video": "111"})
    with scope(team):
        assert {row.operation: row.points for row in Price.objects.all()} == {"kling.text2video": 95, "openai.chat": 4}


def test_what_is_no_number_is_said_beside_it_and_nothing_typed_is_lost(team: Team, owner: Client) -> None:
    answer = post(owner, "prices", **{FIELD: "a lot", "price-kling.image2video": "35"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a number of points, like 120 or 0.5." in page
    assert 'value="a lot"' in page
    assert 'value="35"' in page
    with scope(team):
        assert not Price.objects.exists()


def test_a_price_is_for_each_second_where_a_field_says_how_many(team: Team, owner: Client) -> None:
    page = shown(owner, "?q=runway")
    assert f'name="unit-{OPERATION}"' in page
    post(owner, "prices", **{FIELD: "12", f"unit-{OPERATION}": "second"})
    with scope(team):
        assert str(Price.objects.get()) == f"{OPERATION}: 12.0000 per second"
        post(owner, "prices", **{FIELD: "12", f"unit-{OPERATION}": "request"})
        assert Price.objects.get().unit == "request"
        acts = Act.objects.order_by("-id")
        assert [act.detail for act in acts[:2]] == [
            {"before": ["12", "second"], "after": "12"},
            {"after": ["12", "second"]},
        ]
    audit = owner.get(reverse("teams:audit")).content.decode()
    assert "12, per second" in audit


def test_a_unit_that_no_field_counts_is_refused_and_nothing_typed_is_lost(team: Team, owner: Client) -> None:
    answer = post(
        owner,
        "prices",
        **{"price-openai.chat": "3", "unit-openai.chat": "second", FIELD: "7", f"unit-{OPERATION}": "second"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "No field of this operation says how many seconds it makes." in page
    assert '<option value="second" selected>' in page
    assert post(owner, "prices", **{FIELD: "3", f"unit-{OPERATION}": "year"}).status_code == 422
    with scope(team):
        assert not Price.objects.exists()


def test_a_search_finds_operations_in_both_languages(owner: Client) -> None:
    assert FIELD in shown(owner, "?q=文生视频")
    assert "kling" not in re.findall(r'name="price-([^".]+)', shown(owner, "?q=runway"))
    assert "No operation contains these words" in shown(owner, "?q=nothing+of+the+kind")


def test_the_whole_teams_budget_stands_there_however_many_people_have_one(team: Team, owner: Client) -> None:
    people = User.objects.bulk_create(
        User(email=f"p{n:03}@example.com", first_name=f"P{n:03}") for n in range(MOST + 3)
    )
    with scope(team):
        Budget.objects.bulk_create(Budget(team=team, person=person, points=5) for person in people)
        Budget.objects.create(team=team, points=1000)
    page = shown(owner)
    assert page.count('class="budgets__one"') == MOST
    assert "Remove the budget of the whole team" in page
    assert "4 more are not shown here." in page
    assert "Remove the budget of P202" not in page
    assert "Remove the budget of P202" in shown(owner, "?whose=p202@example")
    assert "more are not shown here." not in shown(owner, "?whose=p202")


def test_budgets_are_set_changed_and_removed(team: Team, bob: User, owner: Client) -> None:
    post(owner, "budget", person="", points="1000")
    post(owner, "budget", person=bob.pk, points="250")
    post(owner, "budget", person=bob.pk, points="300")
    with scope(team):
        make_task(team, bob, charge=Decimal(40))
        assert {each.person: int(each.points) for each in Budget.objects.all()} == {None: 1000, bob: 300}
        last = Budget.objects.get(person=bob)
    page = shown(owner)
    assert page.count("40 points in") == 2
    assert 'value="300"' in page
    owner.post(reverse("ledger:budget-remove", args=[last.pk]))
    with scope(team):
        assert Budget.objects.get().person is None


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ("", "Write a number"),
        ("-1", "less than nothing. Write 0, or a number above it."),
        ("NaN", "Write a number"),
        ("1e99", "more than can be counted"),
        ("0.00001", "Four places"),
    ],
)
def test_a_budget_that_cannot_be_is_refused_in_words(team: Team, owner: Client, points: str, says: str) -> None:
    answer = post(owner, "budget", person="", points=points)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    with scope(team):
        assert not Budget.objects.exists()


def test_a_stranger_gets_no_budget_here(team: Team, charlie: User, owner: Client) -> None:
    assert post(owner, "budget", person=charlie.pk, points="1").status_code == 422
    with scope(team):
        assert not Budget.objects.exists()


def test_the_threshold_is_set_and_taken_away(team: Team, owner: Client) -> None:
    post(owner, "threshold", points="500")
    with scope(team):
        assert Threshold.objects.get().points == 500
    assert 'value="500"' in shown(owner)
    for points in ("0", "-1"):
        answer = post(owner, "threshold", points=points)
        assert answer.status_code == 422
        assert "Write a number above 0, or leave it empty so that nothing waits." in answer.content.decode()
    post(owner, "threshold", points="")
    with scope(team):
        assert not Threshold.objects.exists()


def test_what_is_left_is_told_to_each_person(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    say(team, budget=1000)
    say(team, budget=100, person=bob)
    with scope(team):
        make_task(team, bob, charge=Decimal(130))
    told = signed_in(bob).get(reverse("ledger:left")).content.decode()
    assert "870 of the team's 1,000 points are left this month." in told
    assert "-30 of your 100 points are left this month." in told
    assert "of your" not in signed_in(alice).get(reverse("ledger:left")).content.decode()
