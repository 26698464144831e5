"""OpenAI's pictures: DALL·E's comes with the prompt that was painted, the chat model's is a link among its words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_pictures, run

pytestmark = pytest.mark.slow


def test_a_picture_is_kept_from_a_list_and_from_a_text(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/openai-images.dall-e-3/")
    person.get_by_label("Prompt", exact=True).fill("red bicycle, gouache")
    person.get_by_text("More settings").click()
    person.get_by_role("radiogroup", name="Size", exact=True).get_by_text("1792x1024", exact=True).click()
    expect(person.get_by_role("region", name="Body")).to_contain_text('"size": "1792x1024"')
    run(person)
    expect_pictures(person, 1)
    main = person.get_by_role("main")
    expect(main).to_contain_text("1792 × 1024")
    expect(main).to_contain_text("in careful detail")

    person.goto(f"{studio.url}/compose/openai-images.gpt-4-all/?example")
    run(person)
    expect_pictures(person, 1)
    expect(main).to_contain_text("1792 × 1024")
    expect(person.get_by_role("link", name="Upscale with Ideogram")).to_be_visible()
    paths = [post["path"] for post in studio.door("ledger")["posts"][-2:]]
    assert paths == ["/v1/images/generations", "/v1/chat/completions"]
