"""Kling's three ways to make something, each from the form to the kept result: by callbacks, and when they are lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, expect_pictures, expect_video, run

pytestmark = pytest.mark.slow


def compose(page: Page, studio: Studio, operation: str) -> None:
    """A fresh form with all its settings open."""
    page.goto(f"{studio.url}/compose/kling.{operation}/")
    page.get_by_text("More settings").click()


def choose(page: Page, name: str, choice: str) -> None:
    group = page.get_by_role("radiogroup", name=name, exact=True)
    group.locator(".segmented").get_by_text(choice, exact=True).click()


def last_post(studio: Studio) -> dict[str, Any]:
    """The ledger's newest line, which is the only one of its callback address: posted once, ever."""
    posts = studio.door("ledger")["posts"]
    addresses = [post["callback_url"] for post in posts if post["callback_url"]]  # some calls have none
    assert len(set(addresses)) == len(addresses)
    found: dict[str, Any] = posts[-1]
    return found


def test_a_text_becomes_a_video_that_callbacks_tell_of(studio: Studio, person: Page) -> None:
    compose(person, studio, "text2video")
    person.get_by_label("Prompt", exact=True).fill("a fox crossing fresh snow")
    choose(person, "Duration", "5")
    choose(person, "Aspect ratio", "9:16")
    choose(person, "Camera move", "One motion of your own")
    person.get_by_label("Zoom", exact=True).fill("3")
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"zoom": 3')
    expect(body).to_contain_text('"duration": "5"')
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Callback")
    expect(main).to_contain_text("9:16 as asked")
    assert last_post(studio)["path"] == "/kling/v1/videos/text2video"


def test_pictures_that_callbacks_tell_of_lead_to_a_video_that_is_asked_for(studio: Studio, person: Page) -> None:
    compose(person, studio, "image-generate")
    person.get_by_label("Prompt", exact=True).fill("paper lantern floating over a lake")
    person.get_by_label("Number of images", exact=True).fill("3")
    person.get_by_label("Aspect ratio", exact=True).select_option("3:2")
    expect(person.get_by_role("button", name="Run on")).to_contain_text("3 images")
    run(person)
    expect_pictures(person, 3)
    expect(person.get_by_role("main")).to_contain_text("Callback")
    assert last_post(studio)["path"] == "/kling/v1/images/generations"

    studio.door("faults", seed=1, faults={"lose-callback": 1.0})
    second = person.locator(".result").nth(1)
    second.get_by_text("Use this …").click()
    second.get_by_role("link", name="Animate picture").click()
    expect(person.get_by_role("region", name="Body")).to_contain_text("/picture.png?film=")
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Query")
    expect(main).not_to_contain_text("Callback received")
    assert last_post(studio)["path"] == "/kling/v1/videos/image2video"


def test_without_callbacks_each_task_is_asked_for_under_its_own_path(studio: Studio, person: Page) -> None:
    studio.door("faults", seed=1, faults={"lose-callback": 1.0})
    addresses = []
    for operation in ("text2video", "image-generate"):
        compose(person, studio, operation)
        person.get_by_label("Prompt", exact=True).fill("a lighthouse in fog")
        addresses.append(run(person))
    person.goto(addresses[0])
    expect_video(person, 5)
    expect(person.get_by_role("main")).to_contain_text("Query")
    person.goto(addresses[1])
    expect_pictures(person, 1)
    expect(person.get_by_role("main")).to_contain_text("Query")


def test_an_error_inside_a_200_costs_nothing_and_says_what_to_do(studio: Studio, person: Page) -> None:
    before = studio.door("ledger")["charged"]
    studio.door("faults", seed=1, faults={"no-inside-200": 1.0})
    compose(person, studio, "text2video")
    person.get_by_label("Prompt", exact=True).fill("a red bicycle")
    run(person)
    main = person.get_by_role("main")
    expect(main).to_contain_text("as many tasks under way as it may", timeout=A_MINUTE)
    expect(main).to_contain_text("1303")
    assert studio.door("ledger")["charged"] == before
