"""The field for files under real hands: several in order, an address, the keyboard, a slow line, a reload."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import FilePayload, Page, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studio.files.models import File
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection, make_file
from tests.files.samples import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOX = "#c-base64Array-drop"


@pytest.fixture
def form(
    page: Page,
    live_server: LiveServer,
    team: Team,
    alice: User,
    signed_in: Callable[[User], Client],
    settings: Settings,
    tmp_path: Path,
) -> Page:
    """A fresh form with a list of pictures, as Alice sees it."""
    settings.MEDIA_ROOT = tmp_path
    make_connection(team, name="Sandbox")
    cookie = signed_in(alice).cookies[django_settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/midjourney.blend/")
    return page


def chosen(name: str, height: int = 36) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": picture(size=(64, height))}


def names(page: Page) -> list[str]:
    return page.locator(f"{BOX} .infile__name").all_inner_texts()


def test_several_files_keep_their_order_and_can_be_moved_and_removed(form: Page) -> None:
    form.set_input_files("#c-base64Array-choose", [chosen(f"{n}.png", 36 + n) for n in range(3)])
    expect(form.locator(f"{BOX} .infile__name")).to_have_text(["0.png", "1.png", "2.png"])
    body = form.get_by_role("region", name="Body")
    expect(body).to_contain_text("data:image/png;base64,iVBORw0KGgoA…")
    form.get_by_role("button", name="Move file 3 up").click()
    expect(form.locator(f"{BOX} .infile__name")).to_have_text(["0.png", "2.png", "1.png"])
    form.get_by_role("button", name="Remove 0.png").press("Enter")
    expect(form.locator(f"{BOX} .infile__name")).to_have_text(["2.png", "1.png"])
    form.reload()
    expect(form.locator(f"{BOX} .infile__name")).to_have_text(["2.png", "1.png"])


def test_a_button_that_only_has_the_focus_does_nothing(form: Page) -> None:
    form.set_input_files("#c-base64Array-choose", [chosen("fox.png")])
    expect(form.get_by_role("button", name="Remove fox.png")).to_be_focused()
    with form.expect_response("**/preview/"):
        form.evaluate("""() => {
            const extra = document.getElementById("extra");
            extra.value = '{"more": 1}';
            extra.dispatchEvent(new Event("input", { bubbles: true }));
        }""")
    expect(form.get_by_role("region", name="Body")).to_contain_text('"more": 1')
    expect(form.locator(f"{BOX} .infile__name")).to_have_text(["fox.png"])


def test_an_upload_tells_how_far_it_is_and_can_be_cancelled(form: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.abort()
        held.append(route)  # and it stays held: one that is let go might still be sent

    form.route("**/files/add/**", hold_the_first)
    form.set_input_files("#c-base64Array-choose", [chosen("slow.png")])
    expect(form.locator(BOX).get_by_role("progressbar")).to_be_visible()
    expect(form.locator(BOX)).to_contain_text("slow.png · ")
    form.locator(BOX).get_by_role("button", name="Cancel").click()
    expect(form.locator(BOX).get_by_role("progressbar")).to_be_hidden()
    expect(form.locator(BOX).get_by_role("alert")).to_be_hidden()
    form.set_input_files("#c-base64Array-choose", [chosen("lost.png")])
    expect(form.locator(BOX).get_by_role("alert")).to_have_text(
        "The file could not be sent. Check your connection and try again."
    )
    with across_teams():
        assert not File.objects.exists()


def test_what_was_typed_stays_when_a_file_comes(form: Page, live_server: LiveServer, team: Team, alice: User) -> None:
    form.goto(f"{live_server.url}/compose/runway.generate-image/")
    form.locator("#c-prompt").fill("a fox")
    form.locator("#c-image").fill("https://img.example.com/fox.png")
    form.locator("#c-prompt").focus()
    form.evaluate(
        """data => { const moved = new DataTransfer();
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        moved.items.add(new File([bytes], "a.png", { type: "image/png" }));
        document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: moved })); }""",
        base64.b64encode(picture()).decode(),
    )
    expect(form.locator("#c-last_image-drop").get_by_role("link", name="a.png")).to_be_visible()
    assert form.locator("#c-image").input_value() == "https://img.example.com/fox.png"
    assert form.locator("#c-prompt").input_value() == "a fox"


def test_an_earlier_file_is_chosen_with_the_keyboard(form: Page, team: Team, alice: User) -> None:
    with across_teams():
        make_file(team, alice, picture(), name="earlier.png")
    form.get_by_role("button", name="Earlier results").press("Enter")
    form.keyboard.type("earl")
    expect(form.get_by_role("dialog").get_by_role("button", name="earlier.png")).to_be_visible()
    form.keyboard.press("Tab")
    form.keyboard.press("Tab") if form.evaluate("!document.activeElement.matches('.choice-tile')") else None
    form.keyboard.press("Enter")
    expect(form.get_by_role("dialog")).to_have_count(0)
    expect(form.locator(BOX).get_by_role("link", name="earlier.png")).to_be_visible()
    expect(form.get_by_role("button", name="Remove earlier.png")).to_be_focused()


def test_a_file_deep_inside_a_list_stands_where_the_cursor_is(form: Page, live_server: LiveServer) -> None:
    form.goto(f"{live_server.url}/compose/kling.image2video/")
    box, text = form.locator("#c-dynamic_masks-drop"), form.locator("#c-dynamic_masks")
    form.set_input_files("#c-dynamic_masks-choose", [chosen("first.png")])
    expect(box.get_by_role("link", name="first.png")).to_be_visible()
    assert text.input_value().startswith('[{"mask":"studio-file:')
    text.fill('[{"mask": ""}]')
    text.evaluate("area => area.setSelectionRange(11, 11)")
    form.set_input_files("#c-dynamic_masks-choose", [chosen("second.png", 40)])
    expect(box.get_by_role("link", name="second.png")).to_be_visible()
    expect(form.get_by_role("region", name="Body")).to_contain_text('"mask": "<signed address of second.png>"')
