"""A team at work: an owner and a member, each in a browser of their own, from an invitation to a revoked link."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import body_holds
from tests.running import Studio
from tests.traveller import A_MINUTE, expect_video, run

pytestmark = pytest.mark.slow
PROMPT = "a {{animal}} on a rope bridge, fog"


def join(studio: Studio, owner: Page, member: Page) -> None:
    """The owner makes an invitation, the member opens its address and becomes somebody."""
    owner.goto(f"{studio.url}/team/")
    owner.get_by_role("button", name="Make an invitation").click()
    member.goto(owner.locator("#invitation-link").input_value())
    member.get_by_label("Name").fill("Mika")
    member.get_by_label("E-mail").fill("mika@studio.example")
    member.get_by_label("Password", exact=True).fill("rope bridge in fog")
    member.get_by_role("button", name="Make an account and join").click()
    expect(member.get_by_role("navigation", name="Rooms")).to_be_visible()


def keep_a_preset(studio: Studio, owner: Page) -> str:
    """A preset of two fixed fields and a prompt that asks for a word; the address of its page."""
    owner.goto(f"{studio.url}/compose/runway.generate-text/?fresh")
    owner.locator("#c-prompt").fill(PROMPT)
    body_holds(owner, "animal")
    owner.get_by_role("button", name="Save as preset").click()
    owner.get_by_label("Name").fill("Rope bridge")
    for at in ("model", "ratio"):
        owner.locator(f"[name='hold:{at}']").select_option("fixed")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.get_by_role("heading", name="Rope bridge", exact=True)).to_be_visible()
    return owner.url


def share(owner: Page) -> str:
    """The member may change it, and anyone with the link reads it; the link's address."""
    owner.locator("summary", has_text="Chosen people").click()
    owner.get_by_label("Mika may change it").check()
    owner.get_by_role("region", name="Who sees it").get_by_role("button", name="Save").click()
    expect(owner.locator("main")).to_contain_text("Saved.")
    owner.locator("summary", has_text="Anyone with a link").click()
    owner.get_by_role("button", name="Make a link").click()
    return owner.locator("#new-address").input_value()


def plan_six(member: Page, preset: str) -> None:
    """Open the preset, give it its word, then plan three words in two lengths."""
    member.goto(preset)
    member.get_by_role("link", name="Open in the composer").click()
    expect(member.locator("#c-model.locked")).to_contain_text("gen3")
    expect(member.locator("#c-ratio.locked")).to_contain_text("16:9")
    member.get_by_label(re.compile("^animal")).fill("fox")
    body_holds(member, "a fox on a rope bridge")
    member.get_by_role("button", name="Batch").first.click()
    member.wait_for_url(re.compile("/batches/plan/"))
    write(member, 0, "options.seconds", "10, 5")
    member.get_by_role("button", name="Add an axis").click()
    write(member, 1, "{{animal}}", "fox, owl, cat")
    expect(member.locator(".batch-count")).to_contain_text("6 cells 2 × 3")
    expect(member.locator("#told")).to_contain_text("a rehearsal, free")


def write(page: Page, place: int, at: str, text: str) -> None:
    page.locator(f"#axis-{place}-field").select_option(at)
    page.locator(f"#axis-{place}-text").fill(text)


def choose(member: Page) -> None:
    """Two lengths of the owl side by side; the better one gets a star and becomes the preset's next version."""
    member.get_by_role("button", name="Star for cell 5").click()
    expect(member.locator(".star--on")).to_have_count(1)
    for number in (2, 5):
        member.get_by_label(f"Compare cell {number}").check()
    member.get_by_role("button", name="Compare").click()
    expect(member.locator(".compare")).to_contain_text("Duration")
    member.locator(".compare__result a").last.click()
    expect_video(member, 5)
    member.get_by_role("link", name="Save as preset").click()
    expect(member.get_by_label("Version 2 of “Rope bridge”")).to_be_checked()
    member.get_by_label("Note").fill("Five seconds are enough")
    member.get_by_role("button", name="Save", exact=True).click()
    expect(member.locator("main")).to_contain_text("Saved as version 2.")
    expect(member.locator("main")).to_contain_text("{{animal}}")


def set_price(studio: Studio, owner: Page) -> None:
    owner.goto(f"{studio.url}/team/money/?q=text to video")
    owner.locator("[name='price-runway.generate-text']").fill("320")
    owner.get_by_role("button", name="Save prices").click()
    expect(owner.locator("main")).to_contain_text("1 price was changed.")


def ask_first(studio: Studio, owner: Page) -> None:
    owner.goto(f"{studio.url}/team/money/")
    owner.get_by_label("From so many points on").fill("300")
    owner.get_by_role("region", name="Approvals").get_by_role("button", name="Save").click()
    expect(owner.locator("main")).to_contain_text("Saved.")


def rehearse(owner: Page, member: Page) -> None:
    """On the sandbox nobody is asked first, whatever the price: both see the member's next task run."""
    member.get_by_role("link", name="Open in the composer").click()
    member.get_by_label(re.compile("^animal")).fill("heron")
    body_holds(member, "a heron on a rope bridge")
    expect(member.locator("#run")).to_contain_text("a rehearsal, free")
    run(member)
    owner.goto(member.url)
    for page in (owner, member):
        expect_video(page, 5)


def test_a_team_at_work(studio: Studio, person: Page, new_context: Callable[..., BrowserContext]) -> None:
    owner = person
    member, stranger = (new_context(viewport={"width": 1280, "height": 900}).new_page() for _both in range(2))
    join(studio, owner, member)
    preset = keep_a_preset(studio, owner)
    link = share(owner)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="Rope bridge")).to_be_visible()
    set_price(studio, owner)

    plan_six(member, preset)
    member.locator("#run-batch").click()
    member.wait_for_url(re.compile(r"/batches/\d+/$"))
    owner.goto(member.url)
    for page in (owner, member):
        expect(page.locator(".batch-cell .cell__picture")).to_have_count(6, timeout=A_MINUTE)
    choose(member)

    ask_first(studio, owner)
    rehearse(owner, member)

    owner.goto(preset)
    expect(owner.get_by_role("heading", name="What version 2 holds")).to_be_visible()
    owner.get_by_role("button", name="Revoke").click()
    expect(owner.locator("main")).to_contain_text("The link is revoked.")
    answer = stranger.goto(link)
    assert answer
    assert answer.status == 404
    expect(stranger.get_by_role("heading", name="Rope bridge")).to_have_count(0)
