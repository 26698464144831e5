"""Every page, as people meet it: wide and narrow, light and dark, in both languages, with nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from studio.tasks.states import State
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_connection, make_task

LOOKS = [
    ("en", "light", 1280),
    ("en", "dark", 390),
    ("zh-hans", "light", 390),
    ("zh-hans", "dark", 1280),
]
SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/nothing-here/", "/sign-in/used/"]
SIGNED_IN = [
    "/compose/",
    "/compose/runway.generate-text/",
    "/compose/runway.generate-image/",
    "/compose/runway.generate-text/?example",
    "/reference/",
    "/reference/?q=nothing",
    "/reference/runway.generate-text/",
    "/reference/runway.feed/",
    "/reference/gateway.model/",
    "/tasks/",
    "/tasks/?state=failed&q=nothing",
    "/tasks/inbox/",
    "/results/",
    "/team/connections/",
    "/team/connections/new/",
    "/style/",
]


def finding(violation: dict[str, Any]) -> str:
    targets = ", ".join(str(node["target"]) for node in violation["nodes"][:4])
    return f"{violation['id']} ({violation['impact']}): {targets}"


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, and a page that scrolls sideways."""
    # Its preloading would ask the server for the sheets' imports at addresses beside the page.
    violations = Axe().run(page, options={"preload": False}).response["violations"]
    found = [finding(v) for v in violations if v["impact"] in {"serious", "critical"}]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        found.append("scrolls sideways")
    return found


def look_at(page: Page, address: str, paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(address + path)
        page.wait_for_load_state("load")
        if trouble := faults(page):
            found[path] = trouble
    return found


def open_page(context: BrowserContext, address: str, language: str, user: User | None = None) -> Page:
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if user:
        client = Client()
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context.new_page()


@pytest.fixture
def paths(transactional_db: None, team: Team, alice: User) -> list[str]:
    """The pages above, and one task page for each state a task can be in."""
    with scope(team):
        connection = make_connection(team, name="Sandbox")
        pages = []
        for state in State:
            if state != State.NOT_SENT:
                task = make_task(
                    team, alice, connection, state=state, error="任务失败" if state == State.FAILED else ""
                )
                make_attempt(task, open=not task.is_final)
                pages.append(f"/tasks/{task.pk}/")
    return [*SIGNED_IN, f"/team/connections/{connection.pk}/", f"/team/connections/{connection.pk}/sandbox/", *pages]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    paths: list[str],
    alice: User,
    language: str,
    scheme: str,
    width: int,
) -> None:
    # Without motion: what fades in has no colour of its own yet.
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce"}
    stranger = open_page(new_context(**options), live_server.url, language)
    person = open_page(new_context(**options), live_server.url, language, alice)
    found = look_at(stranger, live_server.url, SIGNED_OUT) | look_at(person, live_server.url, paths)
    assert not found, "\n".join(f"{path}: {trouble}" for path, trouble in found.items())
