"""Alice owns a team, Bob is its member, Dana may only look; Charlie is of another team and must see nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from django.test import Client
from hypothesis import is_hypothesis_test

from studio.teams.models import Role, Team, User
from studio.teams.scope import across_teams
from tests import postgresql
from tests.browser.chromium import browser, new_context, page
from tests.factories import make_member, make_team
from tests.rows import Rows

__all__ = ["browser", "new_context", "page"]  # fixtures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser and what tries made-up cases; the rest is quick."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.thorough)
        if not {"browser", "slow", "thorough"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="session", autouse=True)
def rows_on_postgresql(request: pytest.FixtureRequest) -> Iterator[Rows | None]:
    """Begun before all other tests, where its own test is among them, which waits for it."""
    if not any(item.path.name == "test_postgresql.py" for item in request.session.items):
        yield None
        return
    with postgresql.server() as url, closing(Rows(url)) as run:
        yield run


@pytest.fixture
def team(db: None) -> Team:
    return make_team("Team A", owner="alice")


@pytest.fixture
def alice(team: Team) -> User:
    return User.objects.get(email="alice@example.com")


@pytest.fixture
def bob(team: Team) -> User:
    return make_member(team, "bob")


@pytest.fixture
def dana(team: Team) -> User:
    return make_member(team, "dana", Role.VIEWER)


@pytest.fixture
def other_team(db: None) -> Team:
    return make_team("Team C", owner="charlie")


@pytest.fixture
def charlie(other_team: Team) -> User:
    return User.objects.get(email="charlie@example.com")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def everywhere() -> object:
    """Rows of all teams are in reach of the test itself."""
    with across_teams():
        yield
