"""Every page, as people meet it: wide and narrow, light and dark, in both languages, with nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from studio import catalog
from studio.library import saving, sharing
from studio.library.documents import FORMAT
from studio.library.kept import FIXED, FREE, Kept
from studio.library.prompts import saving as prompt_saving
from studio.library.versions import put_label
from studio.tasks.states import Approval, State
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.factories import VALUES, make_attempt, make_connection, make_task
from tests.ledger.saying import say
from tests.library.making import make_preset, make_prompt, make_word_list

# English is the longer of the two, so it stands where there is little room.
LOOKS = [("en", "dark", 390), ("zh-hans", "light", 1280)]
# Preloading would ask the server for the sheets' imports at addresses beside the page; and to describe every element in
# which nothing was found takes as long again.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
TAB_OUT_OF_SIGHT = """() => [...document.querySelectorAll(".tabs > [aria-current]")].some((tab) => {
    const { left, right } = tab.getBoundingClientRect();
    return left < 0 || right > document.documentElement.clientWidth + 1;
})"""
SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/nothing-here/", "/sign-in/used/"]
SIGNED_IN = [
    "/compose/",
    "/compose/runway.generate-text/",
    "/compose/runway.generate-image/",
    "/compose/runway.generate-text/?example",
    "/import/",
    "/reference/",
    "/reference/?q=nothing",
    "/reference/runway.generate-text/",
    "/reference/runway.feed/",
    "/reference/gateway.model/",
    "/reference/guides/help/",
    "/recipes/suno.extend-to-whole-song/",
    "/compose/suno.generate/?recipe=suno.cover&step=1",
    "/tasks/",
    "/batches/",
    "/tasks/?state=failed&q=nothing",
    "/tasks/inbox/",
    "/results/",
    "/search/?q=boat",
    "/search/?q=nothing+like+this",
    "/library/",
    "/library/?q=nothing",
    "/team/connections/",
    "/team/connections/new/",
    "/team/status/",
    "/team/money/",
    "/team/money/?q=nothing",
    "/team/spending/",
    "/team/invite/",
    "/style/",
]


def finding(violation: dict[str, Any]) -> str:
    targets = ", ".join(str(node["target"]) for node in violation["nodes"][:4])
    return f"{violation['id']} ({violation['impact']}): {targets}"


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, a page that scrolls sideways, and an open tab that is out of sight."""
    violations = Axe().run(page, options=OPTIONS).response["violations"]
    found = [finding(v) for v in violations if v["impact"] in {"serious", "critical"}]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        found.append("scrolls sideways")
    if page.evaluate(TAB_OUT_OF_SIGHT):
        found.append("the open tab is out of sight")
    return found


def look_at(page: Page, address: str, paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        page.goto(address + path)
        page.wait_for_load_state("load")
        if trouble := faults(page):
            found[path] = trouble
    return found


def open_page(context: BrowserContext, address: str, language: str, user: User | None = None) -> Page:
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if user:
        client = Client()
        client.force_login(user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context.new_page()


@pytest.fixture
def library(transactional_db: None, team: Team, alice: User) -> list[str]:
    """The pages of a preset with two versions, and of what it would be to save one; the last is for anybody."""
    preset = make_preset(team, alice, description="For calm water.", holds={"model": FIXED, "style": FREE})
    make_preset(team, alice, name="小船", key="a" * 32, visibility="me")
    with scope(team):
        saving.add_version(preset, alice, Kept(VALUES | {"model": "gen2"}, {"seed": 7}), "gen2 is enough", 1)
        put_label(preset, "production", 2)
        task = make_task(team, alice, make_connection(team, name="Kept"), state=State.SUCCEEDED)
        token = sharing.new_link(preset, alice, 7, names_author=True)
    page = f"/library/{preset.pk}/"
    keep = f"/compose/{task.operation}/keep/?from={task.pk}"
    return [page, f"{page}?from=1&to=2", "/team/links/", keep, f"/shared/{token}/"]


def table_of_a_document(page: Page, address: str) -> dict[str, list[str]]:
    """A document with a preset in each state, as far as the table before its import."""
    entry = {"key": "a" * 32, "name": "小船", "operation": "runway.generate-text", "values": {"prompt": "another"}}
    others = [{"key": "b", "name": "New"}, {"key": "c", "name": "Old", "operation": "nobody.knows"}, {"name": ""}]
    presets = [entry, *(entry | {"values": {"of.old": 1}} | other for other in others)]
    page.goto(f"{address}/import/")
    page.locator("#text").fill(catalog.dumps({"format": FORMAT, "version": 1, "presets": presets}))
    page.locator("#paste .button--primary").click()
    page.locator(".brought-table details > summary").click()
    return {"the table of a document": found} if (found := faults(page)) else {}


@pytest.fixture
def paths(transactional_db: None, team: Team, alice: User) -> list[str]:
    """The pages above, and one task page for each state a task can be in."""
    with scope(team):
        connection = make_connection(team, name="Sandbox")
        pages = []
        for state in State:
            if state != State.NOT_SENT:
                more = {"error": "任务失败" if state == State.FAILED else "", "charge": 10}
                task = make_task(team, alice, connection, state=state, **more)
                make_attempt(task, open=not task.is_final)
                pages.append(f"/tasks/{task.pk}/")
        drawn = {"at": "prompt", "text": "a {b|c} {{d}}", "values": {"d": "e"}, "picks": [0], "seed": 7}
        pages.append(f"/tasks/{make_task(team, alice, connection, state=State.RUNNING, pattern=drawn).pk}/")
        pages += asked_for(team, alice, connection)
    pages += [f"/team/connections/{connection.pk}/", f"/team/connections/{connection.pk}/sandbox/"]
    return [*SIGNED_IN, *pages, *prompt_paths(team, alice)]


def prompt_paths(team: Team, alice: User) -> list[str]:
    """The pages of a prompt in two versions, with all that may be said of it, and of a word list."""
    lens = make_word_list(team, alice, name="lens")
    prompt = make_prompt(team, alice, text="a {red|blue} {{animal|cat|Which?}} __lens__ __none__")
    with scope(team):
        version = prompt_saving.add_version(prompt, alice, "a {red|blue} dog {{where}} __lens__ __none__", "dogs", 1)
        put_label(prompt, "production", 1)
        prompt_saving.put_tags(prompt, ["film", "雨"])
    one = f"/prompts/{prompt.pk}/"
    lists = ["/prompts/lists/", "/prompts/lists/new/", f"/prompts/lists/{lens.pk}/"]
    compose = f"/compose/runway.generate-text/?prompt={version.pk}"
    return [
        "/prompts/",
        "/prompts/new/",
        one,
        f"{one}?from=1&to=2",
        f"{one}?version=1",
        f"{one}write/",
        *lists,
        compose,
    ]


def asked_for(team: Team, person: User, connection: Connection) -> list[str]:
    """A task that waits for an owner's approval, beside one that was approved with another body."""
    say(team, price=10, budget=1000)
    more = {"price": 10, "state": State.HELD}
    make_task(team, person, connection, body_text='{"prompt": "one"}', approval=Approval.APPROVED, **more)
    asked = make_task(team, person, connection, body_text='{"prompt": "two"}', approval=Approval.ASKED, **more)
    make_attempt(asked)
    return [f"/tasks/{asked.pk}/"]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    paths: list[str],
    library: list[str],
    alice: User,
    language: str,
    scheme: str,
    width: int,
) -> None:
    # Without motion: what fades in has no colour of its own yet.
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce"}
    stranger = open_page(new_context(**options), live_server.url, language)
    person = open_page(new_context(**options), live_server.url, language, alice)
    found = look_at(stranger, live_server.url, [*SIGNED_OUT, library[-1]])
    found |= look_at(person, live_server.url, paths + library) | table_of_a_document(person, live_server.url)
    assert not found, "\n".join(f"{path}: {trouble}" for path, trouble in found.items())
