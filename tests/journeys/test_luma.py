"""A video of Luma's from the form to the kept result, and the longer one that goes on from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, expect_video, run

pytestmark = pytest.mark.slow


def test_a_text_becomes_a_video_and_that_a_longer_one(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/luma.generate/")
    person.get_by_label("Prompt", exact=True).fill("a moss garden at dawn, slow dolly")
    person.get_by_text("More settings").click()
    person.get_by_label("Aspect ratio", exact=True).select_option("9:16")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"user_prompt": "a moss garden at dawn, slow dolly"')
    expect(body).to_contain_text('"expand_prompt": true')
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("9:16 as asked")
    expect(main).to_contain_text("Callback")

    person.get_by_role("link", name="Extend the video").click()
    person.get_by_label("Prompt", exact=True).fill("a heron lands")
    first = studio.door("state")["tasks"][-1]["id"]
    expect(person.get_by_label("Video to extend", exact=True)).to_have_value(first)
    run(person)
    expect(person.locator("video").first).to_be_visible(timeout=A_MINUTE)
    expect_video(person, 10)
    assert studio.door("ledger")["posts"][-1]["path"] == f"/luma/generations/{first}/extend"
