"""Where the system gives all colours, what is chosen still differs from what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.browser.test_pages import open_page
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# How many looks the parts have that a selector finds, by one property of them or of what stands before them.
LOOKS = """([parts, property, pseudo]) => [...new Set(
  [...document.querySelectorAll(parts)].map((part) => getComputedStyle(part, pseudo)[property])
)]"""


@pytest.fixture
def page(live_server: LiveServer, new_context: Callable[..., BrowserContext], team: Team, alice: User) -> Page:
    make_connection(team, name="Sandbox")
    return open_page(new_context(forced_colors="active", reduced_motion="reduce"), live_server.url, "en", alice)


def looks(page: Page, parts: str, look: str = "backgroundColor", pseudo: str | None = None) -> set[str]:
    return set(page.evaluate(LOOKS, [parts, look, pseudo]))


def test_what_is_chosen_can_be_told_by_its_ground(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/compose/runway.generate-text/?fresh")
    page.wait_for_load_state("load")
    chosen = looks(page, ".segmented > :has(:checked), .rooms a[aria-current]")
    assert len(chosen) == 1
    assert not chosen & looks(page, ".segmented > :not(:has(:checked)), .rooms a:not([aria-current])")
    page.goto(f"{live_server.url}/tasks/")
    assert looks(page, ".chip[aria-current]") == chosen
    assert not chosen & looks(page, ".chip:not([aria-current])")


def test_a_switch_has_a_knob_that_shows_where_it_stands(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/compose/runway.generate-text/?fresh")
    page.wait_for_load_state("load")
    for turned in ("off", "on"):
        page.locator("#private").set_checked(turned == "on")
        assert looks(page, "#private") != looks(page, "#private", pseudo="::before"), turned


def test_only_the_open_tab_is_underlined(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/team/spending/")
    ground = looks(page, "html")
    assert looks(page, ".tabs > :not([aria-current])", "borderBottomColor") == ground
    assert not looks(page, ".tabs > [aria-current]", "borderBottomColor") & ground
