"""What an operation is expected to cost: a team's own price before the catalog's, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from studio import catalog
from studio.ledger.models import Budget
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
        assert terms(team.pk, bob, replace(FILM, price="3")).price == 7
    with scope(other_team):
        assert terms(other_team.pk, charlie, replace(FILM, price="3")).price == 3


def test_pages_and_begin_say_the_same(team: Team, alice: User, bob: User) -> None:
    say(team, price=7, approved_from=5, budget=9, person=bob)
    with scope(team):
        sheet = sheet_of(team.pk)
        for person, is_owner, has_budget in ((alice, True, False), (bob, False, True)):
            found = terms(team.pk, person, FILM)
            assert found == sheet.terms(person.pk, FILM, is_owner=is_owner)
            assert found == Terms(Decimal(7), Decimal(5), has_budget, is_owner)


def test_an_owner_is_asked_from_the_threshold_on_and_never_of_oneself() -> None:
    five = Decimal(5)
    assert Terms(five, five).needs_approval
    assert not Terms(Decimal("4.9999"), five).needs_approval
    assert not Terms(five, five, is_owner=True).needs_approval
    assert not Terms(None, five).needs_approval
    assert not Terms(five, None).needs_approval


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
        assert terms(team.pk, bob, FILM).price == Decimal(points)
