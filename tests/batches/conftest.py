"""Whose batches they are, and what sends them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from studio.teams.models import Connection, Team, User
from tests.factories import make_connection


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team, concurrency=2)


@pytest.fixture
def visitor(bob: User, sender: Connection, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(bob)
