"""A real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from ctypes.util import find_library

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import plain

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

PATIENCE = 20_000  # milliseconds: a machine may have much else to do


# The shell is the same browser without a window around its pages, which takes a second of a processor for each page.
PROGRAMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]


def found() -> str:
    return next(filter(None, map(shutil.which, PROGRAMS)), "")


def has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    return not lister or bool(subprocess.run([lister, ":lang=zh"], check=False, capture_output=True).stdout)


def missing() -> list[str]:
    """Debian's packages that this machine lacks: the browser, a font for Chinese, what Playwright's driver loads."""
    there = {
        "chromium": bool(found()),
        "fonts-wqy-microhei": has_chinese_font(),
        "libatomic1": sys.platform != "linux" or bool(find_library("atomic")),
    }
    return [package for package, is_there in there.items() if not is_there]


def chromium() -> str:
    """Where Chromium is; on a Debian machine what is missing is installed."""
    if missing() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing()], check=False, capture_output=True)
    if packages := missing():
        pytest.exit(f"The browser tests need more. Install it with: apt-get install {' '.join(packages)}", 1)
    return found()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's event loop lives in this thread; Django's guard against ORM calls beside a loop is not for us.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    """Makes separate browsers (own cookies, own storage); what a page's console complains of fails the test."""
    complaints: list[str] = []
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    if "live_server" in request.fixturenames:
        wait_until_answered(request.getfixturevalue("live_server").url)
    assert not complaints


def wait_until_answered(address: str) -> None:
    """The server in this process answers what closed browsers asked; their test's database must outlive that.

    It has a thread for each connection, which ends with it. Whoever asks now is the last in its queue.
    """
    plain.head(f"{address}/static/favicon.svg")
    until = time.monotonic() + 20
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(max(0.0, until - time.monotonic()))
            assert not thread.is_alive(), "a request is still being answered"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(viewport={"width": 1280, "height": 900}).new_page()
