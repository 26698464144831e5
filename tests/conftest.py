"""Alice owns a team, Bob is its member, Dana may only look; Charlie is of another team and must see nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib import import_module
from itertools import groupby
from pkgutil import walk_packages

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation
from hypothesis import is_hypothesis_test, settings

import studio
from studio.tasks import epoch
from studio.teams.models import Role, Team, User
from studio.teams.scope import across_teams
from tests import migrated, postgresql
from tests.browser.chromium import browser, new_context, page
from tests.factories import make_member, make_team

__all__ = ["browser", "new_context", "page"]  # fixtures

# How long one made-up case takes says how busy the machine is.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's tables are there before Django looks."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if connection.vendor == "sqlite":
        shutil.copyfile(migrated.made(), connection.settings_dict["TEST"]["NAME"])
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template(os.environ["DATABASE_URL"])


def pytest_sessionstart() -> None:
    """Emptying a database that a test has committed to took longer than most tests: Django's permissions, for which
    nobody asks, were made anew each time, and PostgreSQL makes new files for each table that is truncated."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = lambda style, tables, **_: [  # type: ignore[method-assign]
            f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables
        ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The last of a run to end tidies up."""
    if not hasattr(session.config, "workerinput") and "STUDIO_TEST_DB" not in os.environ:
        postgresql.forget()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """The bytes of a made-up film are no name: they differ from run to run, and the parts of a run must agree."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser and what tries made-up cases; the rest is quick, unless it needs rows.

    What takes long begins first, so that no part of a run waits at the end for the others: the run on PostgreSQL, then
    what starts processes, then browsers, then the rest.
    """
    load_everything()
    if "STUDIO_TEST_DB" in os.environ:  # the run on PostgreSQL
        items[:] = [item for item in items if touches_rows(item) and not item.get_closest_marker("sqlite")]
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.thorough)
        if not touches_rows(item) and not {"browser", "slow", "thorough"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker(pytest.mark.quick)
    turns = {path: min(map(turn, of_it)) for path, of_it in groupby(items, lambda item: item.path)}
    items.sort(key=lambda item: turns[item.path])


def load_everything() -> None:
    """Hypothesis tries the constants of our modules too, those loaded so far: with all of them each run tries the same,
    and no pool grows while a test draws from it."""
    for module in walk_packages(studio.__path__, "studio."):
        if not {"sandbox", "migrations", "wsgi", "asgi"} & set(module.name.split(".")):
            import_module(module.name)


def turn(item: pytest.Item) -> int:
    """How early the file of this test begins."""
    if item.path.name == "test_postgresql.py":
        return 0
    return 1 if item.get_closest_marker("slow") else 2 if item.get_closest_marker("browser") else 3


def touches_rows(item: pytest.Item) -> bool:
    wanted = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(wanted) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What the cache holds is of rows that are gone: the next test's have the same numbers. So is the data folder's
    number: beside it, the next test's database is an old copy, from which nothing is sent. And the language of the last
    page that a test asked for is not the next one's."""
    cache.clear()
    translation.deactivate()
    epoch.path().unlink(missing_ok=True)


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
