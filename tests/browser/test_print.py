"""A task, a preset and a prompt on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.looking import fits
from tests.browser.test_pages import open_page
from tests.factories import make_attempt, make_task
from tests.library.making import make_preset, make_prompt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODY = '{\n  "prompt": "' + "a paper boat in the fog, " * 80 + '"\n}'
PRESSED = "header.bar, .button, .offers, .talk__form, .tabs, form > .segmented"
DARK = "() => getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture
def paper(live_server: LiveServer, new_context: Callable[..., BrowserContext], team: Team, alice: User) -> Page:
    """A page's width on A4, in the dark scheme that Alice likes on a screen."""
    page = open_page(
        new_context(viewport={"width": 718, "height": 1000}, color_scheme="dark"), live_server.url, "en", alice
    )
    page.emulate_media(media="print")
    return page


def test_a_task_is_printed_whole_in_black_on_white(
    paper: Page, live_server: LiveServer, team: Team, alice: User
) -> None:
    with scope(team):
        task = make_task(team, alice, state="failed", error="no boats today", body_text=BODY)
        make_attempt(task)
    paper.goto(f"{live_server.url}/tasks/{task.pk}/")
    fits(paper)
    assert paper.evaluate(DARK) == "rgb(255, 255, 255)"
    for said in ("Body", "Attempts, answers and callbacks", "Facts", "Timeline"):
        expect(paper.get_by_role("heading", name=said).first).to_be_visible()
    body = paper.locator("#body-text")
    assert body.evaluate("part => part.scrollHeight <= part.clientHeight"), "what is scrolled away is lost on paper"
    expect(paper.locator(PRESSED).filter(visible=True)).to_have_count(0)


def test_so_are_a_preset_and_a_prompt(paper: Page, live_server: LiveServer, team: Team, alice: User) -> None:
    preset, prompt = make_preset(team, alice), make_prompt(team, alice, text="a paper boat " * 200)
    for path, said in ((f"/library/{preset.pk}/", "gen3"), (f"/prompts/{prompt.pk}/", "a paper boat")):
        paper.goto(live_server.url + path)
        fits(paper)
        expect(paper.get_by_role("main")).to_contain_text(said)
        expect(paper.get_by_role("heading", name="Versions")).to_be_visible()
        expect(paper.locator(PRESSED).filter(visible=True)).to_have_count(0)
