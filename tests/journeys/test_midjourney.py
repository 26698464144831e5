"""Midjourney in a browser: a grid and its buttons, a picture put into words, a window that is answered with a painted
mask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.files.samples import picture
from tests.running import Studio
from tests.traveller import A_MINUTE, expect_pictures, run

pytestmark = pytest.mark.slow


def last_post(studio: Studio) -> dict[str, Any]:
    found: dict[str, Any] = studio.door("ledger")["posts"][-1]
    return found


def imagine(page: Page, studio: Studio, prompt: str = "red bicycle against a lime wall --ar 3:2") -> str:
    """Draw a grid; the address of its task."""
    page.goto(f"{studio.url}/compose/midjourney.imagine/")
    page.get_by_label("Prompt", exact=True).fill(prompt)
    expect(page.get_by_role("region", name="Body")).to_contain_text(f'"prompt": "{prompt}"')
    address = run(page)
    expect_pictures(page, 1)
    return address


def size(page: Page) -> tuple[int, int]:
    wide, high = page.locator(".result img").evaluate("img => [img.naturalWidth, img.naturalHeight]")
    return wide, high


def press(page: Page, name: str) -> None:
    """Go on with a button of a finished task: its form opens filled, and runs as it is."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/compose/midjourney.action/**")
    expect(page.get_by_role("region", name="Body")).to_contain_text('"customId": "MJ::')
    run(page)


def now(page: Page) -> Locator:
    return page.locator(".task__now")


def test_a_grid_is_drawn_and_one_of_its_four_is_upscaled_and_kept(studio: Studio, person: Page) -> None:
    imagine(person, studio)
    wide, high = size(person)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Callback")
    expect(main.locator(".onward__title")).to_have_text(["Upscale", "Vary", "Redo", "Use the picture", "More"])
    press(person, "Upscale 2 (U2)")
    expect_pictures(person, 1)
    assert size(person) == (wide // 2, high // 2)
    expect(now(person)).to_contain_text("Succeeded")
    expect(person.get_by_role("link", name="Vary region", exact=True)).to_be_visible()
    expect(person.get_by_role("main")).to_contain_text("kept")
    assert last_post(studio)["path"] == "/mj/submit/action"


def test_a_speed_goes_into_the_address_and_a_seed_into_the_next_prompt(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/midjourney.imagine/")
    person.get_by_label("Prompt", exact=True).fill("a kite over dunes")
    person.get_by_text("More settings").click()
    person.get_by_role("radiogroup", name="Speed").locator(".segmented").get_by_text("Turbo", exact=True).click()
    address = run(person)
    expect_pictures(person, 1)
    assert last_post(studio)["path"] == "/mj-turbo/mj/submit/imagine"
    expect(person.get_by_role("main")).to_contain_text("POST /mj-turbo/mj/submit/imagine")
    person.get_by_role("link", name="Ask for its seed", exact=True).click()
    run(person)
    expect(now(person)).to_contain_text("Succeeded", timeout=A_MINUTE)
    expect(person.get_by_role("main")).to_contain_text(re.compile(r"GET /mj/task/\d+/image-seed"))
    person.get_by_role("link", name="Imagine with this seed", exact=True).click()
    expect(person.get_by_label("Prompt", exact=True)).to_have_value(re.compile(r"^--seed \d+$"))
    person.goto(address)
    expect(person.get_by_role("link", name="Upscale 1 (U1)", exact=True)).to_be_visible()


def test_a_picture_of_ones_own_is_described_and_a_proposal_drawn(studio: Studio, person: Page, tmp_path: Path) -> None:
    mine = tmp_path / "mine.jpg"
    mine.write_bytes(picture("JPEG", (640, 480)))
    person.goto(f"{studio.url}/compose/midjourney.describe/")
    person.locator("[data-choose]").first.set_input_files(mine)
    expect(person.get_by_role("link", name="mine.jpg")).to_be_visible()
    expect(person.get_by_role("region", name="Body")).to_contain_text('"base64": "data:image/jpeg;base64,')
    run(person)
    expect(now(person)).to_contain_text("Succeeded", timeout=A_MINUTE)
    expect(person.get_by_role("main")).to_contain_text("in the style of an old poster")
    assert person.locator(".result img").count() == 0  # the picture in the answer is the one that was sent
    person.get_by_role("link", name="Imagine proposal · 2", exact=True).click()
    expect(person.get_by_label("Prompt", exact=True)).to_have_value(re.compile("soft evening light"))
    run(person)
    expect_pictures(person, 1)
    person.get_by_role("link", name="Describe it", exact=True).click()
    expect(person.get_by_role("region", name="Body")).to_contain_text('"base64": "data:image/png;base64,')
    expect(person.get_by_role("button", name="Run on")).to_have_text(re.compile("1 text"))
    run(person)
    expect(now(person)).to_contain_text("Succeeded", timeout=A_MINUTE)


def test_a_region_is_painted_and_only_it_is_drawn_anew(studio: Studio, person: Page) -> None:
    imagine(person, studio)
    press(person, "Upscale 2 (U2)")
    expect_pictures(person, 1)
    wide, high = size(person)
    press(person, "Vary region")
    waiting = person.url
    expect(now(person)).to_contain_text("Waits for you", timeout=A_MINUTE)
    expect(now(person)).to_contain_text("paint what is to be drawn anew")
    person.goto(f"{studio.url}/tasks/")
    expect(person.get_by_role("region", name="These need a person")).to_contain_text("Waits for you")
    person.goto(waiting)
    person.get_by_role("link", name="Paint what changes").click()
    expect(person.get_by_label("Prompt", exact=True)).to_have_value("red bicycle against a lime wall --ar 3:2")
    paint(person)
    person.get_by_label("Prompt", exact=True).fill("a blue horse")
    expect(person.get_by_role("region", name="Body")).to_contain_text('"prompt": "a blue horse"')
    run(person)
    expect_pictures(person, 1)
    assert size(person) == (wide * 2, high * 2)
    assert last_post(studio)["path"] == "/mj/submit/modal"
    changed = person.locator(".result img").evaluate(COLOURS)
    assert changed["inside"] > 40 > 8 > changed["outside"]
    answered = re.search(r"/tasks/(\d+)/", person.url)
    assert answered
    person.goto(waiting)
    expect(now(person)).to_contain_text(f"It was answered: task {answered[1]} goes on with it.")
    expect(now(person)).to_contain_text("Succeeded")
    expect(person.get_by_role("link", name="Paint what changes")).to_have_count(0)


COLOURS = """img => {
  const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight), pen = canvas.getContext("2d");
  pen.drawImage(img, 0, 0);
  const [w, h] = [canvas.width / 2, canvas.height / 2];
  const at = (column, x, y) => pen.getImageData(column * w + x * w, y * h, 1, 1).data;
  const apart = (x, y) => [0, 1, 2].reduce((sum, i) => sum + Math.abs(at(0, x, y)[i] - at(1, x, y)[i]), 0);
  return { inside: apart(0.7, 0.3), outside: apart(0.1, 0.9) };
}"""  # of the first two of four, at a place that was painted and at one that was not


def paint(page: Page) -> None:
    """A broad stroke at the upper right."""
    page.get_by_role("button", name="Paint it").click()
    told = page.locator("#painter [data-told]")
    expect(told).to_have_text("Nothing is painted yet")
    page.locator("#painter input[name=size]").fill("30")
    box = page.locator("[data-mask]").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3, steps=6)
    page.mouse.up()
    expect(told).to_contain_text("% painted")
    page.get_by_role("button", name="Use this mask").click()
    expect(page.get_by_role("link", name="mask.png")).to_be_visible()
