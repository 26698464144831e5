"""Pika from the form to the kept video, and on into the form that edits it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_video, run

pytestmark = pytest.mark.slow


def test_a_text_becomes_a_video_that_is_edited_further(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/pika.generate-text/")
    person.get_by_text("More settings").click()
    person.get_by_label("Prompt", exact=True).fill("a lantern drifting over a lake")
    person.get_by_label("Aspect ratio", exact=True).select_option("9:16")
    person.get_by_label("Effect", exact=True).select_option("Levitate")
    zoom = person.get_by_role("radiogroup", name="Zoom", exact=True)
    zoom.locator(".segmented").get_by_text("in", exact=True).click()
    body = person.get_by_role("region", name="Body")
    for line in ('"frameRate": 24', '"zoom": "in"', '"style": "Levitate"'):
        expect(body).to_contain_text(line)
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Callback")
    expect(main).to_contain_text("9:16 as asked")
    assert studio.door("ledger")["posts"][-1]["path"] == "/pika/v1/pro/generate"
    person.get_by_role("link", name="Lengthen this video").click()
    expect(body).to_contain_text('"extend": true')
    expect(body).to_contain_text("/video.mp4?film=")
