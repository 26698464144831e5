"""Stable Diffusion answers at once: a picture that is kept, one that the filter held back, and several from JSON."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, expect_pictures, run

pytestmark = pytest.mark.slow


def test_a_prompt_becomes_a_picture_that_is_kept(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/stable-diffusion.ultra/")
    person.get_by_label("Prompt", exact=True).fill("red bicycle in morning fog")
    person.get_by_text("More settings").click()
    person.get_by_label("Aspect ratio", exact=True).select_option("3:2")
    run(person)
    expect_pictures(person, 1)
    main = person.get_by_role("main")
    expect(main).to_contain_text("1216 × 832")
    expect(main).to_contain_text("19:13 as asked")
    expect(main).to_contain_text("Sent as the parts of a form")
    assert studio.door("ledger")["posts"][-1]["path"] == "/sd/v2beta/stable-image/generate/ultra"


def test_what_the_filter_holds_back_is_a_clear_failure(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/stable-diffusion.core/")
    person.get_by_label("Prompt", exact=True).fill("blood on snow")
    run(person)
    main = person.get_by_role("main")
    expect(main.get_by_role("heading", name="Failed", exact=True)).to_be_visible(timeout=A_MINUTE)
    expect(main).to_contain_text("the content filter held it back")
    expect(main).to_contain_text("Nothing was charged: a rehearsal on the sandbox.")
    expect(person.locator(".result")).to_have_count(0)


def test_two_pictures_come_from_one_body_of_json(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/stable-diffusion.sdxl-text-to-image/?example")
    expect(person.get_by_role("button", name="Run on")).to_contain_text("2 images")
    run(person)
    expect_pictures(person, 2)
    assert studio.door("ledger")["posts"][-1]["charged"] == "2"
