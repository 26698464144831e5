"""Flux: a picture of an exact size, which is asked for until it is ready and kept before its link dies."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.running import Studio, wait_until
from tests.traveller import A_MINUTE, expect_pictures, run

pytestmark = pytest.mark.slow


def test_a_picture_of_an_exact_size_is_asked_for_and_kept(studio: Studio, person: Page) -> None:
    person.goto(f"{studio.url}/compose/flux.image/")
    person.get_by_label("Prompt", exact=True).fill("red bicycle in a glass house")
    person.get_by_label("Height", exact=True).fill("576")
    expect(person.get_by_role("region", name="Body")).to_contain_text('"height": 576')
    run(person)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Accepted", timeout=A_MINUTE)
    wait_until(lambda: studio.door("state")["tasks"][-1]["state"] == "succeeded", 20, "the picture is ready")
    person.get_by_role("button", name="Look again").click()
    expect_pictures(person, 1)
    expect(main).to_contain_text("1024 × 576")
    expect(main.get_by_role("link", name="Animate picture")).to_be_visible()
    assert studio.door("ledger")["queries"]["/flux/v1/get_result"] >= 1
