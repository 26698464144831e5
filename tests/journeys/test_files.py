"""Files go in: dropped, pasted or made before, they reach the gateway byte for byte; a wrong one is told at once."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.files.samples import film, picture
from tests.running import Studio
from tests.traveller import expect_video, run

pytestmark = pytest.mark.slow
PUT = """([place, kind, data, name, type]) => {
    const moved = new DataTransfer();
    moved.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
    const at = document.querySelector(place);
    if (kind === "paste") {
        at.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: moved }));
        return;
    }
    for (const each of ["dragover", "drop"]) {
        at.dispatchEvent(new DragEvent(each, { bubbles: true, cancelable: true, dataTransfer: moved }));
    }
}"""


def put(page: Page, place: str, kind: str, data: bytes, name: str, media_type: str) -> None:
    """Drop a file on the element, or paste it there, as a hand would."""
    page.wait_for_function("place => document.querySelector(place)", arg=place)
    page.evaluate(PUT, [place, kind, base64.b64encode(data).decode(), name, media_type])


def sent(studio: Studio) -> list[str]:
    """The checksums of what the gateway fetched for its last call."""
    files: list[str] = studio.door("ledger")["posts"][-1]["files"]
    return files


def expect_picture(box: Locator, name: str) -> None:
    expect(box.get_by_role("link", name=name)).to_be_visible()
    thumbnail = box.locator("img")
    expect(thumbnail).to_be_visible()
    box.page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=thumbnail.element_handle())


def test_a_dropped_picture_reaches_the_gateway_and_its_result_goes_in_again(studio: Studio, person: Page) -> None:
    data = picture(size=(640, 360))
    person.goto(f"{studio.url}/compose/runway.generate-image/")
    put(person, "#c-image-drop", "drop", data, "狐 fox.png", "image/png")
    first = person.locator("#c-image-drop")
    expect_picture(first, "狐 fox.png")
    expect(first).to_contain_text("640 × 360")
    expect(person.get_by_role("region", name="Body")).to_contain_text("<signed address of 狐 fox.png>")
    person.get_by_label("Prompt", exact=True).fill("the fox looks up")
    task = run(person)
    expect_video(person, 10)
    assert sent(studio) == [hashlib.sha256(data).hexdigest()]
    person.get_by_text("The exact bytes").click()
    expect(person.get_by_role("main")).to_contain_text("/files/in/…/fox.png")

    person.goto(f"{studio.url}/compose/runway.generate-image/?fresh")
    person.get_by_role("button", name="Earlier results First frame").click()
    chooser = person.get_by_role("dialog")
    expect(chooser.get_by_role("button", name=re.compile("fox.png"))).to_be_visible()
    chooser.get_by_role("searchbox").fill("looks up")
    expect(chooser.get_by_role("button", name=re.compile("fox.png"))).to_have_count(0)
    chooser.get_by_role("button", name=re.compile("the fox looks up")).first.click()
    expect_picture(person.locator("#c-image-drop"), f"task-{task.rstrip('/').rsplit('/', 1)[-1]}-")
    run(person)
    expect_video(person, 10)
    assert len(sent(studio)) == 1
    assert sent(studio)[0]


def test_a_pasted_picture_and_a_file_of_a_wrong_kind(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/kling.image2video/")
    put(person, "#c-image-drop", "drop", film(frames=12), "talk.mp4", "video/mp4")
    first = person.locator("#c-image-drop")
    expect(first.get_by_role("alert")).to_have_text("This is a video. Choose one of: PNG, JPEG, WebP, GIF.")
    data = picture("JPEG", (400, 400))
    put(person, "#c-image", "paste", data, "image.png", "image/png")
    expect_picture(first, "image.jpg")
    expect(first.get_by_role("alert")).to_be_hidden()
    expect(first.get_by_role("button", name="Remove image.jpg")).to_be_focused()
    run(person)
    expect_video(person, 5)
    assert sent(studio) == [hashlib.sha256(data).hexdigest()]
