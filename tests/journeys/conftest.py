"""One studio for all journeys, with a gateway whose minutes are seconds; each person has a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests import running
from tests.running import Studio


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with running.studio(
        tmp_path_factory.mktemp("journeys"), DJANGO_SETTINGS_MODULE="tests.journeys.settings"
    ) as started:
        started.link()
        started.door("speed", speed=60)
        yield started


@pytest.fixture(scope="package")
def cookies(studio: Studio, browser: Browser) -> StorageState:
    """What a browser keeps of having signed in by a link."""
    context = browser.new_context()
    context.new_page().goto(studio.another_link())
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def person(studio: Studio, cookies: StorageState, new_context: Callable[..., BrowserContext]) -> Page:
    """Somebody who is signed in, while the gateway does nothing wrong."""
    studio.door("faults", seed=1, faults={})
    return new_context(viewport={"width": 1280, "height": 900}, storage_state=cookies).new_page()
