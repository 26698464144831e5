"""The composer under real hands: typing, an input method, another model, JSON, keys, a reload."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMPT = "#c-prompt"


@pytest.fixture
def form(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    """A fresh form of the first operation, as Alice sees it."""
    make_connection(team, name="Sandbox")
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/")
    return page


def body(page: Page) -> str:
    return page.locator("#body-text").input_value()


def body_holds(page: Page, text: str) -> None:
    page.wait_for_function("text => document.getElementById('body-text')?.value.includes(text)", arg=text)


def test_typing_updates_the_body_and_keeps_focus_and_caret(form: Page) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    form.evaluate("document.querySelector('#c-prompt').setSelectionRange(2, 2)")
    form.evaluate("window.same = document.activeElement")
    form.keyboard.type("paper ")
    body_holds(form, "a paper boat")
    assert form.evaluate("document.activeElement === window.same && window.same.selectionStart") == 8


def test_an_open_composition_is_left_alone(form: Page) -> None:
    form.locator(PROMPT).press_sequentially("rain ")
    body_holds(form, "rain ")
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url))
    keys = form.context.new_cdp_session(form)
    keys.send("Input.imeSetComposition", {"text": "y", "selectionStart": 1, "selectionEnd": 1})
    keys.send("Input.imeSetComposition", {"text": "yu", "selectionStart": 2, "selectionEnd": 2})
    form.evaluate("htmx.trigger('#compose', 'change')")
    form.evaluate("new Promise(done => setTimeout(done, 400))")
    assert not asked
    assert form.locator(PROMPT).input_value() == "rain yu"
    keys.send("Input.insertText", {"text": "雨"})
    body_holds(form, "rain 雨")
    assert form.locator(PROMPT).input_value() == "rain 雨"


def test_another_model_parks_fields_and_brings_them_back(form: Page) -> None:
    form.get_by_text("gen2", exact=True).click()
    style = form.locator("#u-style")
    expect(style.get_by_text("other …")).to_be_visible()
    assert form.evaluate("document.activeElement.name") == "v:model"
    style.get_by_text("other …").click()
    form.keyboard.type("noir")
    body_holds(form, '"noir"')
    form.locator("#c-model").get_by_text("gen3", exact=True).click()
    expect(style.get_by_text("ignored by gen3, still sent")).to_be_visible()
    style.get_by_role("button", name="leave out").click()
    expect(style.get_by_role("button", name="bring back")).to_be_focused()
    assert "noir" not in body(form)
    style.get_by_role("button", name="bring back").click()
    body_holds(form, '"noir"')
    form.get_by_text("gen2", exact=True).click()
    expect(form.locator("#c-style-other")).to_have_value("noir")


def test_a_typed_number_stays_exact_and_the_slider_follows(form: Page) -> None:
    form.get_by_text("gen2", exact=True).click()
    number = form.locator("#c-options-motion_vector-y")
    number.fill("0.3999999999999999")
    body_holds(form, "0.3999999999999999")
    assert number.input_value() == "0.3999999999999999"
    slider = form.locator("#c-options-motion_vector-x-slider")
    slider.focus()
    slider.fill("-6")
    body_holds(form, '"x": -6')


def test_the_body_is_edited_as_json_and_leaving_it_fills_the_form(form: Page) -> None:
    form.locator("#json-open").click()
    form.locator("#json").fill('{\n  "prompt": oops\n}')
    form.locator(PROMPT).click()
    expect(form.get_by_text("Line 2, column 13").first).to_be_visible()
    form.locator("#json").fill('{"prompt": "from JSON", "model": "gen3", "seed": 12345678901234567890}')
    form.locator("#json-done").click()
    expect(form.locator(PROMPT)).to_have_value("from JSON")
    expect(form.locator("#extra")).to_have_value('{\n  "seed": 12345678901234567890\n}')


def test_a_line_leads_to_its_field_and_a_reason_too(form: Page) -> None:
    form.locator("a.line__code", has_text="seconds").click()
    assert form.evaluate("document.activeElement.name") == "v:options.seconds"
    form.locator("#run-button").click(force=True)  # it says that it is disabled, and still leads to the reason
    expect(form.locator(PROMPT)).to_be_focused()


def test_enter_never_runs_and_ctrl_enter_does(form: Page, team: Team) -> None:
    form.get_by_text("gen2", exact=True).click()
    form.locator("#c-options-motion_vector-x").press("Enter")
    form.locator(PROMPT).press_sequentially("a boat")
    with form.expect_navigation():
        form.keyboard.press("Control+Enter")
    with scope(team):
        assert [task.prompt for task in Task.objects.all()] == ["a boat"]


def test_a_draft_survives_a_reload_until_it_is_started_over(form: Page) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    form.get_by_text("gen2", exact=True).click()
    body_holds(form, '"gen2"')
    form.reload()
    expect(form.locator(PROMPT)).to_have_value("a boat")
    expect(form.locator("[name='v:model'][value=gen2]")).to_be_checked()
    form.get_by_role("link", name="start over").click()
    expect(form.locator(PROMPT)).to_have_value("")
    expect(form.locator("#restored")).to_have_count(0)


def test_going_back_after_a_run_finds_the_form_filled_and_runs_anew(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    for count in (1, 2):
        with form.expect_navigation(url="**/tasks/**"):
            form.keyboard.press("Control+Enter")
        with scope(team):
            assert Task.objects.count() == count
        form.go_back()
        expect(form.locator(PROMPT)).to_have_value("a boat")
        body_holds(form, "a boat")


def test_a_slow_press_on_run_right_after_typing_is_not_lost(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    form.locator("#run-button").hover()
    with form.expect_response("**/preview/"):  # the field is left, so the body is asked for, and its answer arrives
        form.mouse.down()
    with form.expect_navigation(url="**/tasks/**"):
        form.mouse.up()
    with scope(team):
        assert Task.objects.count() == 1
