"""The task page's live part in a browser: no news is lost, and a film that plays goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.assets.models import Keeping
from studio.tasks import events
from studio.tasks.models import Task
from studio.tasks.states import Kind, Source
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.browser.test_pages import faults
from tests.factories import make_asset, make_attempt, make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What the stream's script does with one event.
HEAR = """number => {
  const detail = { task: number, state: "running", progress: null };
  document.dispatchEvent(new CustomEvent("task", { detail }));
  document.dispatchEvent(new CustomEvent(`task-${number}`, { detail }));
}"""


@pytest.fixture
def task(team: Team, alice: User) -> Task:
    with scope(team):
        made = make_task(team, alice, state="running")
        make_attempt(made, state="running")
        events.append(made, Kind.BEGUN, Source.PERSON)
        return made


@pytest.fixture
def card(page: Page, live_server: LiveServer, alice: User, task: Task, signed_in: Callable[[User], Client]) -> Page:
    """The task's page as Alice sees it."""
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/tasks/{task.pk}/")
    return page


def change(task: Task, **state: object) -> None:
    with scope(task.team):
        task.attempts.update(**state)
        Task.objects.filter(pk=task.pk).update(**state)
        events.append(Task.objects.get(pk=task.pk), Kind.HEARD, Source.CALLBACK)


def test_what_needs_a_person_is_three_lines_on_a_phone(card: Page, task: Task, team: Team, alice: User) -> None:
    with scope(team):
        for _ in range(5):
            make_task(team, alice, task.connection, state="unknown", prompt="a boat in the thick fog " * 4)
    card.goto(card.url.replace(f"/{task.pk}/", "/"))
    expect(card.locator(".waiting > li:visible")).to_have_count(5)
    card.set_viewport_size({"width": 390, "height": 860})
    expect(card.locator(".waiting > li:visible")).to_have_count(3)
    assert card.locator(".waiting").evaluate("list => list.offsetHeight") < 100
    assert faults(card) == []


@pytest.mark.parametrize("reading", ["scrolled", "with a row in focus"])
def test_a_list_that_is_read_renews_its_rows_and_only_offers_new_ones(
    card: Page, task: Task, team: Team, alice: User, reading: str
) -> None:
    with scope(team):
        for _ in range(40):
            make_task(team, alice, task.connection, state="succeeded")
    card.goto(card.url.replace(f"/{task.pk}/", "/"))
    row, offer = card.locator(f"#task-{task.pk}"), card.get_by_role("button", name="New tasks: 3")
    if reading == "scrolled":
        card.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    else:
        row.get_by_role("link").focus()
    where = row.bounding_box()
    with scope(team):
        for _ in range(3):
            make_task(team, alice, task.connection, state="unknown")  # these stand above the list, too
    change(task, state="succeeded")
    expect(offer).to_be_attached()
    expect(row).to_contain_text("Succeeded")
    assert row.bounding_box() == where
    assert reading == "scrolled" or row.get_by_role("link").evaluate("link => link === document.activeElement")
    offer.press("Enter")
    expect(card.locator(".task-row")).to_have_count(44)


def test_who_is_removed_from_the_team_is_told_so(
    page: Page, live_server: LiveServer, task: Task, bob: User, signed_in: Callable[[User], Client]
) -> None:
    cookie = signed_in(bob).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/tasks/")
    expect(page.locator(".task-row")).to_have_count(1)
    Membership.objects.filter(user=bob).delete()
    expect(page.get_by_role("heading", name="You are in no team yet")).to_be_visible()
    expect(page.locator(".task-row, [hx-trigger*='every ']")).to_have_count(0)
    expect(page.locator("[data-offline]")).to_be_hidden()


def hear_again_at(card: Page, moment: str, number: int) -> None:
    """More news of a task at that moment in the life of a request, once; and nothing asks by itself."""
    card.evaluate(
        """([moment, number]) => {
          const bySelf = ({ detail }) => !detail.requestConfig.triggeringEvent;
          document.addEventListener("htmx:beforeRequest", (event) => bySelf(event) && event.preventDefault());
          const hear = () => document.dispatchEvent(new CustomEvent("task", { detail: { task: number } }))
            && document.dispatchEvent(new CustomEvent(`task-${number}`));
          document.addEventListener(moment, hear, { once: true });
        }""",
        [f"htmx:{moment}", number],
    )


@pytest.mark.parametrize("moment", ["beforeSend", "beforeSwap", "afterSwap", "afterRequest", "afterSettle"])
def test_news_is_never_lost_while_the_card_is_being_swapped(card: Page, task: Task, moment: str) -> None:
    hear_again_at(card, moment, task.pk)
    change(task, progress=10)
    with card.expect_response("**/card/**") as first:
        card.evaluate(HEAR, task.pk)
    assert first.value.status == 200
    card.wait_for_event("response", lambda answer: "/card/" in answer.url)


def test_nor_is_news_of_what_was_made_from_it(card: Page, task: Task, alice: User) -> None:
    with scope(task.team):
        child = make_task(task.team, alice, task.connection, state="queued", parent=task)
    card.reload()
    expect(card.locator(f"#tree-{task.pk}").get_by_text("Queued")).to_be_visible()
    hear_again_at(card, "beforeSwap", child.pk)
    with card.expect_response("**/card/**"):
        card.evaluate(HEAR, child.pk)
    card.wait_for_event("response", lambda answer: "/card/" in answer.url)


def test_a_film_that_plays_goes_on_while_other_files_arrive(card: Page, task: Task) -> None:
    with scope(task.team):
        make_asset(task, keeping=Keeping.KEPT, sha256="ab" * 32, file="1/1/1-ab.mp4", media_type="video/mp4")
        make_asset(task, number=2, kind="image", role="poster")
    change(task, state="succeeded")
    card.evaluate(HEAR, task.pk)
    card.locator("video").evaluate("film => { film.playing = true }")
    change(task, state="succeeded")
    with card.expect_response("**/card/**"):
        card.evaluate(HEAR, task.pk)
    expect(card.locator(".htmx-settling, .htmx-added")).to_have_count(0)
    assert card.locator("video").evaluate("film => film.playing")


def test_results_that_were_asked_for_stay_when_the_card_is_swapped(card: Page, task: Task) -> None:
    with scope(task.team):
        for number in range(1, 61):
            make_asset(task, number=number, kind="image", keeping=Keeping.KEPT, sha256="ab" * 32, file=f"{number}.png")
        make_asset(task, number=61, kind="image", role="poster")  # still on its way
    change(task, state="succeeded")
    card.evaluate(HEAR, task.pk)
    expect(card.locator(".result")).to_have_count(24)
    card.get_by_role("button", name="Show more").press("Enter")
    expect(card.locator(".result")).to_have_count(48)
    expect(card.get_by_text("48 of 60 results")).to_be_visible()
    change(task, state="succeeded", progress=99)
    with card.expect_response("**/card/**") as answer:
        card.evaluate(HEAR, task.pk)
    assert answer.value.status == 200
    expect(card.locator(".result")).to_have_count(48)
    card.get_by_role("button", name="Show more").click()
    expect(card.locator(".result")).to_have_count(60)
    expect(card.get_by_role("button", name="Show more")).to_have_count(0)


def test_moments_are_written_in_the_browsers_zone_those_that_arrive_later_too(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, card: Page, task: Task, team: Team
) -> None:
    with scope(team):
        Task.objects.filter(pk=task.pk).update(created_at=datetime(2026, 11, 27, 23, 43, 40, tzinfo=UTC))
    far = new_context(timezone_id="Asia/Shanghai", storage_state=card.context.storage_state()).new_page()
    far.goto(card.url)
    begun = far.locator("[aria-labelledby=facts-title] time")
    expect(begun).to_have_text("2026-11-28 07:43:40")
    expect(begun).to_have_attribute("title", "2026-11-28 07:43:40 UTC+8")
    far.locator(".timeline time").last.evaluate(
        "each => each.outerHTML = '<time datetime=\"2026-11-27T23:43:40+00:00\">11-27 23:43</time>'"
    )
    expect(far.get_by_text("11-28 07:43", exact=True)).to_be_visible()
