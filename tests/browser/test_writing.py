"""What somebody is writing outlives the page: comments and prompts, by person, until they are saved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.library.models import Preset, WordList
from studio.library.prompts import saving as prompt_saving
from studio.notices.models import Comment
from studio.notices.talking import MOST_MEMBERS
from studio.tasks.models import Task
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_connection, make_task
from tests.library.making import make_prompt, newest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[User], None]
# Two drafts that leave no room for a third; the first is the older one.
FILL = """names => [localStorage, sessionStorage].forEach((store) => names.forEach((name, at) => {
    for (let size = 2 ** 21; size >= 1; size /= 2) {
        const text = (length) => JSON.stringify({ at, values: [["text", "x".repeat(length)]] });
        const length = (JSON.parse(store.getItem(name))?.values[0][1].length ?? 0) + size;
        try { store.setItem(name, text(length)); } catch {}
        if (at === 0 && size === 2 ** 20) break;
    }
}))"""


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer, signed_in: Callable[[User], Client]) -> SignIn:
    """In the one browser, whoever was there before."""

    def enter(person: User) -> None:
        cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return enter


@pytest.fixture
def task(team: Team, alice: User) -> Task:
    with scope(team):
        made = make_task(team, alice, state="succeeded")
        make_attempt(made, open=False)
        return made


def test_half_a_comment_stays_for_its_writer_until_it_is_sent(
    page: Page, live_server: LiveServer, task: Task, alice: User, bob: User, sign_in: SignIn
) -> None:
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    there = f"{live_server.url}/tasks/{task.pk}/"
    box = page.get_by_label("Write a comment")
    sign_in(alice)
    page.goto(there)
    box.press_sequentially("Too dark, @b")
    page.get_by_role("option").first.click()
    typed = box.input_value()
    page.reload()
    expect(box).to_have_value(typed)
    sign_in(bob)
    page.goto(there)
    expect(box).to_have_value("")
    sign_in(alice)
    page.goto(there)
    expect(box).to_have_value(typed)
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#talk-lines")).to_contain_text("Too dark")
    expect(box).to_have_value("")
    with scope(task.team):
        assert [each.person for each in Comment.objects.get().mentions.all()] == [bob]
    page.get_by_role("button", name="Edit this comment").click()
    page.get_by_label("Your comment").fill("Far too dark")
    page.reload()
    expect(box).to_have_value("")
    page.get_by_role("button", name="Edit this comment").click()
    expect(page.get_by_label("Your comment")).to_have_value("Far too dark")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Edit this comment").click()
    expect(page.get_by_label("Your comment")).to_have_value(typed.strip())
    assert not complaints


def test_nothing_is_typed_into_a_comment_that_is_being_sent(
    page: Page, live_server: LiveServer, task: Task, alice: User, sign_in: SignIn
) -> None:
    sign_in(alice)
    page.goto(f"{live_server.url}/tasks/{task.pk}/")
    box, held = page.get_by_label("Write a comment"), list[Route]()
    box.fill("Too dark")
    page.route("**/notices/on/**", lambda route: held.append(route))
    with page.expect_request("**/notices/on/**"):
        box.press("Control+Enter")
    page.keyboard.type(" at night")
    expect(box).to_have_value("Too dark")
    held.pop().continue_()
    expect(page.locator("#talk-lines")).to_contain_text("Too dark")
    expect(box).to_be_editable()


def test_a_prompt_outlives_a_sign_in_and_another_version_until_it_is_saved(
    page: Page, live_server: LiveServer, team: Team, alice: User, sign_in: SignIn
) -> None:
    prompt = make_prompt(team, alice, text="a boat")
    there = f"{live_server.url}/prompts/{prompt.pk}/write/"
    box, save = page.get_by_label("Text", exact=True), page.get_by_role("button", name="Save", exact=True)
    sign_in(alice)
    page.goto(there)
    box.fill("a boat in the fog")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    save.click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(alice)
    page.goto(there)
    expect(box).to_have_value("a boat in the fog")
    page.get_by_role("link", name="start over").click()
    expect(box).to_have_value("a boat")
    expect(page.get_by_text("Draft restored")).to_be_hidden()
    box.fill("a boat in the rain")
    with scope(team):
        prompt_saving.add_version(prompt, alice, "a ship", "", 1)
    page.reload()
    expect(box).to_have_value("a boat in the rain")
    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing of theirs is overwritten")
    page.get_by_role("button", name="Put mine on top").click()
    page.wait_for_url(f"**/prompts/{prompt.pk}/")
    page.goto(there)
    expect(box).to_have_value("a boat in the rain")
    expect(page.get_by_text("Draft restored")).to_be_hidden()
    page.goto(f"{live_server.url}/prompts/new/")
    expect(box).to_have_value("")


def test_a_saved_draft_is_forgotten_by_the_tab_that_posted_it_whoever_looks_first(
    page: Page, live_server: LiveServer, team: Team, alice: User, sign_in: SignIn
) -> None:
    held: list[Route] = []
    sign_in(alice)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{live_server.url}/prompts/new/")
        tab.get_by_label("Text", exact=True).fill(f"a boat {tab is page}")
    page.get_by_label("Name", exact=True).fill("Boats")
    page.route("**/js/drafts*.js", lambda route: held.append(route))
    with page.expect_request("**/js/drafts*.js"):
        page.get_by_role("button", name="Save", exact=True).click()
    with other.expect_response("**/notices/**"):
        other.evaluate("htmx.trigger('#bell-number', 'bell:look')")
    held.pop().continue_()
    page.unroute_all()
    page.wait_for_url("**/prompts/*/")
    page.goto(f"{live_server.url}/prompts/new/")
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    other.reload()
    expect(other.get_by_label("Text", exact=True)).to_have_value("a boat False")


def test_in_a_full_browser_the_oldest_drafts_make_room_and_it_is_said_where_there_is_none(
    page: Page, live_server: LiveServer, task: Task, alice: User, sign_in: SignIn
) -> None:
    sign_in(alice)
    page.goto(f"{live_server.url}/tasks/{task.pk}/")
    page.evaluate(FILL, ["draft:older", "draft:newer"])
    box = page.get_by_label("Write a comment")
    box.fill("太暗" * 200)
    page.reload()
    expect(box).to_have_value("太暗" * 200)
    assert page.evaluate("Object.keys(localStorage).filter((name) => /^draft/.test(name))") == ["draft:newer"]
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.evaluate(FILL, ["other", "another"])
    box.fill("Too bright")
    expect(page.get_by_text("This browser has no room left")).to_be_visible()


def test_a_page_that_asks_by_itself_stays_when_the_session_ends_elsewhere(
    page: Page, live_server: LiveServer, team: Team, alice: User, sign_in: SignIn
) -> None:
    sign_in(alice)
    page.goto(f"{live_server.url}/prompts/lists/new/")
    lines = page.get_by_role("textbox").last
    lines.fill("oil\nwatercolour")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    with page.expect_response("**/notices/**"):
        page.evaluate("htmx.trigger('#bell-number', 'bell:look')")
    link = page.get_by_role("link", name="Sign in and go on")
    expect(link).to_have_attribute("href", "/accounts/login/?next=/prompts/lists/new/")
    expect(lines).to_have_value("oil\nwatercolour")
    sign_in(alice)
    page.evaluate("htmx.trigger('#bell-number', 'bell:look')")
    expect(link).to_be_hidden()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("[data-bell] summary").click()
    expect(link).to_be_visible()


def test_a_word_list_outlives_a_sign_in_in_between(
    page: Page, live_server: LiveServer, team: Team, alice: User, sign_in: SignIn
) -> None:
    sign_in(alice)
    there = f"{live_server.url}/prompts/lists/new/"
    page.goto(there)
    name, lines, save = page.get_by_label("Name"), page.locator("#lines"), page.get_by_role("button", name="Save")
    name.fill("media")
    lines.fill("oil\nwatercolour")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    save.click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(alice)
    page.goto(there)
    expect(page.get_by_text("Draft restored")).to_be_visible()
    expect(lines).to_have_value("oil\nwatercolour")
    save.click()
    page.wait_for_url("**/prompts/lists/")
    page.goto(there)
    expect(name).to_have_value("")
    with scope(team):
        made = WordList.objects.get()
    page.goto(f"{live_server.url}/prompts/lists/{made.pk}/")
    lines.fill("ink")
    with scope(team):
        prompt_saving.change_list(made, alice, "oil", made.edition)
    page.reload()
    expect(lines).to_have_value("ink")
    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was overwritten")


def test_the_words_around_a_preset_outlive_a_sign_in_in_between_and_its_values_are_those_of_the_form(
    page: Page, live_server: LiveServer, team: Team, alice: User, sign_in: SignIn
) -> None:
    make_connection(team)
    sign_in(alice)
    name, save = page.get_by_label("Name"), page.get_by_role("button", name="Save", exact=True)
    keep_as_preset(page, live_server, "a boat")
    name.fill("Boats")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    save.click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(alice)
    keep_as_preset(page, live_server, "a ship")
    expect(name).to_have_value("Boats")
    save.click()
    page.wait_for_url("**/library/*/")
    with scope(team):
        made = Preset.objects.get()
    assert newest(made).kept.values["prompt"] == "a ship"
    page.get_by_text("Rename").click()
    page.get_by_label("Description").fill("For the harbour")
    page.reload()
    expect(page.get_by_label("Description")).to_have_value("For the harbour")
    with page.expect_navigation():
        page.get_by_label("Description").locator("xpath=ancestor::form").get_by_role("button", name="Save").click()
    expect(page.locator(".library-about")).to_have_text("For the harbour")
    expect(page.get_by_label("Description")).to_be_hidden()


def keep_as_preset(page: Page, live_server: LiveServer, prompt: str) -> None:
    page.goto(f"{live_server.url}/compose/runway.generate-text/")
    page.locator("#c-prompt").fill(prompt)
    page.get_by_role("button", name="Save as preset").click()
    page.get_by_role("heading", name="Save as preset").wait_for()


def test_a_large_teams_last_is_offered_once_their_name_is_typed(
    page: Page, live_server: LiveServer, task: Task, alice: User, sign_in: SignIn
) -> None:
    people = [User(email=f"z{number}@example.com", first_name=f"Zoe {number:04}") for number in range(MOST_MEMBERS)]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(team=task.team, user=each) for each in people)
    sign_in(alice)
    page.goto(f"{live_server.url}/tasks/{task.pk}/")
    box = page.get_by_label("Write a comment")
    box.press_sequentially("Look, @zoe")
    expect(page.get_by_role("option").first).to_contain_text("Zoe 0000")
    box.press_sequentially(" 0299")
    page.get_by_role("option", name="Zoe 0299").click()
    expect(box).to_have_value("Look, @Zoe 0299 ")
