"""What a person does and sees on the way from a form to a result, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.running import Studio

A_MINUTE = 60_000


def run(page: Page) -> str:
    """Press Run and return the address of the task page."""
    page.get_by_role("button", name=re.compile("^Run on")).click()
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    return page.url


def look_again(page: Page, studio: Studio) -> None:
    """The gateway has had its minutes, and the person does not wait for the studio's next query."""
    button = page.get_by_role("button", name="Look again")
    expect(button).to_be_visible(timeout=A_MINUTE)
    studio.door("step", seconds=60)
    button.click()


def expect_video(page: Page, seconds: float) -> None:
    """A video stands on the page, loaded far enough to play, of the length that was asked for."""
    video = page.locator("video").first
    expect(video).to_be_visible(timeout=A_MINUTE)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2", timeout=A_MINUTE)
    assert abs(video.evaluate("v => v.duration") - seconds) < 0.2
    video.evaluate("v => { v.muted = true; return v.play() }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")


def expect_pictures(page: Page, count: int) -> None:
    """So many pictures stand on the page, each of them really loaded."""
    pictures = page.locator(".result img")
    expect(pictures).to_have_count(count, timeout=A_MINUTE)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=picture.element_handle())
