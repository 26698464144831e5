"""Secrets that come back to us, or that we hold: in no row, and on no error page."""

from __future__ import annotations

import json
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from studio.logs import SECRET, Hidden
from studio.tasks.address import callback_url
from studio.tasks.masking import mask, without_secrets
from studio.tasks.models import Callback
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_attempt, make_task

MAC, KEY = "0123456789" * 4, "sk-canary-0f3a91d27c55"
ADDRESS = f"https://studio.example.com/callback/{'ab' * 16}/{MAC}/"
SIGNATURE = "1xWQVh.-jKF6UjZQ4CQkuZFq9y3ZD4atTnb5ISI7Vj_PNLLeHk"
FILE = f"https://studio.example.com/files/in/{'cd' * 16}/{SIGNATURE}/fox.png"


@pytest.mark.parametrize(("address", "secret"), [(ADDRESS, MAC), (FILE, SIGNATURE)])
def test_an_address_of_ours_is_cut_in_every_writing_and_nothing_else(address: str, secret: str) -> None:
    nested = json.dumps(json.dumps({"notify": address}).replace("/", "\\/"))
    for text in (
        address,
        json.dumps(address).replace("/", "\\/"),
        nested,
        quote(address, ""),
        quote(quote(address, ""), ""),
    ):
        kept = without_secrets(f"{KEY} {text}".encode(), KEY).decode()
        assert secret not in kept
        assert KEY not in kept
        assert secret not in mask(text)
        assert secret not in SECRET.sub("...", text)
    link = b"https://cdn.example.com/callback/files/in/2026/11/clip.mp4?callback/x/y"
    assert without_secrets(link, KEY) == link
    assert mask(mask(address)) == mask(address)


@pytest.mark.usefixtures("everywhere")
def test_a_callback_that_repeats_its_address_and_the_key_is_kept_without_them(team: Team, alice: User) -> None:
    attempt = make_attempt(make_task(team, alice, state=State.ACCEPTED), gateway_id="g1")
    url = callback_url(attempt)
    body = json.dumps({"task_id": "g1", "status": "1", "msg": attempt.connection.key, "notifyHook": url})
    assert Client().post(urlsplit(url).path, body, content_type="application/json").status_code == 200
    kept = bytes(Callback.objects.get().body).decode()
    assert kept == body.replace(attempt.connection.key, "***").replace(url.split("/")[-2], "***")


def test_a_session_is_kept_under_another_name_than_the_browser_brings(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    key = client.cookies["sessionid"].value
    assert client.get("/profile/").status_code in {200, 302, 404}
    assert not Session.objects.filter(session_key=key).exists()
    [name] = Session.objects.values_list("session_key", flat=True)
    thief = Client()
    thief.cookies["sessionid"] = name
    assert "_auth_user_id" not in thief.session
    assert client.session["_auth_user_id"] == str(alice.pk)
    client.logout()
    assert not Session.objects.exists()


def test_a_developer_s_error_page_shows_names_and_no_values() -> None:
    request = RequestFactory().post("/", {"key": KEY}, headers={"cookie": f"sessionid={KEY}"})
    held = {"key": KEY}
    try:
        raise RuntimeError("forced")
    except RuntimeError as fault:
        reporter = ExceptionReporter(request, type(fault), fault, fault.__traceback__)
        reporter.filter = Hidden()
        pages = [reporter.get_traceback_html(), reporter.get_traceback_text()]
    assert held["key"] == KEY
    for page in pages:
        assert "forced" in page
        assert KEY not in page
