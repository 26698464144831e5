"""The composer under real hands: typing, an input method, another model, JSON, keys, a reload."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.browser.looking import body_holds
from tests.factories import make_connection, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMPT = "#c-prompt"
COMPOSED_ENTER = """document.querySelector('#c-prompt').dispatchEvent(
    new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true}))"""


@pytest.fixture
def form(page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]) -> Page:
    """A fresh form of the first operation, as Alice sees it."""
    make_connection(team, name="Sandbox")
    enter(page, live_server, signed_in(alice))
    return page


def enter(page: Page, live_server: LiveServer, client: Client) -> None:
    """Open a fresh form as the person whom this client signed in."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/")


def body(page: Page) -> str:
    return page.locator("#body-text").input_value()


def test_typing_updates_the_body_and_keeps_focus_and_caret(form: Page) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    form.evaluate("document.querySelector('#c-prompt').setSelectionRange(2, 2)")
    form.evaluate("window.same = document.activeElement")
    form.keyboard.type("paper ")
    body_holds(form, "a paper boat")
    assert form.evaluate("document.activeElement === window.same && window.same.selectionStart") == 8


def test_the_body_follows_every_key_also_without_a_pause(form: Page) -> None:
    form.locator(PROMPT).focus()
    for count, key in enumerate("a boat in the rain", 1):
        form.keyboard.type(key)
        body_holds(form, f'"prompt": "{"a boat in the rain"[:count]}"')
    form.keyboard.press("Control+z")
    assert form.locator(PROMPT).input_value() != "a boat in the rain", "the browser still knows how to undo"


def test_fast_typing_asks_seldom_and_ends_right(form: Page) -> None:
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url) if "preview" in request.url else None)
    began = time.monotonic()
    form.locator(PROMPT).press_sequentially("0123456789" * 20, delay=5)
    body_holds(form, "0123456789" * 20)
    seconds = time.monotonic() - began
    assert form.locator(PROMPT).input_value() == "0123456789" * 20
    assert len(asked) <= 10 * seconds + 2, "a question in a tenth of a second, however slow the machine types"
    assert len(asked) < 200


def test_an_open_composition_is_left_alone(form: Page) -> None:
    form.locator(PROMPT).press_sequentially("rain ")
    body_holds(form, "rain ")
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url))
    keys = form.context.new_cdp_session(form)
    keys.send("Input.imeSetComposition", {"text": "y", "selectionStart": 1, "selectionEnd": 1})
    keys.send("Input.imeSetComposition", {"text": "yu", "selectionStart": 2, "selectionEnd": 2})
    form.evaluate("document.querySelector('#c-prompt').dispatchEvent(new Event('input', {bubbles: true}))")
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


def hold(form: Page, address: str = "**/preview/") -> list[Route]:
    """Keep the questions to this address on their way until the test lets them go on."""
    held: list[Route] = []
    form.route(address, lambda route: held.append(route))
    return held


def let_go(form: Page, held: list[Route]) -> None:
    while held:
        held.pop(0).continue_()
    form.unroute_all()


def test_what_is_typed_while_a_button_works_stays_and_so_does_what_the_button_did(form: Page) -> None:
    held = hold(form)
    with form.expect_request("**/preview/"):
        form.locator("#u-style").get_by_role("button", name="leave out").click()
    form.locator("#u-options-motion_vector").get_by_role("button", name="leave out").click()
    form.locator(PROMPT).press_sequentially("a boat")
    assert len(held) == 1, "one question at a time"
    let_go(form, held)
    body_holds(form, "a boat")
    assert "style" not in body(form)
    assert "motion_vector" not in body(form)
    expect(form.locator(PROMPT)).to_have_value("a boat")


def test_what_is_chosen_in_a_field_that_is_just_being_redrawn_stays(form: Page) -> None:
    held = hold(form)
    with form.expect_request("**/preview/"):
        form.get_by_text("gen2", exact=True).click()
    form.locator("#u-options-seconds").get_by_text("5", exact=True).click()
    form.locator(PROMPT).focus()
    let_go(form, held)
    expect(form.locator("#u-options-seconds")).to_contain_text("ignored by gen2")
    body_holds(form, '"seconds": 5')


def test_the_pane_keeps_its_place_while_one_types(form: Page) -> None:
    form.locator(PROMPT).fill("rain " * 800)
    body_holds(form, "rain " * 800)
    form.locator("#preview").evaluate("pane => { pane.scrollTop = 200; }")
    form.locator(PROMPT).press_sequentially("x")
    body_holds(form, "rain x")
    assert form.locator("#preview").evaluate("pane => pane.scrollTop") == 200


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
    form.locator("#json-button").click()
    form.locator("#json").fill('{\n  "prompt": oops\n}')
    form.locator(PROMPT).click()
    expect(form.get_by_text("Line 2, column 13").first).to_be_visible()
    expect(form.locator(PROMPT)).to_be_focused()
    form.locator("#json").press("Control+z")
    assert "ratio" in form.locator("#json").input_value(), "the text was not replaced, so it can be undone"
    form.locator("#json").fill('{"prompt": "from JSON", "model": "gen3", "seed": 12345678901234567890}')
    form.locator("#json-button").click()
    expect(form.locator(PROMPT)).to_have_value("from JSON")
    expect(form.locator("#extra")).to_have_value('{\n  "seed": 12345678901234567890\n}')


def test_what_is_typed_while_json_is_taken_over_stays(form: Page) -> None:
    form.locator("#json-button").click()
    expect(form.locator("#json")).to_be_focused()
    held = hold(form, "**/import/")
    form.locator("#json").fill('{"prompt": "from JSON", "model": "gen2"}')
    with form.expect_request("**/import/"):
        form.locator(PROMPT).click()
    form.keyboard.type("mine")
    let_go(form, held)
    body_holds(form, '"gen2"')
    body_holds(form, '"mine"')
    expect(form.locator(PROMPT)).to_be_focused()


def test_a_line_leads_to_its_field_and_a_reason_too(form: Page) -> None:
    form.locator("a.line__code", has_text="seconds").click()
    expect(form.locator("[name='v:options.seconds']:checked")).to_be_focused()
    expect(form.locator("#n-c-prompt .field__error")).to_have_count(0)  # a fresh form does not shout
    form.locator("#run-button").click()
    expect(form.locator(PROMPT)).to_be_focused()
    expect(form.locator("#n-c-prompt .field__error")).to_have_text("Fill in Prompt.")


def test_enter_never_runs_and_ctrl_enter_does(form: Page, team: Team) -> None:
    form.get_by_text("gen2", exact=True).click()
    form.locator("#c-options-motion_vector-x").press("Enter")
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    form.evaluate(COMPOSED_ENTER)
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
    form.locator(PROMPT).press_sequentially("a boa")
    body_holds(form, "a boa")
    held = hold(form)
    with form.expect_request("**/preview/"):
        form.keyboard.type("t")
    form.locator("#run-button").hover()
    form.mouse.down()
    with form.expect_response("**/preview/"):  # the answer arrives under the finger
        let_go(form, held)
    with form.expect_navigation(url="**/tasks/**"):
        form.mouse.up()
    with scope(team):
        assert Task.objects.count() == 1


def test_run_sends_what_stood_there_when_it_was_pressed(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a red kite")
    body_holds(form, "a red kite")
    held = hold(form)
    with form.expect_request("**/preview/"):
        form.keyboard.type(" over")
    form.keyboard.press("Control+Enter")
    form.keyboard.type(" and a bl")
    with form.expect_navigation(url="**/tasks/**"):
        let_go(form, held)
    with scope(team):
        assert [task.prompt for task in Task.objects.all()] == ["a red kite over"]
    form.go_back()
    expect(form.locator(PROMPT)).to_have_value("a red kite over and a bl")


def test_what_is_typed_while_a_run_is_refused_stays(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    with scope(team):
        Connection.objects.get().stop("The key was refused.")
    held = hold(form, "**/run/")
    with form.expect_request("**/run/"):
        form.keyboard.press("Control+Enter")
    form.keyboard.type(" in the rain")
    let_go(form, held)
    body_holds(form, "a boat in the rain")
    expect(form.locator("#run-why")).to_contain_text("Sandbox is stopped")
    expect(form.locator(PROMPT)).to_have_value("a boat in the rain")


def test_while_the_studio_is_away_it_is_said_and_nothing_runs_later(form: Page, team: Team) -> None:
    form.route("**/preview/", lambda route: route.abort())
    form.locator(PROMPT).press_sequentially("a boat")
    expect(form.get_by_text("The studio does not answer")).to_be_visible()
    form.keyboard.press("Control+Enter")
    form.unroute_all()
    body_holds(form, "a boat")
    expect(form.get_by_text("The studio does not answer")).to_be_hidden()
    expect(form.locator("#run-button")).to_be_visible()
    with scope(team):
        assert not Task.objects.exists()


def test_a_run_whose_answer_is_lost_is_the_same_task_when_pressed_again(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    form.route("**/run/", lose)
    form.keyboard.press("Control+Enter")
    expect(form.get_by_text("The studio does not answer")).to_be_visible()
    form.unroute_all()
    expect(form.get_by_text("The studio does not answer")).to_be_hidden()
    expect(form.locator(PROMPT)).to_have_value("a boat")
    with form.expect_navigation(url="**/tasks/**"):
        form.keyboard.press("Control+Enter")
    with scope(team):
        assert Task.objects.count() == 1


def test_a_session_that_ends_while_typing_loses_nothing(
    form: Page, live_server: LiveServer, signed_in: Callable[[User], Client], alice: User
) -> None:
    form.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    form.locator(PROMPT).press_sequentially("a boat")
    notice = form.get_by_text("You are signed out. What you typed is kept")
    expect(notice).to_be_visible()
    form.keyboard.press("Control+Enter")
    expect(notice.get_by_role("link")).to_have_attribute("href", "/accounts/login/?next=/compose/runway.generate-text/")
    enter(form, live_server, signed_in(alice))
    expect(form.locator(PROMPT)).to_have_value("a boat")


def test_a_refused_run_says_why_and_its_draft_survives_a_reload(form: Page, team: Team) -> None:
    form.locator(PROMPT).press_sequentially("a boat")
    body_holds(form, "a boat")
    with scope(team):
        Connection.objects.get().stop("The key was refused.")
    form.locator("#run-button").click()
    expect(form.locator("#run-why")).to_contain_text("Sandbox is stopped")
    expect(form.locator(PROMPT)).to_have_value("a boat")
    form.reload()
    expect(form.locator(PROMPT)).to_have_value("a boat")


def test_a_conversation_goes_on_behind_its_last_word_and_runs_once_it_says_something(
    form: Page, live_server: LiveServer, team: Team, alice: User
) -> None:
    said = ["Why is the sky blue?", "\n".join(["Light scatters."] * 40), ""]
    talk = [{"role": role, "content": text} for role, text in zip(["user", "assistant", "user"], said, strict=True)]
    with scope(team):
        action = {"operation": "openai.chat", "label": {"en": "Go on talking"}, "values": {"messages": talk}}
        task = make_task(team, alice, Connection.objects.get(), operation="openai.chat", actions=[action])
    form.goto(f"{live_server.url}/compose/openai.chat/?from={task.pk}&action=0")
    expect(form.locator("#run-why")).to_contain_text("Write your next message.")
    form.keyboard.type("And in the morning?")
    expect(form.locator("#c-messages")).to_have_value(re.compile(r"\[user\]\nAnd in the morning\?$"))
    assert form.locator("#c-messages").evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight") < 2
    expect(form.locator("#run-why")).to_have_count(0)


def test_two_tabs_of_one_form_keep_their_own_drafts(form: Page) -> None:
    other = form.context.new_page()
    other.goto(form.url)
    for page, text in ((form, "first tab"), (other, "second tab")):
        page.locator(PROMPT).fill(text)
        body_holds(page, text)
    for page, text in ((form, "first tab"), (other, "second tab")):
        page.reload()
        expect(page.locator(PROMPT)).to_have_value(text)


def test_json_that_is_being_edited_survives_a_reload(form: Page) -> None:
    form.locator("#json-button").click()
    form.locator("#json").press_sequentially("oops")
    form.reload()
    expect(form.locator("#json")).to_have_value(re.compile("oops"))


def test_without_javascript_it_previews_edits_and_runs(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    team: Team,
    alice: User,
    signed_in: Callable[[User], Client],
) -> None:
    make_connection(team, name="Sandbox")
    page = new_context(java_script_enabled=False).new_page()
    enter(page, live_server, signed_in(alice))
    page.locator("#run-button").click()
    expect(page.locator("#n-c-prompt")).to_have_text("Fill in Prompt.")
    page.locator(PROMPT).fill("a boat")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".lines")).to_contain_text("a boat")
    page.locator("#json-button").click()
    page.locator("#json").fill('{"prompt": "雨", "model": "gen3"}')
    page.locator("#json-button").click()
    expect(page.locator(PROMPT)).to_have_value("雨")
    page.locator("#run-button").click()
    expect(page).to_have_url(re.compile("/tasks/"))


def test_copying_works_where_the_browser_has_no_clipboard_to_offer(form: Page) -> None:
    form.context.grant_permissions(["clipboard-read"])
    there = form.evaluate_handle("navigator.clipboard")  # on plain http of another machine there is none
    form.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    form.get_by_role("region", name="Body").get_by_role("button", name="Copy").click()
    expect(form.get_by_role("region", name="Body").get_by_text("Copied")).to_be_visible()
    assert there.evaluate("clipboard => clipboard.readText()") == body(form)


def test_who_is_quicker_than_the_scripts_is_heard(
    page: Page, live_server: LiveServer, team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    make_connection(team, name="Sandbox")
    held: list[Route] = []
    page.route(re.compile(r"/js/composer\.[^/]*$"), lambda route: held.append(route))
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/", wait_until="commit")
    page.get_by_label("Prompt", exact=True).fill("quick")
    assert held
    for route in held:
        route.continue_()
    page.unroute_all()
    expect(page.get_by_role("region", name="Body")).to_contain_text('"prompt": "quick"')
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("quick")
