"""A QR code that is a picture, from the form to the kept file, which still says what it was asked to say."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.sandbox import scanner
from tests.traveller import expect_pictures, run

pytestmark = pytest.mark.slow
CONTENT = "https://example.com"


def test_a_code_is_made_kept_and_can_be_scanned(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/art-qrcode.qrcode/")
    expect(person.get_by_role("link", name="Fill in Prompt or Template")).to_be_visible()
    person.get_by_label("Prompt", exact=True).fill("misty mountains, pine trees --v 2 --iw 0.45 --shape circle")
    models = person.get_by_role("radiogroup", name="Model", exact=True)
    models.locator(".segmented").get_by_text("Ink painting", exact=True).click()
    person.get_by_label("What the code says", exact=True).fill(CONTENT)
    expect(person.get_by_role("region", name="Body")).to_contain_text('"model": "69"')
    run(person)
    expect_pictures(person, 1)
    expect(person.get_by_role("main")).to_contain_text("Callback")
    address = person.locator(".result img").first.evaluate("img => img.closest('a')?.href || img.src")
    kept = Image.open(io.BytesIO(person.request.get(address).body()))
    assert scanner.read(scanner.modules_of(kept)) == CONTENT
    assert studio.door("ledger")["posts"][-1]["path"] == "/api/v1/images/generate"
