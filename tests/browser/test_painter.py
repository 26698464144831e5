"""A mask painted over a picture: by mouse, finger and keys, taken back, turned round; of the picture's own pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studio.assets.models import Keeping
from studio.files.models import File
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.looking import fits
from tests.browser.test_pages import faults
from tests.factories import make_asset, make_attempt, make_connection, make_task
from tests.files.samples import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZE = (600, 400)
Visit = Callable[[Page], None]


@pytest.fixture
def waiting(team: Team, alice: User, settings: Settings, tmp_path: Path) -> Task:
    """A task that waits for a mask; the one before it made the picture."""
    settings.MEDIA_ROOT = tmp_path
    with scope(team):
        connection = make_connection(team)
        drawn = make_task(team, alice, connection, operation="midjourney.imagine", state="succeeded")
        make_attempt(drawn, state="succeeded", open=False)
        data = picture(size=SIZE)
        facts = {"media_type": "image/png", "size": len(data), "width": SIZE[0], "height": SIZE[1]}
        asset = make_asset(drawn, kind="image", keeping=Keeping.KEPT, sha256="1", **facts)
        asset.file.save("drawn.png", ContentFile(data))
        action = {
            "operation": "midjourney.modal",
            "values": {"taskId": "9", "prompt": "a kite"},
            "label": {"en": "Paint", "zh": "涂"},
        }
        task = make_task(
            team, alice, connection, operation="midjourney.action", state="accepted", needs="mask", actions=[action]
        )
        Task.objects.filter(pk=task.pk).update(parent=drawn)
        make_attempt(task, state="accepted", gateway_id="9")
        return task


@pytest.fixture
def paint(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    alice: User,
    waiting: Task,
    signed_in: Callable[[User], Client],
) -> Callable[..., Page]:
    """Opens the painter as Alice sees it."""
    cookie = signed_in(alice).cookies[configured.SESSION_COOKIE_NAME]

    def go(**options: object) -> Page:
        context = new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/compose/midjourney.modal/?from={waiting.pk}&action=0")
        page.get_by_role("button", name="Paint it").click()
        expect(told(page)).to_have_text("Nothing is painted yet")
        return page

    return go


def told(page: Page) -> Locator:
    return page.locator("#painter [data-told]")


def fitted(page: Page) -> FloatRect:
    """Where the picture really stands inside the canvas's box."""
    box = page.locator("[data-mask]").bounding_box()
    assert box
    scale = min(box["width"] / SIZE[0], box["height"] / SIZE[1])
    wide, high = SIZE[0] * scale, SIZE[1] * scale
    left, top = box["x"] + (box["width"] - wide) / 2, box["y"] + (box["height"] - high) / 2
    return {"x": left, "y": top, "width": wide, "height": high}


def stroke(page: Page, *points: tuple[float, float]) -> None:
    """Draw with the mouse from point to point, in shares of the picture."""
    at = fitted(page)
    places = [(at["x"] + x * at["width"], at["y"] + y * at["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def made(page: Page, team: Team) -> Image.Image:
    """The mask as it arrived at the studio, once the form shows it."""
    page.get_by_role("button", name="Use this mask").click()
    expect(page.get_by_role("link", name="mask.png")).to_be_visible()
    expect(page.get_by_role("region", name="Body")).to_contain_text('"maskBase64": "data:image/png;base64,')
    with scope(team):
        file = File.objects.get()
        with file.file.open("rb") as opened:
            mask = Image.open(io.BytesIO(opened.read()))
            mask.load()
    assert (mask.format, mask.size) == ("PNG", SIZE)
    grey = mask.convert("L")
    assert set(grey.tobytes()) <= {0, 255}
    return grey


def lit(mask: Image.Image, x: float, y: float) -> bool:
    return mask.getpixel((int(x * (SIZE[0] - 1)), int(y * (SIZE[1] - 1)))) == 255


def test_what_is_painted_is_white_on_black_in_the_pictures_own_pixels(paint: Callable[..., Page], team: Team) -> None:
    page = paint()
    expect(page.get_by_role("button", name="Use this mask")).to_be_disabled()
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    expect(told(page)).to_contain_text("% painted")
    mask = made(page, team)
    assert [lit(mask, x, 0.5) for x in (0.05, 0.25, 0.5, 0.75, 0.95)] == [False, True, True, True, False]
    assert not lit(mask, 0.5, 0.2)
    rows = [y for y in range(SIZE[1]) if mask.getpixel((300, y)) == 255]
    assert abs(len(rows) - 0.14 * SIZE[1]) <= 2  # as wide as the brush says


def test_strokes_are_erased_taken_back_turned_round_and_cleared(paint: Callable[..., Page], team: Team) -> None:
    page = paint()
    stroke(page, (0.3, 0.5), (0.7, 0.5))
    page.get_by_text("Erase", exact=True).click()
    stroke(page, (0.5, 0.5))
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Undo").click()
    expect(told(page)).to_have_text("Nothing is painted yet")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_text("Paint", exact=True).click()
    stroke(page, (0.3, 0.5), (0.7, 0.5))
    page.get_by_text("Erase", exact=True).click()
    stroke(page, (0.5, 0.5))
    page.get_by_role("button", name="Invert").click()
    mask = made(page, team)
    assert [lit(mask, x, 0.5) for x in (0.05, 0.3, 0.5, 0.7, 0.95)] == [True, False, True, False, True]
    page.get_by_role("button", name="Paint it").click()
    expect(told(page)).to_contain_text("% painted")  # it is still there, to be gone on with
    page.get_by_role("button", name="Clear").click()
    expect(told(page)).to_have_text("Nothing is painted yet")


def test_all_can_be_done_with_keys(paint: Callable[..., Page], team: Team) -> None:
    page = paint()
    expect(page.get_by_role("application", name="Mask")).to_be_focused()
    for key in ("]", "]", "]", "Space", "Shift+ArrowRight", "Shift+ArrowRight", "ArrowUp", "["):
        page.keyboard.press(key)
    expect(page.locator("#painter input[name=size]")).to_have_value("18")
    expect(told(page)).to_contain_text("% painted")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('[data-use]')"):
            break
    expect(page.get_by_role("button", name="Use this mask")).to_be_focused()
    mask = made(page, team)
    assert (lit(mask, 0.5, 0.5), lit(mask, 0.55, 0.5), lit(mask, 0.5, 0.2)) == (True, True, False)


def test_a_finger_paints_on_a_small_screen(paint: Callable[..., Page], team: Team) -> None:
    page = paint(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    fits(page)
    at = fitted(page)
    page.touchscreen.tap(at["x"] + at["width"] * 0.25, at["y"] + at["height"] * 0.5)
    expect(told(page)).to_contain_text("% painted")
    mask = made(page, team)
    assert (lit(mask, 0.25, 0.5), lit(mask, 0.75, 0.5)) == (True, False)


def test_axe_finds_nothing_in_the_painter_and_on_the_page_of_what_waits(
    paint: Callable[..., Page], live_server: LiveServer, waiting: Task
) -> None:
    page = paint(color_scheme="dark")
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    expect(page.get_by_role("button", name="Use this mask")).to_be_enabled()
    assert faults(page) == []
    page.goto(f"{live_server.url}/tasks/{waiting.pk}/")
    expect(page.get_by_role("main")).to_contain_text("Waits for you")
    assert faults(page) == []


def test_without_a_picture_there_is_nothing_to_paint_over(
    page: Page, live_server: LiveServer, alice: User, waiting: Task, signed_in: Callable[[User], Client]
) -> None:
    cookie = signed_in(alice).cookies[configured.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/midjourney.modal/")
    expect(page.get_by_text("Choose file").first).to_be_visible()
    expect(page.get_by_role("button", name="Paint it")).to_have_count(0)
