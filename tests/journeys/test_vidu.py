"""Vidu from the form to the kept video by queries alone, and on to a sharper copy of it."""

from __future__ import annotations

import hashlib

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.files.samples import picture
from tests.running import Studio
from tests.traveller import expect_video, look_again, run

pytestmark = pytest.mark.slow


def test_a_text_becomes_a_video_and_that_a_sharper_one(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/vidu.create/")
    parts = person.get_by_role("group", name="Prompt parts", exact=True)
    parts.get_by_label("Text or picture address").fill("a lighthouse in a storm")
    person.get_by_text("More settings").click()
    ratio = person.get_by_role("radiogroup", name="Aspect ratio", exact=True)
    ratio.locator(".segmented").get_by_text("9:16", exact=True).click()
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"content": "a lighthouse in a storm"')
    expect(body).to_contain_text('"aspect_ratio": "9:16"')
    run(person)
    look_again(person, studio)
    expect_video(person, 4)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Query")
    expect(main).to_contain_text("9:16 as asked")

    person.get_by_role("link", name="Upscale", exact=True).click()
    expect(body).to_contain_text('"creation_id": "237')
    run(person)
    look_again(person, studio)
    expect_video(person, 4)
    assert [post["path"] for post in studio.door("ledger")["posts"][-2:]] == ["/vidu/v1/tasks"] * 2


def test_a_picture_that_is_brought_becomes_a_part_of_the_prompt(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/vidu.create/")
    person.get_by_label("Text or picture address").fill("the red door opens")
    given = picture()
    file = FilePayload(name="door.png", mimeType="image/png", buffer=given)
    person.get_by_label("Choose file Picture").set_input_files(file)
    second = person.get_by_role("group", name="Prompt parts 2", exact=True)
    expect(second).to_contain_text("door.png")
    person.get_by_label("Kind of task", exact=True).select_option("img2video")
    run(person)
    look_again(person, studio)
    expect_video(person, 4)
    assert studio.door("ledger")["posts"][-1]["files"] == [hashlib.sha256(given).hexdigest()]
