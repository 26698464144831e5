"""Connections: owners write keys that nobody reads, and a test that says what happened."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.teams.forms import ConnectionForm, check_reachable
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection, make_task

KEY = "sk-kanarienvogel-7f3a"
FORM = {
    "name": "Real",
    "base_url": "https://gateway.example.com",
    "key": KEY,
    "concurrency": "3",
    "per_minute": "30",
    "fate": "keep",
    "fate_lines": "",
    "path_lines": "",
}


@pytest.fixture
def owner(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


@pytest.fixture
def connection(team: Team, everywhere: None) -> Connection:
    connection = make_connection(team, name="Real", base_url="https://gateway.example.com", is_sandbox=False)
    connection.set_key(KEY)
    connection.save()
    return connection


def answering(settings: Any, answer: tuple[int, object] | Exception) -> list[httpx.Request]:
    """The gateway answers every request like this (status and JSON or text); the requests are listed."""
    heard: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        text = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(status, stream=httpx.ByteStream(text.encode()))

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(handle)
    return heard


def at(name: str, connection: Connection) -> str:
    return reverse(f"teams:{name}", args=[connection.pk])


def test_an_owner_adds_a_connection_and_a_pasted_v1_is_taken_off(owner: Client, everywhere: None) -> None:
    answer = owner.post(reverse("teams:connection-new"), FORM | {"base_url": " https://gateway.example.com/v1/ "})
    added = Connection.objects.get()
    assert answer["Location"] == at("connection", added)
    assert (added.base_url, added.key, added.key_last4) == ("https://gateway.example.com", KEY, "7f3a")
    assert not added.is_sandbox
    assert "The /v1 was taken off" in owner.get(answer["Location"]).content.decode()


def test_the_key_stands_on_no_page_in_no_row_and_in_no_message(
    owner: Client,
    connection: Connection,
    bob: User,
    dana: User,
    signed_in: Callable[[User], Client],
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    answering(settings, (401, {"error": {"message": f"无效的令牌 {KEY}"}}))
    seen = [
        repr(connection),
        str(connection),
        str(vars(connection)),
        str(connection.client()),
        repr(connection.client()),
    ]
    pages = [reverse("teams:connections"), at("connection", connection)]
    for browser in (owner, signed_in(bob), signed_in(dana)):
        seen += [browser.get(page).content.decode() for page in pages]
    seen.append(owner.post(at("connection-test", connection)).content.decode())
    bad = owner.post(at("connection", connection), FORM | {"name": ""})
    assert bad.status_code == 422
    seen += [bad.content.decode(), str(list(Connection.objects.values())), caplog.text]
    assert all(KEY not in text for text in seen)
    assert sum("7f3a" in text for text in seen) > 6


def test_the_address_of_a_whole_call_is_cut_to_its_root(owner: Client, everywhere: None) -> None:
    owner.post(reverse("teams:connection-new"), FORM | {"base_url": "https://gateway.example.com/v1/chat/completions"})
    assert Connection.objects.get().base_url == "https://gateway.example.com"


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def test_of_two_people_at_one_connection_the_second_hears_of_the_first(owner: Client, connection: Connection) -> None:
    seen = hidden(owner.get(at("connection", connection)), "seen")
    owner.post(at("connection", connection), FORM | {"per_minute": "60", "seen": seen})
    second = FORM | {"name": "Other", "key": ""}
    answer = owner.post(at("connection", connection), second | {"seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody saved this connection while you were here. Yours differs in: Name, Calls per minute." in page
    assert 'value="Other"' in page
    connection.refresh_from_db()
    assert (connection.name, connection.per_minute) == ("Real", 60)
    again = owner.post(at("connection", connection), second | {"seen": hidden(answer, "seen")})
    assert again.status_code == 302
    connection.refresh_from_db()
    assert (connection.name, connection.per_minute) == ("Other", 30)


def test_a_key_is_not_typed_twice_when_another_field_was_wrong(owner: Client, everywhere: None) -> None:
    page = owner.post(reverse("teams:connection-new"), FORM | {"name": ""})
    assert KEY not in page.content.decode()
    assert "(…7f3a) is kept until you save" in page.content.decode()
    mended = FORM | {"key": "", "typed_key": hidden(page, "typed_key")}
    assert owner.post(reverse("teams:connection-new"), mended).status_code == 302
    assert Connection.objects.get().key == KEY


def test_a_key_that_another_team_typed_is_of_no_use(
    owner: Client, charlie: User, signed_in: Callable[[User], Client], everywhere: None
) -> None:
    token = hidden(owner.post(reverse("teams:connection-new"), FORM | {"name": ""}), "typed_key")
    stolen = FORM | {"key": "", "typed_key": token, "base_url": "https://evil.example.com"}
    assert signed_in(charlie).post(reverse("teams:connection-new"), stolen).status_code == 422
    assert not Connection.objects.exists()


def test_saving_a_page_does_not_start_a_key_that_was_stopped_meanwhile(connection: Connection) -> None:
    form = ConnectionForm(FORM | {"key": "", "per_minute": "60"}, instance=Connection.objects.get(pk=connection.pk))
    connection.stop("The key is wrong.")
    assert form.is_valid()
    form.save()
    connection.refresh_from_db()
    assert (connection.per_minute, connection.is_stopped) == (60, True)


def test_an_empty_key_keeps_the_one_there_is(owner: Client, connection: Connection) -> None:
    owner.post(at("connection", connection), FORM | {"key": "", "per_minute": "60"})
    connection.refresh_from_db()
    assert (connection.key, connection.per_minute) == (KEY, 60)


@pytest.mark.parametrize(
    "address", ["https://other.example.com", "https://gateway.example.com:8443", "https://gateway.example.com/proxy"]
)
def test_another_address_asks_for_the_key_again(address: str, owner: Client, connection: Connection) -> None:
    answer = owner.post(at("connection", connection), FORM | {"key": "", "base_url": address})
    assert answer.status_code == 422
    assert "The address changed" in answer.content.decode()
    connection.refresh_from_db()
    assert connection.base_url == "https://gateway.example.com"
    assert owner.post(at("connection", connection), FORM | {"base_url": address}).status_code == 302


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://10.0.0.7", "private address"),
        ("https://localhost:9999", "private address"),
        ("https://169.254.169.254", "private address"),
        ("https://0x7f000001", "private address"),
        ("http://gateway.example.com", "Use https://"),
        ("ftp://gateway.example.com", "must begin with https://"),
        ("https://user:secret@gateway.example.com", "Leave name and password out"),
        ("", "required"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_a_sentence(address: str, sentence: str, owner: Client) -> None:
    answer = owner.post(reverse("teams:connection-new"), FORM | {"base_url": address})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_private_address_that_the_operator_lists_is_taken(settings: Any) -> None:
    settings.PRIVATE_ORIGINS = ["10.0.0.7:3000"]
    check_reachable("http://10.0.0.7:3000")
    with pytest.raises(ValidationError):
        check_reachable("http://10.0.0.7:3001")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"fate_lines": "runway.generate-text:style = sometimes"}, "Choose keep, omit or refuse"),
        ({"fate_lines": "style = omit"}, "is not a field"),
        ({"fate_lines": "default = omit"}, "not as a line"),
        ({"path_lines": "runway.feed /runway/feed"}, "Line 1: write a name"),
        ({"path_lines": "runway.feed = https://evil.example/"}, "must begin with /"),
        ({"path_lines": "runway.feed = //evil.example"}, "must begin with /"),
        ({"path_lines": "runway.feed = /a\nrunway.feed = /b"}, "Line 2"),
        ({"path_lines": "feed = /a"}, "is not an operation"),
        ({"concurrency": "0"}, "greater than or equal to 1"),
        ({"key": "short"}, "This is not a key"),
        ({"fate": "perhaps"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(typed: dict[str, str], sentence: str, owner: Client) -> None:
    answer = owner.post(reverse("teams:connection-new"), FORM | typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_rules_and_paths_are_kept_and_shown_as_lines_again(owner: Client, everywhere: None) -> None:
    lines = {"fate_lines": "runway.generate-text:style = omit", "path_lines": "runway.feed = /proxy/{id}/feed"}
    owner.post(reverse("teams:connection-new"), FORM | lines | {"fate": "refuse"})
    added = Connection.objects.get()
    assert added.fates == {"default": "refuse", "runway.generate-text:style": "omit"}
    assert added.paths == {"runway.feed": "/proxy/{id}/feed"}
    page = owner.get(at("connection", added)).content.decode()
    assert all(line in page for line in lines.values())


def test_a_rule_profile_is_checked_where_it_is_stored(connection: Connection) -> None:
    connection.fates, connection.paths = {"default": "sometimes"}, {"runway.feed": "no slash"}
    with pytest.raises(ValidationError) as fault:
        connection.full_clean()
    assert set(fault.value.message_dict) == {"fates", "paths"}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((200, {"object": "list", "data": [{"id": "a"}, {"id": "b"}]}), "accepted: 2 models"),
        ((401, {"error": {"message": "无效的令牌"}}), "key was not accepted"),
        ((403, "<html>no</html>"), "key was not accepted"),
        ((200, {"error": {"message": "quota"}}), "not a list of models (HTTP 200)"),
        ((200, "<html>hello</html>"), "A web page answered"),
        ((200, {"code": 401, "message": "无效的令牌"}), "无效的令牌"),
        ((400, {"error": {"message": "无效的令牌"}}), "not a list of models (HTTP 400)"),
        ((301, ""), "leads to another address"),
        ((402, {}), "no balance left"),
        ((429, ""), "used too often"),
        ((429, {"error": {"code": "insufficient_user_quota"}}), "no balance left"),
        ((502, "<html>bad gateway</html>"), "out of order (HTTP 502)"),
        ((404, {}), "knows no models"),
        ((503, {"message": "维护中"}), "维护中"),
        (httpx.ConnectError("refused"), "was not reached"),
        (httpx.ReadError("reset"), "gave no whole answer"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_testing_a_connection_says_what_happened(
    answer: tuple[int, object] | Exception, sentence: str, owner: Client, connection: Connection, settings: Any
) -> None:
    heard = answering(settings, answer)
    fragment = owner.post(at("connection-test", connection), headers={"HX-Request": "true"}).content.decode()
    assert sentence in fragment
    assert "<html" not in fragment
    assert heard[0].url == "https://gateway.example.com/v1/models"
    assert heard[0].headers["authorization"] == f"Bearer {KEY}"
    assert sentence in owner.post(at("connection-test", connection)).content.decode()


def test_a_key_that_cannot_be_decrypted_is_said_and_a_new_one_helps(
    owner: Client, connection: Connection, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(KeyUnreadable):
        _ = connection.key
    assert "could not be read" in owner.post(at("connection-test", connection)).content.decode()
    owner.post(at("connection", connection), FORM)
    connection.refresh_from_db()
    assert connection.key == KEY


def test_a_stopped_key_is_shown_and_started_again(owner: Client, connection: Connection) -> None:
    connection.stop("The key is wrong.")
    assert connection.is_stopped
    page = owner.get(at("connection", connection)).content.decode()
    assert "The key is wrong." in page
    owner.post(at("connection-start", connection))
    connection.refresh_from_db()
    assert not connection.is_stopped


def test_a_new_key_starts_a_stopped_connection(owner: Client, connection: Connection) -> None:
    connection.stop("The key is wrong.")
    owner.post(at("connection", connection), FORM)
    connection.refresh_from_db()
    assert not connection.is_stopped


def test_a_pause_only_grows(connection: Connection) -> None:
    now = timezone.now()
    connection.pause(now + timedelta(minutes=5))
    connection.pause(now + timedelta(minutes=1))
    connection.refresh_from_db()
    assert connection.paused_until == now + timedelta(minutes=5)
    assert connection.is_paused
    connection.resume()
    assert not connection.is_paused


def test_a_connection_with_tasks_stays(owner: Client, connection: Connection, team: Team, alice: User) -> None:
    make_task(team, alice, connection)
    answer = owner.post(at("connection-delete", connection))
    assert "so it stays" in str([str(message) for message in get_messages(answer.wsgi_request)])
    assert Connection.objects.filter(pk=connection.pk).exists()


def test_a_connection_without_tasks_goes(owner: Client, connection: Connection) -> None:
    assert owner.post(at("connection-delete", connection))["Location"] == reverse("teams:connections")
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("public", "gateway", "reaches"),
    [
        ("http://127.0.0.1:8000", "https://gateway.example.com", False),
        ("http://studio.lan", "https://gateway.example.com", False),
        ("https://studio.example.com", "https://gateway.example.com", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001", True),
    ],
)
def test_whether_a_gateway_can_call_back_is_told(public: str, gateway: str, reaches: bool, settings: Any) -> None:
    settings.PUBLIC_URL = public
    reached, why = Connection(base_url=gateway).reaches_us()
    assert (reached, bool(why)) == (reaches, not reaches)


def test_keys_move_to_the_newest_encryption_key_and_a_second_run_finds_nothing_to_do(
    connection: Connection, other_team: Team, settings: Any
) -> None:
    make_connection(other_team)
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    assert rotated() == "2 keys encrypted again, 0 already with the newest encryption key."
    assert rotated() == "0 keys encrypted again, 2 already with the newest encryption key."
    settings.ENCRYPTION_KEYS = [new]
    connection.refresh_from_db()
    assert connection.key == KEY


def test_a_key_that_no_encryption_key_fits_is_named_and_the_others_move(
    connection: Connection, team: Team, settings: Any
) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    make_connection(team, name="Forgotten")
    settings.ENCRYPTION_KEYS = [new, old]
    with pytest.raises(CommandError, match="Forgotten"):
        rotated()
    with across_teams():
        connection.refresh_from_db()
    settings.ENCRYPTION_KEYS = [new]
    assert connection.key == KEY


def rotated() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue().strip()
