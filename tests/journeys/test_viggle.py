"""Viggle as a person walks it: switched on by its owner, a picture and a video go up, and become one video."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.files.samples import film, picture
from tests.running import Studio
from tests.traveller import A_MINUTE, expect_video, run

pytestmark = pytest.mark.slow


def turn_on(page: Page, studio: Studio, *titles: str) -> None:
    """As an owner does, in the connection that the studio came with."""
    page.goto(f"{studio.url}/team/connections/1/?more=1")
    for title in titles:
        page.get_by_role("checkbox", name=re.compile(f"^{title}")).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("saved")


def bring(page: Page, name: str, media_type: str, data: bytes) -> None:
    page.wait_for_url(re.compile("/compose/viggle.upload-"))  # once it has loaded, its script sees what is chosen
    page.set_input_files("#c-file-choose", {"name": name, "mimeType": media_type, "buffer": data})
    expect(page.get_by_role("region", name="Body")).to_contain_text(f"@{name}")


def test_a_figure_is_put_into_the_motion_of_a_video(studio: Studio, person: Page) -> None:
    turn_on(person, studio, "Upload a picture", "Upload a video", "Mix: figure into motion")
    person.goto(f"{studio.url}/compose/?q=figure+into")
    person.get_by_role("link", name=re.compile("Put a figure into a video")).click()
    person.get_by_role("link", name="Start").click()
    bring(person, "hero.png", "image/png", picture(size=(320, 480)))
    run(person)
    expect(person.get_by_role("heading", name=re.compile("^Next: step 2"))).to_be_visible(timeout=A_MINUTE)

    person.get_by_role("link", name="Upload a video for this picture").click()
    bring(person, "dance.mp4", "video/mp4", film(480, 270, frames=48))
    run(person)
    expect(person.get_by_role("heading", name=re.compile("^Next: step 3"))).to_be_visible(timeout=A_MINUTE)

    person.get_by_role("link", name="Put the figure into this video").click()
    image, video = [task["id"] for task in studio.door("state")["tasks"]][-2:]
    body = person.get_by_role("region", name="Body")
    for id_ in (image, video):
        expect(body).to_contain_text(id_)
    run(person)
    again = person.get_by_role("button", name="Look again")
    expect(again).to_be_visible(timeout=A_MINUTE)
    studio.door("step", seconds=10)  # its work, at this speed
    again.click()
    expect_video(person, 4)
    assert [post["path"] for post in studio.door("ledger")["posts"][-3:]] == [
        "/viggle/asset/image",
        f"/viggle/asset/video/{image}",
        "/viggle/video-task",
    ]
