"""What a key may do and what is left on it: on the connection's page, and where it is spent."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio
from tests.traveller import expect_video, run

pytestmark = pytest.mark.slow
LEFT = re.compile(r"([\d,.]+) are left on this key")


def left(page: Page) -> float:
    place = page.get_by_text(LEFT)
    expect(place).to_be_visible()
    found = LEFT.search(place.inner_text())
    assert found
    return float(found[1].replace(",", ""))


def test_a_key_tells_what_it_may_use_and_what_a_run_has_spent(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/team/connections/")
    person.get_by_role("link", name="Sandbox").first.click()
    before = left(person)
    person.get_by_role("button", name="Test connection").click()
    expect(person.get_by_role("main")).to_contain_text("the key was accepted")
    person.get_by_text("What this key may use").click()
    expect(person.get_by_role("list", name="What this key may use")).to_contain_text("gen3")

    person.goto(f"{studio.url}/compose/runway.generate-text/")
    assert left(person) == before
    person.get_by_label("Prompt", exact=True).fill("a paper boat")
    run(person)
    expect_video(person, 10)
    assert float(studio.door("ledger")["charged"]) > 0


def test_a_spent_balance_dressed_as_haste_stops_the_key_until_somebody_pays(studio: Studio, person: Page) -> None:
    studio.door("faults", seed=1, faults={"spent-balance": 1.0})
    person.goto(f"{studio.url}/compose/runway.generate-text/")
    person.get_by_label("Prompt", exact=True).fill("a paper boat")
    run(person)
    expect(person.get_by_role("main")).to_contain_text("has no balance left")

    studio.door("faults", seed=1, faults={})
    person.goto(f"{studio.url}/team/connections/")
    person.get_by_role("link", name="Sandbox").first.click()
    person.get_by_role("button", name="Start again").click()
    expect(person.get_by_role("main")).to_contain_text("Started again")
