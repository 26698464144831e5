"""Pixverse from the form to the kept video: told by callbacks, and asked for behind a question mark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_video, run

pytestmark = pytest.mark.slow


def test_a_text_becomes_a_video_whose_picture_begins_another(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/pixverse.generate-text/")
    person.get_by_text("More settings").click()
    person.get_by_label("Prompt", exact=True).fill("a clockwork owl opens its wings")
    ratio = person.get_by_role("radiogroup", name="Aspect ratio", exact=True)
    ratio.locator(".segmented").get_by_text("1:1", exact=True).click()
    person.get_by_label("Voice", exact=True).select_option(label="Ava")
    person.get_by_label("Spoken line", exact=True).fill("Good evening.")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"lip_sync_tts_speaker_id": "8"')
    expect(body).to_contain_text('"lip_sync_tts_content": "Good evening."')
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Callback")
    expect(main).to_contain_text("1:1 as asked")
    ledger = studio.door("ledger")
    assert ledger["posts"][-1]["path"] == "/pixverse/v1/pro/generate"
    assert ledger["queries"]["/pixverse/v1/pro/feed"] >= 1, "a success is only believed when it was asked for"
    person.get_by_role("link", name="Start again from the first frame").click()
    expect(body).to_contain_text("/poster.jpg?film=")
