"""PicWish as a person uses it: a picture from their own disk is cut out, and gets a new background."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.files.samples import picture
from tests.running import Studio
from tests.traveller import expect_pictures, run

pytestmark = pytest.mark.slow


def test_a_picture_is_cut_out_and_set_before_a_new_background(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/picwish.cutout/")
    file = {"name": "cup.png", "mimeType": "image/png", "buffer": picture(size=(640, 480))}
    person.locator("#c-image_file-drop input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(person.get_by_role("region", name="Body")).to_contain_text("cup.png")
    run(person)
    expect_pictures(person, 1)
    main = person.get_by_role("main")
    expect(main).to_contain_text("640 × 480")
    expect(main).to_contain_text("Sent as the parts of a form")

    person.get_by_role("link", name="New background").click()
    person.get_by_label("Background description", exact=True).fill("marble table, soft morning light")
    run(person)
    expect_pictures(person, 2)
    paths = [post["path"] for post in studio.door("ledger")["posts"][-2:]]
    assert paths == ["/api/tasks/visual/segmentation", "/api/tasks/visual/background"]
