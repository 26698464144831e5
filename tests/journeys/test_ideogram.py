"""Ideogram answers at once: pictures from a text, and one of them goes on as the file that it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, expect_pictures, run

pytestmark = pytest.mark.slow


def test_a_picture_from_a_text_is_described_without_being_brought_again(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/ideogram.generate/")
    person.get_by_label("Prompt", exact=True).fill("red bicycle leaning on a wall")
    person.get_by_text("More settings").click()
    person.get_by_label("Aspect ratio", exact=True).select_option("ASPECT_16_9")
    expect(person.get_by_role("region", name="Body")).to_contain_text('"aspect_ratio": "ASPECT_16_9"')
    run(person)
    expect_pictures(person, 1)
    main = person.get_by_role("main")
    expect(main).to_contain_text("1312 × 736")
    expect(main).to_contain_text("soft light")

    person.get_by_role("link", name="Describe it").click()
    expect(person.get_by_role("region", name="Body")).to_contain_text('"image_file"')
    expect(person.get_by_role("region", name="Body")).not_to_contain_text("http")
    run(person)
    expect(main).to_contain_text("wide picture in shades of", timeout=A_MINUTE)
    first = person.locator(".result").first
    first.get_by_text("Use this …").click()
    expect(first.get_by_role("link", name="Make a picture of it")).to_be_visible()
    paths = [post["path"] for post in studio.door("ledger")["posts"][-2:]]
    assert paths == ["/ideogram/generate", "/ideogram/describe"]
