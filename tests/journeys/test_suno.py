"""Suno's sixth scenario as a person walks it: a song, the choice of a clip, its continuation, and both as one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import A_MINUTE, run

pytestmark = pytest.mark.slow


def expect_sounds(page: Page, count: int, seconds: float) -> None:
    """So many sounds of this length are kept, and the first of them plays."""
    sounds = page.locator(".result audio")
    expect(sounds).to_have_count(count, timeout=A_MINUTE)
    for sound in sounds.all():
        page.wait_for_function("a => a.readyState >= 1", arg=sound.element_handle(), timeout=A_MINUTE)
        assert abs(sound.evaluate("a => a.duration") - seconds) < 0.5
    sounds.first.evaluate("a => { a.muted = true; return a.play() }")
    page.wait_for_function("a => a.currentTime > 0.2", arg=sounds.first.element_handle())


def next_step(page: Page, title: str) -> None:
    """The studio asks for the clips by itself; then it says what may follow."""
    heading = page.get_by_role("heading", name=re.compile(f"^Next: step .* {title}$"))
    expect(heading).to_be_visible(timeout=A_MINUTE)


def test_a_song_is_extended_and_made_whole_with_a_choice_between_the_steps(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/?q=whole+song")
    person.get_by_role("link", name=re.compile("Extend to a whole song")).click()
    expect(person.get_by_role("main")).to_contain_text("Clip to continue · you choose which result goes on")
    person.get_by_role("link", name="Start").click()
    person.get_by_label("Title", exact=True).fill("Harbour lights")
    run(person)
    next_step(person, "Extend")
    expect_sounds(person, 2, 12)

    person.get_by_role("link", name="Extend · clip 2").click()
    body = person.get_by_role("region", name="Body")
    expect(body).to_contain_text('"title": "Harbour lights"')
    first, second = [task["id"] for task in studio.door("state")["tasks"]][-2:]
    expect(body).to_contain_text(second)
    expect(body).not_to_contain_text(first)
    expect(person.get_by_role("main")).to_contain_text("step 2 of 3: Extend")
    person.get_by_label("Go on from", exact=True).fill("8.5")
    run(person)
    next_step(person, "Whole song")

    person.get_by_role("link", name="Whole song · clip 1").click()
    run(person)
    expect(person.get_by_role("main")).to_contain_text("the recipe is done", timeout=A_MINUTE)
    expect_sounds(person, 1, 20)
    assert [post["path"] for post in studio.door("ledger")["posts"][-3:]] == [
        "/suno/v2/generate",
        "/suno/v2/generate",
        "/suno/v2/generate/concat",
    ]


def test_a_no_of_its_own_is_told_and_costs_nothing(studio: Studio, person: Page) -> None:
    before = studio.door("ledger")["charged"]
    studio.door("faults", seed=1, faults={"no-inside-200": 1.0})
    person.goto(f"{studio.url}/compose/suno.generate/?example")
    run(person)
    expect(person.get_by_role("main")).to_contain_text("upstream is busy", timeout=A_MINUTE)
    assert studio.door("ledger")["charged"] == before
