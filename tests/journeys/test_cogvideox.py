"""CogVideoX from the form to the kept video, which is asked for until it is there, and sounds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_video, look_again, run

pytestmark = pytest.mark.slow


def test_a_text_becomes_a_video_that_queries_tell_of(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/cogvideox.generate/")
    person.get_by_label("Prompt", exact=True).fill("clouds racing over a mountain ridge")
    model = person.get_by_role("radiogroup", name="Model", exact=True)
    model.locator(".segmented").get_by_text("cogvideox-2", exact=True).click()
    person.get_by_text("More settings").click()
    person.get_by_label("Size", exact=True).select_option("720x1280")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"size": "720x1280"')
    run(person)
    look_again(person, studio)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Query")
    expect(main).not_to_contain_text("Callback received")
    assert studio.door("ledger")["posts"][-1]["path"] == "/cogvideox/v4/videos/generations"
