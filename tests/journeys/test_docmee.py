"""Docmee as a person uses it: a topic becomes slides that are kept and read, and the deck gets another name."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, run

pytestmark = pytest.mark.slow
SEEN = "() => document.querySelector('.slides img')?.naturalWidth > 0"
TOPIC = "Harbour cranes of the north"


def expect_slides(page: Page, first: str) -> None:
    """A deck is kept, its cover is really loaded, and its titles can be read."""
    expect(page.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
    result = page.locator(".result", has_text=".pptx").first
    expect(result).to_contain_text(first, timeout=A_MINUTE)
    page.wait_for_function(SEEN, timeout=A_MINUTE)  # by its place: the page may be swapped until all is kept


def test_a_topic_becomes_slides_and_the_deck_is_renamed(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/docmee.direct-generate/")
    person.get_by_label("Topic", exact=True).fill(TOPIC)
    person.get_by_text("More settings").click()
    length = person.get_by_role("radiogroup", name="Length", exact=True)
    length.locator(".segmented").get_by_text("Short, 10 to 15 pages").click()
    expect(person.get_by_role("region", name="Body")).to_contain_text('"length": "short"')
    run(person)
    expect_slides(person, TOPIC)
    expect(person.locator(".result", has_text=".pptx").first).to_contain_text(re.compile("13 (pages|slides)"))
    person.get_by_role("link", name="Rename").click()
    person.get_by_label("Name", exact=True).fill("Cranes, final")
    run(person)
    expect(person.get_by_role("heading", name="Succeeded").first).to_be_visible(timeout=A_MINUTE)
    assert studio.door("ledger")["posts"][-1]["path"] == "/docmee/v1/api/ppt/updatePptxAttr"
