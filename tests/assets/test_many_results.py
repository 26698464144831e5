"""A task with more results than a page should hold."""

from __future__ import annotations

import re

import pytest

from studio.assets.parts import STEP
from studio.tasks.models import Task
from studio.teams.models import Team, User
from tests.assets.test_wall import SignIn, kept
from tests.factories import make_attempt, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
MANY = 60


def many(team: Team, person: User) -> Task:
    task = make_task(team, person, state="succeeded")
    make_attempt(task, open=False, posts=1)
    for number in range(1, MANY + 1):
        kept(task, number=number, kind="image", file=f"1/1/{number}.png", media_type="image/png")
    return task


def numbers(page: str) -> list[int]:
    """The results that stand on a page, by the numbers they bear."""
    return [int(each) for each in re.findall(r'class="result__number">(\d+)<', page)]


def test_a_task_with_many_results_shows_the_first_and_more_when_asked(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    task, browser = many(team, alice), signed_in(alice)
    first = browser.get(f"/tasks/{task.pk}/").content.decode()
    assert numbers(first) == list(range(1, STEP + 1))
    assert f"{STEP} of {MANY} results" in first
    second = browser.get(f"/tasks/{task.pk}/results/?upto={STEP}").content.decode()
    assert numbers(second) == list(range(STEP + 1, 2 * STEP + 1))
    assert f"{2 * STEP} of {MANY} results" in second
    third = browser.get(f"/tasks/{task.pk}/results/?upto={2 * STEP}").content.decode()
    assert numbers(third) == list(range(2 * STEP + 1, MANY + 1))
    assert "Show more" not in third


@pytest.mark.parametrize(("has", "shows"), [(2 * STEP, 2 * STEP), (3 * STEP, MANY), ("", STEP), ("-1", STEP)])
def test_news_of_the_task_take_no_shown_results_away(
    has: object, shows: int, team: Team, alice: User, signed_in: SignIn
) -> None:
    task = many(team, alice)
    card = signed_in(alice).get(f"/tasks/{task.pk}/card/?upto={has}").content.decode()
    assert numbers(card) == list(range(1, shows + 1))


def test_more_results_than_there_are_is_an_empty_part(team: Team, alice: User, signed_in: SignIn) -> None:
    page = signed_in(alice).get(f"/tasks/{many(team, alice).pk}/results/?upto=960")
    assert (page.status_code, numbers(page.content.decode())) == (200, [])


def test_a_card_without_results_has_what_its_question_takes_along(team: Team, alice: User, signed_in: SignIn) -> None:
    """To htmx a selector that finds nothing is an error, every time."""
    task = make_task(team, alice, state="running")
    make_attempt(task, posts=1)
    card = signed_in(alice).get(f"/tasks/{task.pk}/card/").content.decode()
    assert 'hx-include="[name=upto]"' in card
    assert '<input type="hidden" name="upto"' in card
