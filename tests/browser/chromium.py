"""A real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PACKAGES = ["chromium", "fonts-wqy-microhei"]
# Without these flags Chromium looks up addresses of its own at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Traffic:
    """The requests that a server in this process is answering. A test's database must outlive them."""

    def __init__(self) -> None:
        self.open = 0
        self.turn = threading.Condition()
        request_started.connect(self.begin)
        request_finished.connect(self.end)

    def begin(self, **_: object) -> None:
        with self.turn:
            self.open += 1

    def end(self, **_: object) -> None:
        with self.turn:
            self.open -= 1
            self.turn.notify_all()

    def watch(self) -> None:
        """Count from here on: a test's own client leaves the answers open that it does not read."""
        with self.turn:
            self.open = 0

    def wait(self) -> None:
        with self.turn:
            assert self.turn.wait_for(lambda: self.open <= 0, timeout=20), "a request is still being answered"


traffic = Traffic()


def chromium() -> str:
    """Where Chromium is; on a Debian machine without one it is installed, with a font for Chinese."""
    if not shutil.which("chromium") and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *PACKAGES], check=False, capture_output=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.exit(f"The browser tests need Chromium. Install it with: apt-get install {' '.join(PACKAGES)}", 1)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's event loop lives in this thread; Django's guard against ORM calls beside a loop is not for us.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes separate browsers (own cookies, own storage); what a page's console complains of fails the test."""
    traffic.watch()
    complaints: list[str] = []
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    traffic.wait()
    assert not complaints


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport={"width": 1280, "height": 900}).new_page()
