"""One body all the way round, in real browsers, against the real processes: from the form to a video that plays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import running
from tests.running import Studio
from tests.traveller import A_MINUTE, expect_video, run

pytestmark = pytest.mark.slow
PROMPT = '一只小猫 on a "paper boat"'
Contexts = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running.studio(tmp_path_factory.mktemp("journey")) as started:
        started.link()
        yield started


@pytest.fixture
def person(studio: Studio, new_context: Contexts) -> Page:
    """Somebody who signed in by a link, in a browser of their own."""
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(studio.another_link())
    studio.door("faults", seed=1, faults={})
    return page


def compose(page: Page, studio: Studio, prompt: str) -> None:
    page.goto(f"{studio.url}/compose/runway.generate-text/")
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.get_by_role("radiogroup", name="Duration", exact=True).get_by_text("5", exact=True).click()


def test_a_body_becomes_a_video_in_every_open_browser(studio: Studio, new_context: Contexts, page: Page) -> None:
    page.goto(studio.link())
    expect(page).to_have_url(re.compile("/compose/"))
    page.goto(studio.link())
    expect(page.get_by_text("does not work any more")).to_be_visible()

    compose(page, studio, PROMPT)
    body = page.get_by_role("region", name="Body")
    expect(body).to_contain_text('"prompt": "一只小猫 on a \\"paper boat\\""')
    expect(body).to_contain_text('"seconds": 5')
    address = run(page)

    second = new_context(viewport={"width": 390, "height": 800}, color_scheme="dark").new_page()
    second.goto(studio.another_link())
    second.goto(f"{studio.url}/tasks/")
    expect(second.get_by_role("main")).to_contain_text("一只小猫")
    second.goto(address)
    wall = second.context.new_page()
    wall.goto(f"{studio.url}/results/")
    expect(wall.get_by_role("main")).to_contain_text("No results yet")
    for browser in (page, second):
        expect(browser.get_by_role("main")).to_contain_text("Running", timeout=A_MINUTE)
    for browser in (page, second):
        expect_video(browser, 5)
        assert browser.url == address
        expect(browser.get_by_role("main")).to_contain_text("Callback")
    expect(wall.locator(".wall__item")).to_have_count(1)
    assert "Succeeded" in page.title() or "✓" in page.title()
    [post] = studio.door("ledger")["posts"]
    assert post["path"] == "/runway/v1/pro/generate"


def test_a_task_whose_callbacks_are_lost_is_finished_by_polling(studio: Studio, person: Page) -> None:
    studio.door("faults", seed=1, faults={"lose-callback": 1.0})
    compose(person, studio, "a lighthouse in fog")
    run(person)
    expect_video(person, 5)
    main = person.get_by_role("main")
    expect(main).to_contain_text("Query")
    expect(main).not_to_contain_text("Callback received")


def test_an_example_is_run_from_a_terminal(studio: Studio) -> None:
    studio.door("faults", seed=1, faults={})
    said = studio.manage("run", "Waves at dawn", "--set", "options.seconds=5", "--wait").splitlines()
    assert said[0].startswith("Task ")
    assert f"{studio.url}/tasks/" in said[0]
    assert Path(said[1]).read_bytes()[4:8] == b"ftyp"


def test_a_wrong_key_costs_nothing_and_keeps_the_form(studio: Studio, person: Page) -> None:
    before = studio.door("ledger")["charged"]
    person.goto(f"{studio.url}/team/connections/")
    person.get_by_role("link", name="Sandbox").first.click()
    person.get_by_label("Key", exact=True).fill("wrong-key")
    person.get_by_role("button", name="Save").click()

    compose(person, studio, "a red bicycle")
    run(person)
    main = person.get_by_role("main")
    expect(main).to_contain_text("The key is wrong", timeout=A_MINUTE)
    assert studio.door("ledger")["charged"] == before

    person.get_by_role("link", name="Edit as new").click()
    expect(person.get_by_label("Prompt", exact=True)).to_have_value("a red bicycle")
    expect(person.get_by_role("main")).to_contain_text("stopped")
