"""Between a phone and a desk: a tablet upright, half a screen, a page that was made larger."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from studio import catalog
from studio.batches.feeding import feed
from studio.teams.models import Connection, Membership, Role, Team, User
from studio.teams.scope import scope
from tests.batches.test_feeding import batch_of
from tests.browser.test_pages import open_page
from tests.factories import make_attempt, make_connection, make_task, make_team
from tests.library.making import make_preset, make_prompt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [768, 834, 853, 1024]
LISTS = ["/tasks/", "/library/", "/prompts/", "/batches/"]
PAGES = [*LISTS, "/compose/", "/compose/runway.generate-text/", "/results/", "/team/connections/", "/team/spending/"]
# The bar's menus end where the page does, and a list's names are wider than a word.
FAULTS = """lists => {
  const root = document.documentElement;
  const rem = (part) => part.getBoundingClientRect().width / 16;
  const found = [];
  if (root.scrollWidth > root.clientWidth) found.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth}`);
  if (rem(document.querySelector(".bar__team")) < 3) found.push("the team has no name");
  if (lists.includes(location.pathname))
    for (const name of document.querySelectorAll("main tbody th"))
      if (rem(name) < 12) found.push(`a name of ${rem(name)} rem`);
  return found;
}"""
# What has the focus, where the bar that runs or the dock of rooms lies over its middle.
COVERED = """() => {
  const at = document.activeElement;
  const inside = (at.closest(".segmented > label") ?? at).getBoundingClientRect();
  const middle = inside.top + inside.height / 2;
  const lies = (over) => {
    const box = over.getBoundingClientRect();
    const stays = ["sticky", "fixed"].includes(getComputedStyle(over).position);
    return stays && !over.contains(at) && box.top < middle && middle < box.bottom;
  };
  const named = at.name || at.id || at.innerText;
  return [...document.querySelectorAll(".run__bar, .rooms")].some(lies) ? named : null;
}"""
# What a finger presses, where it is lower than 40 px.
LOW = """() => [...document.querySelectorAll(
  "main :is(.button, a.chip, button.chip, .more > summary, .cell__link, label:has(> [type=checkbox]))"
)].filter((part) => part.checkVisibility() && part.getBoundingClientRect().height < 40)
  .map((part) => `${part.className}: ${part.innerText}`)"""


@pytest.fixture
def sender(transactional_db: None, team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def tablet(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    team: Team,
    alice: User,
    sender: Connection,
) -> Page:
    """A team of a long name at work, as one sees it who is in another, too, and has a finger to point with."""
    Team.objects.filter(pk=team.pk).update(name="The film department of the harbour")
    Membership.objects.create(team=make_team("Team C", owner="charlie"), user=alice, role=Role.MEMBER)
    make_preset(team, alice, name="A paper boat in the morning fog")
    make_prompt(team, alice, name="A paper boat in the morning fog")
    with scope(team):
        make_task(team, alice, sender)
        batch_of(alice, sender, 2)
    return open_page(new_context(has_touch=True), live_server.url, "en", alice)


def test_every_list_keeps_its_names_and_the_bar_its_menus(tablet: Page, live_server: LiveServer) -> None:
    found = {}
    for path in PAGES:
        tablet.goto(live_server.url + path)
        for width in WIDTHS:
            tablet.set_viewport_size({"width": width, "height": 900})
            found[path, width] = tablet.evaluate(FAULTS, LISTS)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 430), (900, 900)])
def test_nothing_has_the_focus_under_the_bar_that_runs(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    alice: User,
    sender: Connection,
    width: int,
    height: int,
) -> None:
    make_connection(sender.team, name="Another, to be chosen from")
    context = new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    form = open_page(context, live_server.url, "en", alice)
    form.goto(f"{live_server.url}/compose/runway.generate-text/?fresh")
    form.wait_for_load_state("load")
    covered = []
    for _ in range(50):
        form.keyboard.press("Tab")
        covered.append(form.evaluate(COVERED))
    assert [name for name in covered if name] == []
    assert form.locator("#run-button").is_visible()


def test_a_finger_finds_room_on_what_it_presses(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    team: Team,
    alice: User,
    sender: Connection,
) -> None:
    preset = make_preset(team, alice)
    make_prompt(team, alice)
    with scope(team):
        task = make_task(team, alice, sender, state="failed")
        make_attempt(task)
        batch = batch_of(alice, sender, 2)
        feed()
    phone = open_page(
        new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True),
        live_server.url,
        "en",
        alice,
    )
    found = {}
    compose = "/compose/runway.generate-text/?fresh"
    for path in [*LISTS, compose, f"/tasks/{task.pk}/", f"/library/{preset.pk}/", f"/batches/{batch.pk}/", "/team/"]:
        answer = phone.goto(live_server.url + path)
        assert answer
        assert answer.ok
        phone.wait_for_load_state("load")
        if low := phone.evaluate(LOW):
            found[path] = low
    assert found == {}


def test_the_form_begins_at_one_height_whatever_is_said_of_its_operation(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], alice: User, sender: Connection
) -> None:
    desk = open_page(new_context(viewport={"width": 1280, "height": 860}), live_server.url, "en", alice)
    said = sorted((op for op in catalog.operations() if op.makes_something), key=lambda op: len(op.description.en))
    tops = {}
    for operation in (said[0], said[len(said) // 2], said[-1]):
        desk.goto(f"{live_server.url}/compose/{operation.slug}/?fresh")
        tops[operation.slug] = desk.locator("#work").evaluate("form => form.getBoundingClientRect().top")
    assert len(set(tops.values())) == 1, tops
    desk.locator(".compose__change summary").click()
    desk.get_by_role("link", name="Reference").click()
    desk.wait_for_url(f"**/reference/{operation.slug}/")


def test_a_large_screen_is_full_of_results_and_comments_keep_to_the_column_of_what_they_are_about(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], alice: User, sender: Connection
) -> None:
    with scope(sender.team):
        task = make_task(sender.team, alice, sender, state="failed")
        make_attempt(task)
    desk = open_page(new_context(viewport={"width": 1920, "height": 1080}), live_server.url, "en", alice)
    desk.goto(f"{live_server.url}/results/")
    assert desk.locator("#wall").evaluate("wall => wall.offsetWidth") > 1800
    desk.goto(f"{live_server.url}/tasks/{task.pk}/")
    ends = "parts => parts.map((part) => Math.round(part.getBoundingClientRect().right))"
    assert len(set(desk.locator(".task > div:first-of-type, #talk").evaluate_all(ends))) == 1
