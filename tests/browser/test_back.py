"""Back, where a page was searched or filtered in place: in a browser that keeps no page alive."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.library.making import make_preset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(page: Page, live_server: LiveServer, team: Team, bob: User, signed_in: Callable[[User], Client]) -> Page:
    cookie = signed_in(bob).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def is_whole(page: Page) -> None:
    expect(page.locator("main#main, main").first).to_be_visible()
    assert page.evaluate("document.styleSheets.length") > 0
    assert page.locator("header, nav").count() > 0


def looked_for(page: Page, address: str, team: Team, person: User) -> None:
    make_preset(team, person, name="A boat")
    page.goto(address)
    page.locator("#search").press_sequentially("b")
    page.wait_for_url(lambda url: "q=b" in url)


def test_back_after_a_search_shows_the_page(reader: Page, live_server: LiveServer, team: Team, bob: User) -> None:
    looked_for(reader, f"{live_server.url}/library/", team, bob)
    reader.goto(f"{live_server.url}/tasks/")
    reader.go_back()
    is_whole(reader)
    expect(reader.locator("#search")).to_have_value("b")


def test_back_to_what_stood_there_before_shows_the_page(
    reader: Page, live_server: LiveServer, team: Team, bob: User
) -> None:
    """Here htmx asks for it."""
    looked_for(reader, f"{live_server.url}/library/", team, bob)
    with reader.expect_response(lambda answer: answer.url.endswith("/library/")):
        reader.go_back()
    expect(reader.locator("#search")).to_have_value("")
    is_whole(reader)
    assert reader.locator("main").count() == 1
