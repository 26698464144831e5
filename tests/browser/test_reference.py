"""The reference under real hands: found by keys, read with the contents beside it, tried."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio import catalog
from studio.teams.models import Team, User
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = catalog.get("runway.generate-text")
HERE = ".ref__toc [aria-current]"


@pytest.fixture
def reader(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    """The index, as Alice sees it, with a clipboard that may be read."""
    make_connection(team, name="Sandbox")
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{live_server.url}/tasks/")
    page.keyboard.type("gd")
    page.wait_for_url(re.compile("/reference/$"))
    return page


def test_an_operation_is_found_read_and_tried_by_keys_alone(reader: Page) -> None:
    reader.keyboard.press("/")
    reader.keyboard.type("/runway/v1/pro 文生视频")
    expect(reader.locator(".ref-list__row")).to_have_count(1)
    assert "q=" in reader.url
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile("/reference/runway.generate-text/$"))
    reader.get_by_role("link", name="Try it").press("Enter")
    reader.wait_for_url(re.compile(r"/compose/runway.generate-text/\?example$"))
    expect(reader.locator("#c-prompt")).to_have_value(TEXT.example["prompt"])


def test_words_that_fit_nothing_lead_back(reader: Page) -> None:
    reader.get_by_role("searchbox").fill("zzz")
    reader.get_by_role("link", name="Show everything").click()
    everything = len(catalog.operations()) + sum(len(system.guides) for system in catalog.systems())
    expect(reader.locator(".ref-list__row")).to_have_count(everything)


@pytest.mark.parametrize(("width", "shown"), [(1280, "options.seconds"), (390, "Parameters")])
def test_the_contents_show_where_the_reader_is(reader: Page, width: int, shown: str) -> None:
    reader.set_viewport_size({"width": width, "height": 800})
    reader.goto(reader.url + "runway.generate-text/")
    expect(reader.locator(HERE)).to_have_text("Overview")
    reader.goto(reader.url + "#p-options-seconds")
    expect(reader.locator("#p-options-seconds")).to_be_in_viewport()
    expect(reader.locator(HERE)).to_have_text(shown)
    reader.get_by_role("navigation", name="On this page").get_by_role("link", name="Polling").click()
    expect(reader.locator("#polling-title")).to_be_in_viewport()


def test_the_example_is_copied_as_it_stands(reader: Page) -> None:
    reader.goto(reader.url + "runway.generate-text/")
    reader.locator("[data-copy='#example']").click()
    expect(reader.locator("[data-copy='#example']")).to_have_text("Copied")
    expect(reader.locator("#say")).to_have_text("Copied")
    expect(reader.locator("#say")).to_have_text("")
    assert json.loads(reader.evaluate("navigator.clipboard.readText()")) == json.loads(catalog.dumps(TEXT.example))
