"""The palette under real hands: opened from anywhere, chosen from with arrows, and never ahead of an input method."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.browser.test_pages import faults
from tests.factories import make_connection
from tests.library.making import make_prompt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COMPOSE = """(input, [text, done]) => {
    input.value = text;
    if (done) input.dispatchEvent(new CompositionEvent("compositionend", { data: text }));
    else {
        input.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
    }
}"""


def open_palette(page: Page, live_server: LiveServer, client: Client) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/team/")
    page.keyboard.press("Control+k")


def test_the_palette_leads_anywhere_by_keys_alone(
    page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    make_connection(team)
    prompt = make_prompt(team, alice, name="湖面", text="湖面上的纸船")
    open_palette(page, live_server, signed_in(alice))
    box, chosen = (
        page.get_by_role("combobox", name="Search, or go anywhere"),
        page.locator("[role=option][aria-selected=true]"),
    )
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(chosen).to_have_count(1)
    assert not faults(page)

    box.press_sequentially("word li")
    expect(chosen).to_have_attribute("href", "/prompts/lists/")
    box.press("ArrowUp")
    expect(chosen).to_contain_text("Search everything")
    box.press("ArrowDown")
    expect(chosen).to_have_attribute("href", "/prompts/lists/")
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "none")
    box.press("Enter")
    page.wait_for_url("**/prompts/lists/")

    page.locator("[data-palette-open]").click()
    expect(chosen).to_have_count(1)
    box.evaluate(COMPOSE, ["纸船", False])
    expect(page.locator(f"[href='/prompts/{prompt.pk}/']")).to_have_count(0)
    box.evaluate(COMPOSE, ["纸船", True])
    expect(chosen).to_have_attribute("href", f"/prompts/{prompt.pk}/")
    box.press("Escape")
    expect(box).to_be_hidden()
    assert page.url.endswith("/prompts/lists/")

    page.keyboard.press("Control+k")
    expect(chosen).to_have_count(1)
    box.fill("纸船")
    box.press("Enter")  # before the answer is here
    page.wait_for_url(f"**/prompts/{prompt.pk}/")


def test_an_arrow_before_the_answer_holds_for_the_answer_too(
    page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    open_palette(page, live_server, signed_in(alice))
    box, chosen = page.get_by_role("combobox", name="Search, or go anywhere"), page.locator("[aria-selected=true]")
    box.fill("word lis")
    expect(chosen).to_have_attribute("href", "/prompts/lists/")
    held: list[Route] = []
    page.route(re.compile(r"palette/\?q=word.+list$"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"palette/\?q=word.+list$")):
        box.press("t")
    box.press("ArrowUp")
    expect(chosen).to_have_attribute("href", "/search/?q=word+lis")
    held[0].continue_()
    expect(chosen).to_have_attribute("href", "/search/?q=word+list")
    box.press("s")
    expect(chosen).to_have_attribute("href", "/prompts/lists/")
