"""The page of what was spent: sums by person, system and day, and failures that were charged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.ledger.budgets import month_of
from studio.tasks.models import Task
from studio.tasks.spending import FAILURES, Day, Month
from studio.tasks.spending_chart import HEIGHT, chart
from studio.tasks.states import State
from studio.teams.models import Connection, Membership, Team, User
from tests.factories import VALUES, make_connection, make_member, make_task
from tests.ledger.saying import say

pytestmark = pytest.mark.usefixtures("everywhere")
SignIn = Callable[[User], Client]
URL = reverse("tasks:spending")


@pytest.fixture
def spend(team: Team) -> Callable[..., Task]:
    """A task of this month that was charged so many points, or is expected to be."""
    through = make_connection(team)

    def make(person: User, charged: int | None = None, *, price: int | None = None, **more: Any) -> Task:
        charge = price if charged is None else charged
        given = {"cost": charged, "price": price, "charge": Decimal(charge or 0), "state": State.SUCCEEDED}
        return make_task(team, person, through, **given | more)

    return make


def page(client: Client, query: str = "") -> str:
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def this_month(person: User | None = None) -> Month:
    return Month(*month_of(timezone.now()), person)


def test_charged_expected_and_given_back_are_told_apart(spend: Callable[..., Task], alice: User) -> None:
    spend(alice, 120, price=100)
    spend(alice, None, price=50, state=State.RUNNING)
    spend(alice, 80, price=80, refunded=True, charge=0, state=State.FAILED)
    spend(alice, None, state=State.SUCCEEDED)
    totals = this_month().totals()
    assert (int(totals.line.charged), int(totals.line.expected), totals.line.tasks) == (120, 50, 4)
    assert (int(totals.given_back), totals.blind) == (80, 1)
    assert (totals.compared, int(totals.compared_expected), int(totals.compared_charged)) == (1, 100, 120)


def test_an_owner_sees_people_and_systems_the_dearest_first(
    spend: Callable[..., Task], alice: User, bob: User, signed_in: SignIn
) -> None:
    spend(alice, 30)
    spend(bob, 120)
    spend(bob, 1400, operation="kling.image2video")
    people, left_out = this_month().people()
    assert [(line.name, int(line.points), line.share) for line in people] == [("Bob", 1520, 100), ("Alice", 30, 2)]
    assert left_out == 0
    systems = this_month().systems({"kling": "Kling", "runway": "Runway"})
    assert [(line.name, int(line.points), line.tasks) for line in systems] == [("Kling", 1400, 1), ("Runway", 150, 2)]
    shown = page(signed_in(alice))
    assert "1,520" in shown
    assert "By person" in shown
    only_bob = page(signed_in(alice), f"?person={bob.pk}")
    assert "1,520" in only_bob
    assert "1,550" not in only_bob


def test_members_see_what_they_spent_themselves(
    spend: Callable[..., Task], alice: User, bob: User, signed_in: SignIn
) -> None:
    spend(alice, 5555)
    spend(bob, 77)
    shown = page(signed_in(bob), f"?person={alice.pk}")
    assert "77" in shown
    assert "5,555" not in shown
    assert "By person" not in shown


def test_nobody_sees_what_another_team_spent(
    spend: Callable[..., Task], alice: User, charlie: User, signed_in: SignIn
) -> None:
    spend(alice, 5555)
    assert "Nothing was run in this month" in page(signed_in(charlie), f"?person={alice.pk}")


def test_each_day_is_a_bar_and_a_line_of_the_table(spend: Callable[..., Task], alice: User, signed_in: SignIn) -> None:
    first = month_of(timezone.now())[0]
    spend(alice, 40, counted_at=first)
    spend(alice, None, price=60, counted_at=first + timedelta(hours=23, minutes=59))
    spend(alice, 999, counted_at=first - timedelta(seconds=1))
    days = this_month().days()
    assert (int(days[0].charged), int(days[0].expected), days[0].tasks) == (40, 60, 2)
    assert sum(day.points for day in days[1:]) == 0
    shown = page(signed_in(alice))
    assert '<rect class="spend-chart__charged" x="2" y="60" width="8" height="40"/>' in shown
    assert '<rect class="spend-chart__expected" x="2" y="0" width="8" height="60"/>' in shown
    assert "999" not in shown
    assert "999" in page(signed_in(alice), f"?month={first - timedelta(days=1):%Y-%m}")


def test_a_day_begins_at_midnight_where_the_studio_is(spend: Callable[..., Task], alice: User, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        month = Month(*month_of(datetime(2026, 3, 15, tzinfo=UTC)))
        spend(alice, 1, counted_at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # the first of March there
        spend(alice, 2, counted_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))  # the 29th, which has 23 hours
        spend(alice, 4, counted_at=datetime(2026, 3, 29, 22, 30, tzinfo=UTC))  # the 30th
        spend(alice, 8, counted_at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # April
        assert {day.on.day: int(day.points) for day in month.days() if day.tasks} == {1: 1, 29: 2, 30: 4}
        assert len(month.days()) == 31


def test_bars_never_leave_the_picture_and_whatever_is_spent_can_be_seen() -> None:
    days = [Day(charged=Decimal(1), expected=Decimal(1)), Day(charged=Decimal(99_999)), Day()]
    drawn = chart(days)
    assert [bar.charged > 0 for bar in drawn.bars] == [True, True, False]
    assert all(0 <= bar.expected_y <= bar.charged_y <= HEIGHT for bar in drawn.bars)
    assert drawn.peak == 99_999


def test_failures_that_were_charged_are_listed_by_key(
    spend: Callable[..., Task], alice: User, signed_in: SignIn
) -> None:
    failed = {"state": State.FAILED}
    spend(alice, 10, prompt="a refund", refunded=True, charge=0, **failed)
    spend(alice, 0, prompt="cost nothing", **failed)
    spend(alice, 10, prompt="it worked")
    spend(alice, None, price=30, prompt="nobody told", **failed)
    oldest = spend(alice, 11, prompt="the oldest", **failed)
    Task.objects.filter(pk=oldest.pk).update(prompt="the oldest")
    for number in range(FAILURES):
        spend(alice, 20, prompt=f"boat {number}", **failed)
    client = signed_in(alice)
    shown = page(client)
    assert shown.count("boat ") == FAILURES
    for other in ("a refund", "cost nothing", "it worked", "the oldest"):
        assert other not in shown
    [older] = re.findall(r'rel="next" href="(\?month=[^"]*before=[^"]*)#failures"', shown)
    second = page(client, older.replace("&amp;", "&"))
    assert "the oldest" in second
    assert "nobody told" in second
    assert "expected, not told" in second
    assert "boat" not in second


@pytest.mark.parametrize(
    "query",
    [
        "?month=",
        "?month=0000-00",
        "?month=9999-12",
        "?month=x",
        "?person=x",
        "?person=99999999999999999999",
        "?before=-1",
    ],
)
def test_an_address_that_makes_no_sense_shows_this_month(
    spend: Callable[..., Task], alice: User, signed_in: SignIn, query: str
) -> None:
    spend(alice, 4321)
    assert "4,321" in page(signed_in(alice), query)


def test_what_is_left_stands_beside_this_month_only(
    team: Team, spend: Callable[..., Task], alice: User, bob: User, signed_in: SignIn
) -> None:
    say(team, budget=1000)
    say(team, budget=300, person=bob)
    spend(bob, 120)
    spend(bob, 5, counted_at=month_of(timezone.now())[0] - timedelta(days=1))
    assert "of 1,000 points" in page(signed_in(alice))
    assert "of 300 points" not in page(signed_in(alice))
    assert "of 300 points" in page(signed_in(bob))
    before = month_of(timezone.now())[0] - timedelta(days=1)
    assert "of 1,000 points" not in page(signed_in(alice), f"?month={before:%Y-%m}")


def grow(team: Team, through: Connection, people: list[User], count: int) -> None:
    states = [State.SUCCEEDED, State.FAILED, State.RUNNING]
    Task.objects.bulk_create(
        Task(
            team=team,
            person=people[number % len(people)],
            connection=through,
            operation=["runway.generate-text", "kling.image2video", "suno.generate"][number % 3],
            values=VALUES,
            body_text="{}",
            nonce=f"{len(people)}-{number}",
            state=states[number % 3],
            price=Decimal(10),
            charge=Decimal(10),
        )
        for number in range(count)
    )


def test_it_makes_as_many_queries_for_many_rows_as_for_few(team: Team, alice: User, signed_in: SignIn) -> None:
    through, client = make_connection(team), signed_in(alice)
    asked = []
    for people, count in ((10, 10), (100, 1000)):
        made = User.objects.bulk_create(User(email=f"p{people}-{number}@example.com") for number in range(people))
        Membership.objects.bulk_create(Membership(team=team, user=user) for user in made)
        grow(team, through, made, count)
        page(client)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(URL)
        asked.append(len(queries))
        assert len(answer.content) < 150_000
    assert asked[1] <= asked[0] + 1  # one more counts the people who are left out
    assert "And 60 people who spent less." in page(client)


def test_a_viewer_has_an_empty_page(team: Team, spend: Callable[..., Task], alice: User, signed_in: SignIn) -> None:
    spend(alice, 4321)
    eve = make_member(team, "eve")
    assert "Nothing was run in this month" in page(signed_in(eve))
