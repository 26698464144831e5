"""What was typed for one operation, carried to another under real hands: both drafts stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.browser.looking import body_holds, fits
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMPT = "#c-prompt"
OPEN = "button[formaction$='/elsewhere/']:visible"
TO = "button[formaction='/compose/kling.text2video/from/runway.generate-text/']"


@pytest.fixture
def form(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    make_connection(team, name="Sandbox")
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/")
    return page


def carry(form: Page, prompt: str) -> None:
    form.locator(PROMPT).fill(prompt)
    body_holds(form, prompt)
    form.locator(".compose__change summary").click()
    form.locator(OPEN).click()
    form.locator(TO).click()
    expect(form.locator(PROMPT)).to_have_value(prompt)


def test_what_is_carried_arrives_and_every_draft_stays(form: Page, live_server: LiveServer) -> None:
    form.goto(f"{live_server.url}/compose/kling.text2video/")
    form.locator(PROMPT).fill("kept over there")
    body_holds(form, "kept over there")
    form.goto(f"{live_server.url}/compose/runway.generate-text/")
    carry(form, "a red boat")
    expect(form.locator(".carried__row").first).to_be_visible()
    form.locator(PROMPT).fill("a red boat at night")
    body_holds(form, "a red boat at night")
    form.reload()
    expect(form.locator(PROMPT)).to_have_value("a red boat at night")
    form.goto(f"{live_server.url}/compose/kling.text2video/from/runway.generate-text/")
    expect(form.locator(PROMPT)).to_have_value("a red boat at night")
    form.goto(f"{live_server.url}/compose/kling.text2video/")
    expect(form.locator(PROMPT)).to_have_value("kept over there")
    form.goto(f"{live_server.url}/compose/runway.generate-text/")
    expect(form.locator(PROMPT)).to_have_value("a red boat")


def test_the_table_can_be_put_away(form: Page) -> None:
    carry(form, "a red boat")
    form.locator("[data-dismiss]").click()
    expect(form.locator(".carried")).to_have_count(0)
    expect(form.locator(PROMPT)).to_be_focused()


def test_nothing_is_wider_than_a_phone(form: Page) -> None:
    form.set_viewport_size({"width": 390, "height": 844})
    form.locator(PROMPT).fill("a red boat " * 30)
    for press, comes in ((OPEN, TO), (TO, ".carried")):
        form.locator(press).click()
        expect(form.locator(comes)).to_be_visible()
        fits(form)
