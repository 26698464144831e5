"""From a callback to changed pixels, in a real browser that shows the task."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from studio.management.bench import rows
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, percentile
from studio.tasks.models import Attempt

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:  # it is there for tests only
    sync_playwright = None  # type: ignore[assignment]

NAME, TARGET = "callback sent, pixels changed in a browser, p95", Target(150)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE = 20_000  # milliseconds
# Resolves with the time at which a frame with the change is about to be shown, in milliseconds since 1970.
WATCH = """() => { window.shown = new Promise((tell) => {
  const watch = new MutationObserver(() => {
    if (!document.querySelector(".state--running")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => tell(performance.timeOrigin + performance.now()), 0));
  });
  watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}); }"""


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), "")
    if sync_playwright is None or not program:
        missing = "playwright" if sync_playwright is None else "Chromium"
        return [Row(NAME, None, "ms", target=TARGET, note=f"{missing} is not installed")]
    group = rows.group()
    attempts = rows.accepted(group, sizes.pixels + 1)
    requests = rows.callbacks(attempts, "running")
    session = rows.session_of(group.owner)
    programs.run("web")
    with browser(program) as running:
        context = running.new_context(locale="en")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.PUBLIC_URL}])
        page = context.new_page()
        took = [one(page, attempt, partial(send, request)) for attempt, request in zip(attempts, requests, strict=True)]
    took = took[1:]
    return [Row(NAME, percentile(took, 95), "ms", target=TARGET), Row("  p50", percentile(took, 50), "ms")]


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


def one(page: Page, attempt: Attempt, callback: Callable[[], None]) -> float:
    """Milliseconds from the callback until the page that shows its task has changed."""
    page.goto(settings.PUBLIC_URL + reverse("tasks:detail", args=[attempt.task_id]))
    page.wait_for_selector("html[data-live]", state="attached", timeout=PATIENCE)
    page.evaluate(WATCH)
    began = time.time()
    callback()
    shown: float = page.evaluate("() => window.shown")
    return shown - began * 1000


def send(request: bytes) -> None:
    web = urlsplit(settings.PUBLIC_URL)
    with socket.create_connection((str(web.hostname), web.port or 80), timeout=20) as line:
        line.sendall(request)
        line.recv(4096)
