"""Renews the pictures of the README: `uv run --group test python -m tests.screenshots`.

Starts the real studio with an empty data folder, works in it as a person would, and photographs four pages in both
schemes.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import running
from tests.browser.chromium import FLAGS, chromium
from tests.running import Studio

PICTURES = Path(__file__).parent.parent / ".screenshots"
WINDOW = {"width": 1280, "height": 860}
FILMS = [
    ("A paper boat crosses a rain puddle, low camera, soft evening light", {}),
    ("一只小猫跳上窗台，清晨的阳光，慢镜头", {}),
    ("A lighthouse in fog, waves breaking over the rocks", {"fail-task": 1.0}),
    ("A slow dolly through a neon market at night, rain on the lens", {}),
    ("Macro shot of a dew drop sliding down a blade of grass", {"no-answer": 1.0, "lose-callback": 1.0}),
    ("An old map unrolls; ink lines turn into rivers", {}),
]


def compose(page: Page, studio: Studio, prompt: str) -> None:
    page.goto(f"{studio.url}/compose/runway.generate-text/?fresh")
    page.locator("#c-prompt").fill(prompt)
    page.wait_for_function("text => document.getElementById('body-text')?.value.includes(text)", arg=prompt)


def run(page: Page, studio: Studio, prompt: str) -> str:
    compose(page, studio, prompt)
    page.locator("#run-button").click()
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    return page.url


def work(page: Page, studio: Studio) -> str:
    """Run all films, the last one at real speed; the address of the first one's page."""
    studio.door("speed", speed=100)
    for prompt, faults in FILMS[:-1]:
        studio.door("faults", seed=1, faults=faults)
        run(page, studio, prompt)
        page.locator(".state--large:is(.state--succeeded, .state--failed, .state--unknown)").wait_for(timeout=60_000)
    studio.door("faults", seed=1, faults={})
    studio.door("speed", speed=1)
    run(page, studio, FILMS[-1][0])
    return f"{studio.url}/tasks/1/"


def photograph(page: Page, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)  # pictures fade in
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, running.studio(Path(data)) as studio, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
        page.goto(studio.link())
        page.get_by_role("button", name="Later").click()
        first = work(page, studio)
        page.goto(first)
        page.wait_for_function("() => document.querySelector('video').readyState >= 2")
        page.wait_for_timeout(2000)  # the player hides its own signs of loading
        photograph(page, "task")
        page.goto(f"{studio.url}/tasks/")
        photograph(page, "tasks")
        compose(page, studio, FILMS[0][0])
        page.locator("#c-model").get_by_text("gen2", exact=True).click()
        page.wait_for_function("() => document.getElementById('body-text')?.value.includes('gen2')")
        photograph(page, "compose")
        page.goto(f"{studio.url}/team/connections/")
        page.get_by_role("link", name="Sandbox").first.click()
        page.goto(f"{page.url}sandbox/")
        photograph(page, "sandbox")
        browser.close()


if __name__ == "__main__":
    main()
