"""The sandbox's door, against the real sandbox in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from studio.sandbox.app import make_app
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection

CALLBACK = "http://127.0.0.1:8000/callback/1/2/"


@pytest.fixture
def transport(settings: Any) -> httpx.WSGITransport:
    transport = httpx.WSGITransport(app=make_app())
    settings.GATEWAY_TRANSPORT = lambda: transport
    return transport


@pytest.fixture
def connection(team: Team, everywhere: None) -> Connection:
    return make_connection(team, name="Sandbox", is_sandbox=True)


@pytest.fixture
def owner(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def state(transport: httpx.WSGITransport) -> dict[str, Any]:
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:8001") as client:
        told: dict[str, Any] = client.get("/_sandbox/state").json()
    return told


def turn(client: Client, connection: Connection, verb: str, **form: str) -> str:
    path = reverse("teams:sandbox-turn", args=[connection.pk, verb])
    return client.post(path, form, follow=True).content.decode()


def submit(transport: httpx.WSGITransport, key: str, prompt: str) -> None:
    body = {
        "prompt": prompt,
        "callback_url": CALLBACK,
        "model": "gen3",
        "options": {"seconds": 5},
    }
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:8001") as client:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        client.post("/runway/v1/pro/generate", content=json.dumps(body), headers=headers)


def test_the_page_shows_every_fault_and_turns_them(
    owner: Client, connection: Connection, transport: httpx.WSGITransport
) -> None:
    page = owner.get(reverse("teams:sandbox", args=[connection.pk])).content.decode()
    assert 'name="fault:lose-callback"' in page
    assert "A callback is never sent." in page
    form = {"seed": "7", "fault:lose-callback": "100", "fault:hang": "0", "fault:rate-limit": "25"}
    assert "Done." in turn(owner, connection, "faults", **form)
    told = state(transport)
    assert (told["seed"], told["faults"]) == (7, {"lose-callback": 1.0, "rate-limit": 0.25})


def test_its_speed_is_set_and_nonsense_is_answered_with_a_sentence(
    owner: Client, connection: Connection, transport: httpx.WSGITransport
) -> None:
    assert "Done." in turn(owner, connection, "speed", speed="60")
    assert state(transport)["speed"] == 60
    assert "is not a number" in turn(owner, connection, "speed", speed="fast")
    assert "speed is a number above 0" in turn(owner, connection, "speed", speed="-1")
    assert "is not a number" in turn(owner, connection, "faults", seed="nan")
    assert "is not a whole number" in turn(owner, connection, "faults", seed="1.5")


def test_a_team_sees_what_it_sent_and_nothing_of_others(
    owner: Client, connection: Connection, transport: httpx.WSGITransport
) -> None:
    submit(transport, connection.key, "a paper boat")
    submit(transport, "sk-of-another-team", "kanarienvogel")
    submit(transport, "sk-that-ends-alike-key", "kanarienvogel")
    page = owner.get(reverse("teams:sandbox", args=[connection.pk])).content.decode()
    assert page.count("/runway/v1/pro/generate") == 2
    assert "kanarienvogel" not in page
    assert connection.key not in page
    assert CALLBACK not in page
    assert "Done." in turn(owner, connection, "wipe")
    assert "Nothing was sent with" in owner.get(reverse("teams:sandbox-books", args=[connection.pk])).content.decode()


def test_a_sandbox_that_does_not_run_says_how_to_start_it(owner: Client, connection: Connection, settings: Any) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(nobody)
    for page in ("sandbox", "sandbox-books"):
        answer = owner.get(reverse(f"teams:{page}", args=[connection.pk]))
        assert "python -m studio.sandbox --port 8001" in answer.content.decode()
    assert "is not running" in turn(owner, connection, "wipe")


@pytest.mark.parametrize("body", [b"hello", b'{"error": {"message": "Invalid URL"}}', b"[]"])
def test_something_else_at_its_address_is_said(
    body: bytes, owner: Client, connection: Connection, settings: Any
) -> None:
    def hello(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(body))

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(hello)
    page = owner.get(reverse("teams:sandbox", args=[connection.pk])).content.decode()
    assert "Something other than the sandbox" in page


def test_the_secret_goes_to_the_sandbox_and_to_nobody_else(
    owner: Client, connection: Connection, settings: Any
) -> None:
    settings.SANDBOX_SECRET = "open sesame"
    transport = httpx.WSGITransport(app=make_app(secret="open sesame"))
    settings.GATEWAY_TRANSPORT = lambda: transport
    page = reverse("teams:sandbox", args=[connection.pk])
    assert 'name="fault:hang"' in owner.get(page).content.decode()
    settings.SANDBOX_URL = "http://127.0.0.1:8009"
    assert "wants another secret" in owner.get(page).content.decode()


def test_only_a_sandbox_has_this_door(owner: Client, team: Team, everywhere: None) -> None:
    real = make_connection(team)
    assert owner.get(reverse("teams:sandbox", args=[real.pk])).status_code == 404


def test_members_do_not_turn_it(
    bob: User, connection: Connection, signed_in: Callable[[User], Client], transport: httpx.WSGITransport
) -> None:
    assert signed_in(bob).get(reverse("teams:sandbox", args=[connection.pk])).status_code == 403
    assert "owners" in turn(signed_in(bob), connection, "wipe")
