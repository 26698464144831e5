"""The stream in real tabs: one for all of them, back by itself after the server was away, and true after a long nap."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from studio.tasks.hub import PER_PERSON
from tests import plain
from tests.postgresql import free_port
from tests.processes import House, Program, eventually, house
from tests.test_live import PEOPLE, Live, status

pytestmark = pytest.mark.slow
LINK = """
from studio.teams.models import User
from studio.teams.signin import new_link
print(new_link(User.objects.get(email="alice@example.com")))
"""
CHANGE = """
from django.db import transaction
from studio.tasks import events
from studio.tasks.models import Task
from studio.tasks.states import Source
from studio.teams.scope import across_teams
with across_teams(), transaction.atomic():
    task = Task.objects.get(pk={task})
    task.state, task.progress = "{state}", {progress}
    task.save()
    events.append(task, "{kind}", Source.CALLBACK)
"""


@dataclass
class Site:
    """A web process that can be stopped and started, and Alice's task in it."""

    house: House
    port: int
    alice: dict[str, int]
    web: Program | None = None

    @property
    def task(self) -> int:
        return self.alice["task"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self) -> None:
        options = ["--port", str(self.port), "--no-access-log", "--timeout-graceful-shutdown", "1"]
        self.web = self.house.start("-m", "uvicorn", "studio.asgi:application", *options)
        eventually(lambda: status(f"{self.url}/live/") == 403)

    def stop(self) -> None:
        assert self.web
        self.web.stop(signal.SIGTERM)

    def change(self, state: str, progress: int, kind: str = "heard") -> None:
        code = CHANGE.replace("{task}", str(self.task)).replace("{state}", state).replace("{kind}", kind)
        self.house.do(code.replace("{progress}", str(progress)))


@pytest.fixture
def site() -> Iterator[Site]:
    port = free_port()
    with house(STUDIO_PUBLIC_URL=f"http://127.0.0.1:{port}", STUDIO_DEBUG="1") as made:
        assert made.run("manage.py", "migrate", "-v0").returncode == 0
        alice, _charlie = json.loads(made.do(PEOPLE))
        running = Site(made, port, alice)
        running.change("running", 10)
        running.serve()
        yield running


def open_tab(context: BrowserContext, site: Site) -> Page:
    tab = context.new_page()
    tab.goto(f"{site.url}/tasks/{site.task}/")
    expect(tab.locator("html[data-live]")).to_be_attached()
    return tab


def test_tabs_share_one_stream_and_see_the_truth(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    context = new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.new_page().goto(site.house.do(LINK))
    tabs = [open_tab(context, site) for _ in range(7)]

    site.change("running", 35)
    for tab in tabs:
        expect(tab.locator("progress[data-task-progress]")).to_have_js_property("value", 35)
        expect(tab.get_by_role("heading", name="Running").first).to_be_visible()  # that is told by the fragment

    asked.clear()
    site.change("running", 60)
    for tab in tabs:
        expect(tab.locator("progress[data-task-progress]")).to_have_js_property("value", 60)
    site.change("running", 75, "writing")  # an answer that comes tells of its progress by this line alone
    for tab in tabs:
        expect(tab.locator("progress[data-task-progress]")).to_have_js_property("value", 75)
    assert not [url for url in asked if "/card/" in url], "a number needs no request"

    tabs[0].close()
    site.stop()
    for tab in tabs[1:]:
        expect(tab.locator("html:not([data-live])")).to_be_attached()
    site.change("failed", 60)  # while nobody was connected
    site.serve()
    for tab in tabs[1:]:
        expect(tab.get_by_role("heading", name="Failed").first).to_be_visible(timeout=20_000)


def test_news_that_comes_before_a_page_is_ready_is_not_lost(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    context, held = new_context(), list[Route]()
    context.new_page().goto(site.house.do(LINK))
    first, tab = open_tab(context, site), context.new_page()
    tab.route("**/comments.js", lambda route: held.append(route))  # the last script; nothing listens before
    with tab.expect_request("**/comments.js"):
        tab.goto(first.url, wait_until="commit")
    site.change("failed", 60)
    expect(first.get_by_role("heading", name="Failed").first).to_be_visible()  # told to all tabs
    held[0].continue_()
    expect(tab.get_by_role("heading", name="Failed").first).to_be_visible(timeout=5_000)  # it asks by itself after 30 s


@pytest.mark.parametrize("fault", ["refused", "never answered"])
def test_news_whose_fragment_could_not_be_fetched_is_fetched_again(
    site: Site, new_context: Callable[..., BrowserContext], fault: str
) -> None:
    context = new_context()
    context.new_page().goto(site.house.do(LINK))
    tab = open_tab(context, site)
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route)  # a connection that died in a closed laptop: no answer and no end
        return route.abort() if fault == "refused" else None

    tab.route("**/card/**", lose_the_first)
    site.change("failed", 60)
    expect(tab.get_by_role("heading", name="Failed").first).to_be_visible(timeout=30_000)
    assert lost
    expect(tab.locator("html[data-live]")).to_be_attached()


def test_beyond_the_cap_of_streams_a_page_asks_by_itself_and_shows_the_end(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    live = Live(site.house, f"{site.url}/live/", site.alice, {})
    context, asked = new_context(), list[float]()
    signed_in = plain.get(site.house.do(LINK)).cookies  # not in the browser, whose first page would open a stream
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in signed_in.items()])
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(time.monotonic()) if "/card/" in request.url else None)
    with ExitStack() as elsewhere:
        for _ in range(PER_PERSON):
            elsewhere.enter_context(live.viewer(site.alice))
        assert status(live.url, token=live.token(site.alice)) == 503
        tab.goto(f"{site.url}/tasks/{site.task}/")
        eventually_asked(tab, asked, 3)
        site.change("failed", 60)
        expect(tab.get_by_role("heading", name="Failed").first).to_be_visible(timeout=20_000)
        expect(tab.locator("html[data-live]")).to_have_count(0)
        expect(tab.locator("[data-offline]")).to_be_hidden()  # it is slower, not cut off
        assert min(later - before for before, later in pairwise(asked)) > 3, "it asks too often"
    expect(tab.locator("html[data-live]")).to_be_attached(timeout=60_000)  # a place came free


def eventually_asked(tab: Page, asked: list[float], count: int) -> None:
    while len(asked) < count:
        tab.wait_for_event("request", lambda request: "/card/" in request.url, timeout=30_000)
