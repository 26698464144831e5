"""What a browser is told by the pages for strangers and the pages that say no, and by a server in production."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from studio.management.commands.verify import production
from studio.tasks import views
from studio.teams.models import Team, User
from tests.doors import DOORS
from tests.factories import make_user
from tests.policy import faults
from tests.test_doors import URLS, address, knock


def told_of(answers: Iterator[tuple[str, Any]]) -> dict[str, list[str]]:
    return {what: wrong for what, answer in answers if (wrong := faults(answer))}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_for_strangers_keeps_the_rules(method: str, db: None) -> None:
    """The others are looked at by `test_doors.test_whoever_may_pass_does`."""
    doors = [name for name in URLS if name in DOORS and DOORS[name].kind == "public"]
    assert len(doors) > 10
    assert told_of((name, knock(Client(), method, address(name, DOORS[name], {}))) for name in doors) == {}


def test_so_does_every_page_that_says_no(
    team: Team,
    alice: User,
    dana: User,
    other_team: Team,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def walk() -> Iterator[tuple[str, Any]]:
        yield "404", signed_in(alice).get("/nothing/here/")
        yield "403", signed_in(dana).get(reverse("teams:connection-new"))
        yield "no team", signed_in(make_user("frank")).get(reverse("teams:team"))
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(alice)
        yield "csrf", careful.post(reverse("teams:rename"))
        broken = Client(raise_request_exception=False)
        broken.force_login(alice)
        monkeypatch.setattr(views, "render", lambda *_, **__: 1 / 0)
        answer = broken.get(reverse("tasks:list"))
        assert answer.status_code == 500
        yield "500", answer

    assert told_of(walk()) == {}


PRODUCTION = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
from django.test import Client
plain = Client().get("/livez", headers={"host": "studio.example.com"})
headers = dict(Client().get("/", secure=True, headers={"host": "studio.example.com"}).headers)
names = [name for name in dir(settings) if name.startswith(("SESSION_COOKIE", "CSRF_COOKIE"))]
print(json.dumps({
    "plain": [plain.status_code, plain["Location"]], "headers": headers, "debug": settings.DEBUG,
    "stranger": Client().get("/", secure=True, headers={"host": "evil.example"}).status_code,
    "private": settings.PRIVATE_ORIGINS,
    "cookies": {name: getattr(settings, name) for name in names},
}, default=str))
"""


def test_a_server_in_production_is_told_of_no_fault_and_keeps_its_cookies_to_itself() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = production(folder) | {"DJANGO_SETTINGS_MODULE": "studio.settings"}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PRODUCTION],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    cookies, headers = told["cookies"], told["headers"]
    assert "no issues" in done.stdout
    assert told["plain"] == [301, "https://studio.example.com/livez"]
    assert told["debug"] is False
    assert told["stranger"] == 400
    assert told["private"] == []  # no sandbox that nobody asked for
    assert headers["Strict-Transport-Security"] == "max-age=31536000", "whose other names are not ours to speak for"
    assert (cookies["SESSION_COOKIE_NAME"], cookies["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    for cookie in ("SESSION", "CSRF"):
        flags = [cookies[f"{cookie}_COOKIE_{flag}"] for flag in ("SECURE", "PATH", "DOMAIN", "SAMESITE")]
        assert flags == [True, "/", None, "Lax"]
    assert cookies["SESSION_COOKIE_HTTPONLY"] is True
