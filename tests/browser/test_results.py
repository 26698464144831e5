"""Results in a browser: a sound is played and sought by its drawing, pictures fill the window, broken files say so."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from studio.assets.models import Asset, Keeping
from studio.files import sniff
from studio.files.inside import look
from studio.tasks import events
from studio.tasks.models import Task
from studio.tasks.states import Kind, Source
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.looking import fits
from tests.factories import make_asset, make_attempt, make_task
from tests.files.samples import film, picture, sound

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task(team: Team, alice: User, settings: Settings, tmp_path: Path) -> Task:
    settings.MEDIA_ROOT = tmp_path
    with scope(team):
        made = make_task(team, alice, state="succeeded")
        make_attempt(made, state="succeeded", open=False)
        events.append(made, Kind.BEGUN, Source.PERSON)
        return made


def keep(task: Task, data: bytes, kind: sniff.Type, **more: object) -> Asset:
    with scope(task.team):
        given: dict[str, object] = {
            "number": task.assets.count() + 1,
            "kind": kind.kind,
            "media_type": kind.media_type,
            "size": len(data),
            "keeping": Keeping.KEPT,
            "sha256": f"{task.assets.count():064}",
        }
        asset = make_asset(task, **(given | more))
        asset.file.save(f"{task.pk}-{asset.number}{kind.ending}", ContentFile(data))
        asset.inside = look(io.BytesIO(data), kind)
        asset.save()
        return asset


@pytest.fixture
def visit(
    page: Page, live_server: LiveServer, alice: User, signed_in: Callable[[User], Client]
) -> Callable[[str], Page]:
    """Opens a page as Alice sees it."""
    cookie = signed_in(alice).cookies[configured.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    def go(path: str) -> Page:
        page.goto(f"{live_server.url}{path}")
        return page

    return go


def at(page: Page) -> float:
    return float(page.locator("audio").first.evaluate("sound => sound.currentTime"))


def test_a_sound_is_sought_by_click_and_by_key_and_only_one_plays(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, sound(20), sniff.WAV, duration=20.0)
    keep(task, sound(20), sniff.WAV, duration=20.0)
    page = visit(f"/tasks/{task.pk}/")
    seek = page.locator(".sound__seek").first
    expect(page.locator(".sound__time").first).to_have_text("0:00 / 0:20")
    expect(page.locator("audio").first).to_be_hidden()
    box = seek.bounding_box()
    assert box
    seek.click(position={"x": box["width"] / 2, "y": 10})
    assert at(page) == pytest.approx(10, abs=0.6)
    played = page.locator(".wave--played").first.evaluate("wave => getComputedStyle(wave).clipPath")
    assert played.startswith("inset(0px ")
    before = at(page)
    page.keyboard.press("ArrowRight")
    assert at(page) == pytest.approx(before + 1, abs=0.05)
    page.keyboard.press("Home")
    expect(seek).to_have_attribute("aria-valuetext", "0:00 / 0:20")
    page.get_by_role("button", name="Play").first.click()
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => [...document.querySelectorAll('audio')].map((a) => a.paused).join() === 'true,false'")
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)


def test_a_sound_goes_on_while_the_card_is_swapped(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, sound(20), sniff.WAV, duration=20.0)
    with scope(task.team):
        make_asset(task, number=2, kind="audio")  # one more is on its way
    page = visit(f"/tasks/{task.pk}/")
    page.get_by_role("button", name="Play").click()
    page.locator("audio").evaluate("sound => { sound.mine = true }")
    with scope(task.team):
        events.append(task, Kind.KEPT, Source.TIMER)
    with page.expect_response("**/card/**"):
        page.evaluate("number => document.dispatchEvent(new CustomEvent(`task-${number}`))", task.pk)
    expect(page.locator(".htmx-settling, .htmx-added")).to_have_count(0)
    assert page.locator("audio").evaluate("sound => sound.mine && !sound.paused")


def test_pictures_fill_the_window_one_after_the_other(task: Task, visit: Callable[[str], Page]) -> None:
    for colour in ("PNG", "JPEG", "WEBP"):
        kind = {"PNG": sniff.PNG, "JPEG": sniff.JPEG, "WEBP": sniff.WEBP}[colour]
        keep(task, picture(colour), kind, width=64, height=36)
    page = visit(f"/tasks/{task.pk}/")
    light, counter = page.locator("#light"), page.locator("[data-light-count]")
    link = page.locator("a[data-light]").nth(1)
    link.focus()
    page.keyboard.press("Enter")
    expect(light).to_be_visible()
    expect(counter).to_have_text("2 / 3")
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text("3 / 3")
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text("1 / 3")
    assert page.locator("#light img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
    page.keyboard.press("Escape")
    expect(light).to_be_hidden()
    expect(page.locator("a[data-light]").first).to_be_focused()


def test_a_broken_file_says_so_in_its_place(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, b"no picture", sniff.PNG, width=64, height=36)
    keep(task, b"no film", sniff.MP4, width=64, height=36)
    page = visit(f"/tasks/{task.pk}/")
    expect(page.get_by_text("This file cannot be shown")).to_have_count(2)
    expect(page.locator("[data-damaged]").first).to_be_visible()
    expect(page.locator("[data-damaged]").nth(1)).to_be_visible()
    expect(page.locator(".result video")).to_be_hidden()


def test_a_film_that_has_not_begun_to_load_is_not_called_broken(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, film(), sniff.MP4, width=64, height=36)
    page = visit("/tasks/")
    # On a busy machine a film stays for long as it is before it chooses its source.
    slow = "Object.defineProperty(HTMLMediaElement.prototype, 'networkState', {get: () => 3})"
    page.add_init_script(slow)
    page = visit(f"/tasks/{task.pk}/")
    page.wait_for_function("() => document.querySelector('.result video').readyState >= 2")
    page.wait_for_function("() => performance.now() > 1200")  # the last look of the script is over
    expect(page.locator(".result video")).to_be_visible()
    expect(page.locator("[data-damaged]").first).to_be_hidden()


def test_a_folded_text_opens_and_stays_open(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, b"a line of the song\n" * 60, sniff.TEXT)
    page = visit(f"/tasks/{task.pk}/")
    text = page.locator(".reading__text")
    folded = text.bounding_box()
    page.get_by_text("Show all").click()
    whole = text.bounding_box()
    assert folded
    assert whole
    assert whole["height"] > folded["height"] * 2
    expect(page.get_by_text("Show less")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_each_picture_has_a_menu_of_its_own_follow_ups(task: Task, visit: Callable[[str], Page], width: int) -> None:
    label = {"en": "Animate", "zh": "变成视频"}
    links = [f"https://cdn.example/{number}.png" for number in (1, 2)]
    action = {"operation": "kling.image2video", "label": label}
    with scope(task.team):
        Task.objects.filter(pk=task.pk).update(
            results=[{"kind": "image", "url": link, "role": ""} for link in links],
            actions=[action | {"values": {"image": link}} for link in links],
        )
    for _ in links:
        keep(task, picture(), sniff.PNG, width=64, height=36)
    page = visit(f"/tasks/{task.pk}/")
    page.set_viewport_size({"width": width, "height": 800})
    opener = page.locator("summary", has_text="Use this").nth(1)
    opener.focus()
    page.keyboard.press("ArrowDown")
    item = page.get_by_role("link", name="Animate").locator("visible=true")
    expect(item).to_have_count(1)
    expect(item).to_be_focused()
    assert str(item.get_attribute("href")).endswith("&action=1")
    further = page.get_by_role("group", name="Use the picture in").locator("visible=true")
    expect(further.get_by_role("link", name="First frame")).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(further.get_by_role("link").first).to_be_focused()
    fits(page)
    item.scroll_into_view_if_needed()
    box = item.bounding_box()
    assert box
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    expect(item).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_menu_low_in_the_window_opens_upwards_and_is_searched(task: Task, visit: Callable[[str], Page]) -> None:
    keep(task, picture(), sniff.PNG, width=64, height=36)
    page = visit(f"/tasks/{task.pk}/")
    opener = page.locator("summary", has_text="Use this")
    height = opener.evaluate("button => Math.ceil(button.getBoundingClientRect().bottom) + 30")
    page.set_viewport_size({"width": 1280, "height": height})
    opener.click()
    search = page.get_by_role("searchbox", name="Search").locator("visible=true")
    search.fill("可灵 First")
    found = page.locator(".menu__sheet .menu__item:visible", has_text="First frame")
    expect(page.locator(".menu__sheet .menu__item:visible")).to_have_count(found.count())
    sheet, button = page.locator("details[open] .menu__sheet").bounding_box(), opener.bounding_box()
    assert sheet
    assert button
    assert sheet["y"] > 0
    assert sheet["y"] + sheet["height"] <= button["y"]
    search.press("ArrowDown")
    expect(found.first).to_be_focused()
    search.fill("nothing like it")
    expect(page.get_by_text("Nothing here has all of these words.")).to_be_visible()
    page.keyboard.press("Escape")
    opener.click()
    expect(found.first).to_be_visible()


def test_the_tree_follows_the_states_of_its_other_tasks(task: Task, alice: User, visit: Callable[[str], Page]) -> None:
    with scope(task.team):
        child = make_task(task.team, alice, task.connection, parent=task, state="running")
    keep(task, picture(), sniff.PNG, width=64, height=36)
    page = visit(f"/tasks/{task.pk}/")
    twigs = page.locator(".tree__twig")
    expect(twigs).to_have_count(2)
    expect(twigs.first.locator("[aria-current=page]")).to_have_count(1)
    expect(twigs.nth(1)).to_contain_text("Running")
    with scope(task.team):
        Task.objects.filter(pk=child.pk).update(state="succeeded")
    page.evaluate("number => document.dispatchEvent(new CustomEvent(`task-${number}`))", child.pk)
    expect(twigs.nth(1)).to_contain_text("Succeeded")
    expect(page.locator("[id^=tree-][hx-get]")).to_have_count(0)
    twigs.nth(1).get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/tasks/{child.pk}/$"))
