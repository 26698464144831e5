"""What is left on a key: told by the gateway, shown where it is spent, asked rarely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.factories import make_connection

SignIn = Callable[[User], Client]
ALLOWANCE: dict[str, Any] = {"object": "billing_subscription", "hard_limit_usd": 20.0, "access_until": 0}
USAGE: dict[str, Any] = {"object": "list", "total_usage": 123.45}


@pytest.fixture
def connection(team: Team) -> Iterator[Connection]:
    with scope(team):
        yield make_connection(team, base_url="https://gateway.example.com")
    cache.clear()


def told(client: Client, connection: Connection, allowance: object, usage: object = USAGE, status: int = 200) -> str:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(status, json=allowance if "subscription" in request.url.path else usage)

    with override_settings(GATEWAY_TRANSPORT=lambda: httpx.MockTransport(answer)):
        page = client.get("/team/balance/", {"connection": connection.pk})
        client.get("/team/balance/", {"connection": connection.pk})
    assert page.status_code == 200
    assert len(asked) == 2  # two figures, and the second page has them from the first
    return str(page.content.decode())


def test_what_is_left_is_the_allowance_less_what_was_spent(
    connection: Connection, bob: User, signed_in: SignIn
) -> None:
    assert "18.77 left on this key, 1.23 spent; usually US dollars, not points." in told(
        signed_in(bob), connection, ALLOWANCE
    )


def test_on_the_sandbox_nothing_is_said_of_dollars(connection: Connection, bob: User, signed_in: SignIn) -> None:
    Connection.objects.filter(pk=connection.pk).update(is_sandbox=True)
    page = told(signed_in(bob), connection, ALLOWANCE)
    assert "18.77 are left on this key" in page
    assert "dollar" not in page


def test_a_key_without_a_limit_says_so(connection: Connection, bob: User, signed_in: SignIn) -> None:
    assert "no limit" in told(signed_in(bob), connection, ALLOWANCE | {"hard_limit_usd": 100000000})


@pytest.mark.parametrize("allowance", [{"error": {"message": "no"}}, [], "text", {"hard_limit_usd": True}])
def test_a_gateway_that_does_not_tell_is_no_fault(
    connection: Connection, bob: User, signed_in: SignIn, allowance: object
) -> None:
    assert "does not say" in told(signed_in(bob), connection, allowance)


def test_the_balance_is_the_team_s_own_and_not_a_viewer_s(
    connection: Connection, charlie: User, dana: User, signed_in: SignIn
) -> None:
    asked = {"connection": connection.pk}
    assert signed_in(charlie).get("/team/balance/", asked).status_code == 404
    assert signed_in(dana).get("/team/balance/", asked).status_code == 403
    assert signed_in(charlie).get("/team/balance/", {"connection": "²"}).status_code == 404
