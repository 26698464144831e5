"""The prompt's box under real hands: a pattern, its words, its texts, saved prompts, and the ones before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.looking import body_holds
from tests.browser.test_composer import enter
from tests.browser.test_pages import faults
from tests.factories import make_connection, make_task
from tests.library.making import make_prompt, make_word_list

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMPT = "#c-prompt"


@pytest.fixture
def form(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    make_connection(team, name="Sandbox")
    make_word_list(team, alice, name="lens", lines=["24 mm", "85 mm"])
    make_prompt(team, alice, name="Paper boats", text="a {soft|loud} boat")
    with scope(team):
        make_task(team, alice, prompt="the one before")
    enter(page, live_server, signed_in(alice))
    return page


def test_a_pattern_is_asked_about_while_it_is_typed(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a {red|blue} {{animal|cat}}, __lens__", delay=5)
    body_holds(form, "a red cat, 24 mm")
    expect(form.locator("#pattern")).to_contain_text("4 combinations")
    form.get_by_label("animal").press_sequentially("fox")
    body_holds(form, "a red fox, 24 mm")
    expect(form.get_by_label("animal")).to_be_focused()
    form.locator(".pattern__show").click()
    texts = form.locator(".pattern__texts label")
    expect(texts).to_have_count(4)
    assert not faults(form)
    texts.nth(0).locator("input").uncheck()
    texts.nth(1).locator("input").uncheck()
    body_holds(form, "a blue fox, 24 mm")
    expect(form.locator("#run-which")).to_contain_text("one of 2")
    form.get_by_label("animal").fill("owl")
    body_holds(form, "a blue owl, 24 mm")
    form.reload()
    body_holds(form, "a blue owl, 24 mm")
    form.keyboard.press("Control+Enter")
    form.wait_for_url("**/tasks/*/")
    with scope(team):
        assert Task.objects.latest("id").prompt == "a blue owl, 24 mm"
    form.go_back()
    body_holds(form, "a blue owl, 24 mm")


def test_a_click_sends_braces_as_they_are_typed(form: Page) -> None:
    form.locator(PROMPT).fill("a {red|blue} cat")
    body_holds(form, '"a red cat"')
    form.get_by_role("button", name="Send it as it is typed").click()
    body_holds(form, "a {red|blue} cat")
    form.get_by_role("button", name="Read it as a pattern").click()
    body_holds(form, '"a red cat"')


def test_some_are_drawn_at_random(form: Page) -> None:
    form.locator(PROMPT).fill("{a|b|c|d|e}{1|2|3|4|5}")
    expect(form.locator("#pattern")).to_contain_text("25 combinations")
    form.get_by_text("At random").click()
    form.get_by_label("How many").fill("3")
    expect(form.locator("#run-which")).to_contain_text("one of 3")
    before = form.get_by_role("textbox", name="Seed").input_value()
    form.get_by_role("button", name="Another seed").click()
    expect(form.get_by_role("textbox", name="Seed")).not_to_have_value(before)


def test_a_saved_prompt_goes_into_the_box_and_undo_brings_back_what_stood_there(form: Page) -> None:
    form.locator(PROMPT).fill("mine")
    form.get_by_role("button", name="Open a saved prompt").click()
    form.locator("#prompts [type=search]").fill("paper")
    form.get_by_role("button", name="Paper boats").click()
    expect(form.locator(PROMPT)).to_have_value("a {soft|loud} boat")
    body_holds(form, "a soft boat")
    form.locator(PROMPT).press("Control+z")
    expect(form.locator(PROMPT)).to_have_value("mine")


def test_alt_and_an_arrow_walk_through_the_last_prompts(form: Page) -> None:
    box = form.locator(PROMPT)
    box.fill("half a thou")
    box.press("Alt+ArrowUp")
    expect(box).to_have_value("the one before")
    body_holds(form, "the one before")
    expect(form.locator("#say")).to_have_text("Earlier prompt 1 of 1")
    box.press("Alt+ArrowDown")
    expect(box).to_have_value("half a thou")
    form.get_by_role("button", name="Earlier prompts").click()
    form.get_by_role("button", name="the one before").click()
    expect(box).to_have_value("the one before")
    box.press("Alt+ArrowDown")
    expect(box).to_have_value("half a thou")
