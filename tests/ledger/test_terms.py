"""What an operation is expected to cost: a team's own price before the catalog's, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from studio import catalog
from studio.ledger.models import Budget, Unit
from studio.ledger.rates import Rate
from studio.ledger.terms import Terms, sheet_of, terms, told
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.ledger.saying import OPERATION, say

FILM = catalog.get(OPERATION)


@pytest.mark.parametrize(
    ("said", "points"),
    [("free", 0), ("", None), ("unknown", None), ("12.5", Decimal("12.5")), ("0.2 dollars", None), ("NaN", None)],
)
def test_the_catalogs_price_counts_where_it_is_a_number(said: str, points: Decimal | None) -> None:
    assert told(replace(FILM, price=said)) == points


def test_a_teams_own_price_stands_before_the_catalogs(team: Team, bob: User, other_team: Team, charlie: User) -> None:
    say(team, price=7)
    with scope(team):
        assert terms(team.pk, bob, replace(FILM, price="3"), {}).price == 7
    with scope(other_team):
        assert terms(other_team.pk, charlie, replace(FILM, price="3"), {}).price == 3


def test_pages_and_begin_say_the_same(team: Team, alice: User, bob: User) -> None:
    say(team, price=7, approved_from=5, budget=9, person=bob)
    with scope(team):
        sheet = sheet_of(team.pk)
        for person, is_owner, has_budget in ((alice, True, False), (bob, False, True)):
            found = terms(team.pk, person, FILM, {})
            assert found == sheet.terms(person.pk, FILM, {}, is_owner=is_owner)
            assert found == Terms(Decimal(7), Decimal(5), has_budget, is_owner)


def test_an_owner_is_asked_from_the_threshold_on_and_never_of_oneself() -> None:
    five = Decimal(5)
    assert Terms(five, five).needs_approval
    assert not Terms(Decimal("4.9999"), five).needs_approval
    assert not Terms(five, five, is_owner=True).needs_approval
    assert not Terms(None, five).needs_approval
    assert not Terms(five, None).needs_approval


@pytest.mark.parametrize(
    ("given", "asked", "refused"),
    [
        ({"approved_from": 5}, True, False),
        ({"approved_from": 5, "has_budget": True}, True, False),  # who approves it answers for the budget too
        ({"has_budget": True}, False, True),
        ({"approved_from": 5, "has_budget": True, "is_owner": True}, False, True),
        ({"approved_from": 5, "is_owner": True}, False, False),
        ({}, False, False),
    ],
)
@pytest.mark.parametrize("unit", [Unit.SECOND, Unit.PICTURE])
def test_a_price_of_the_teams_that_cannot_be_counted_is_asked_about_or_refused(
    given: dict[str, Any], asked: bool, refused: bool, unit: Unit
) -> None:
    found = Terms(None, uncounted=unit, **given)
    assert (found.needs_approval, bool(found.refused)) == (asked, refused)


def test_a_team_and_a_person_have_one_budget_each(team: Team, bob: User) -> None:
    say(team, budget=1)
    say(team, budget=1, person=bob)
    for person in (None, bob):
        with scope(team), pytest.raises(IntegrityError), transaction.atomic():
            Budget.objects.create(team=team, person=person, points=2)


@pytest.mark.parametrize("points", ["0.0001", "0.1", "0.3", "12.5", "1920", "100000", "9999999999.9999"])
def test_points_come_back_as_they_were_written(team: Team, bob: User, points: str) -> None:
    say(team, price=points)
    with scope(team):
        assert terms(team.pk, bob, FILM, {}).price == Decimal(points)


@pytest.mark.parametrize(
    ("slug", "unit", "values", "points"),
    [
        (OPERATION, Unit.REQUEST, {"options.seconds": 10}, "0.3"),
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": 5}, "1.5"),
        (OPERATION, Unit.SECOND, {"model": "gen3"}, "3"),  # a fresh form's ten
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": "five"}, None),
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": True}, None),
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": -5}, None),
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": float("inf")}, None),
        (OPERATION, Unit.SECOND, {"model": "gen3", "options.seconds": 10**400}, "9999999999.9999"),
        (OPERATION, Unit.PICTURE, {"n": 4}, None),
        ("kling.text2video", Unit.SECOND, {"duration": "10"}, "3"),  # a number as text, as that gateway takes it
        ("kling.image-generate", Unit.PICTURE, {"n": 4}, "1.2"),
        ("kling.image-generate", Unit.PICTURE, {}, "0.3"),
        ("openai.chat", Unit.PICTURE, {"n": 4}, None),  # its n counts answers
    ],
)
def test_a_price_may_be_for_each_second_or_picture_of_the_field_that_says_how_many(
    team: Team, bob: User, slug: str, unit: Unit, values: dict[str, Any], points: str | None
) -> None:
    operation = catalog.get(slug)
    say(team, price="0.3", unit=unit, operation=slug)
    with scope(team):
        found = terms(team.pk, bob, operation, values)
        assert found == sheet_of(team.pk).terms(bob.pk, operation, values, is_owner=False)
    assert found.price == (None if points is None else Decimal(points))


def test_no_price_is_more_than_the_tables_hold() -> None:
    dear = Rate(Decimal("9999999999"), Unit.SECOND)
    assert dear.price(FILM, {"model": "gen3", "options.seconds": 10}) == Decimal("9999999999.9999")
