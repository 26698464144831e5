"""The picker by the keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.browser.looking import fits
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CARDS = "#shelves [data-row-link]"


@pytest.fixture
def picker(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    make_connection(team, name="Sandbox")
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/")
    return page


def test_arrows_walk_over_the_cards_as_they_lie(picker: Page) -> None:
    search, cards = picker.locator("[data-search]"), picker.locator(CARDS)
    expect(search).to_be_focused()
    picker.keyboard.press("ArrowDown")
    expect(cards.nth(0)).to_be_focused()
    picker.keyboard.press("ArrowRight")
    expect(cards.nth(1)).to_be_focused()
    picker.keyboard.press("ArrowDown")
    focused = picker.evaluate("document.activeElement.getBoundingClientRect().top")
    assert focused > cards.nth(1).bounding_box()["y"]  # type: ignore[index]
    picker.keyboard.press("ArrowUp")
    picker.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    picker.keyboard.press("ArrowDown")
    picker.keyboard.press("/")
    expect(search).to_be_focused()


def test_enter_opens_the_first_that_was_found_also_right_after_typing(picker: Page) -> None:
    picker.keyboard.type("可灵 文生视频", delay=1)
    picker.keyboard.press("Enter")
    picker.wait_for_url(re.compile(r"/compose/kling\.text2video/$"))


def test_who_comes_back_finds_the_page_where_it_was_left(picker: Page) -> None:
    card = picker.locator("#shelves [href^='/compose/']").last
    card.scroll_into_view_if_needed()
    where = picker.evaluate("window.scrollY")
    assert where > 500
    card.click()
    picker.wait_for_url(re.compile(r"/compose/.+/$"))
    picker.go_back()
    picker.wait_for_function("where => Math.abs(window.scrollY - where) < 5", arg=where)


def test_a_filter_stays_while_one_searches_and_goes_back(picker: Page) -> None:
    picker.get_by_role("navigation", name="By what it makes").get_by_text("Picture").click()
    expect(picker).to_have_url(re.compile(r"kind=image"))
    picker.locator("[data-search]").fill("kling")
    expect(picker).to_have_url(re.compile(r"q=kling.*kind=image|kind=image.*q=kling"))
    expect(picker.locator(CARDS)).to_have_count(1)
    picker.reload()
    expect(picker.locator(CARDS)).to_have_count(1)


def test_no_filter_is_wider_than_a_phone(picker: Page) -> None:
    picker.set_viewport_size({"width": 390, "height": 844})
    fits(picker)
