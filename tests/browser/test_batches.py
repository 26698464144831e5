"""A batch under real hands: planned from the form, run, looked at, and two of its cells side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from playwright.sync_api import APIResponse, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from studio.batches.models import Batch, Cell
from studio.tasks.models import Attempt, Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.test_pages import faults
from tests.factories import make_asset, make_connection
from tests.files.samples import film

WIDTH = "all => all.map(each => Math.round(each.getBoundingClientRect().width))"
MIDDLE = "all => all.map(each => each.getBoundingClientRect()).map(at => at.top + at.height / 2)"
LEFT = "all => all.map(each => each.getBoundingClientRect().left)"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan(page: Page, live_server: LiveServer, team: Team, bob: User, signed_in: Callable[[User], Client]) -> Page:
    """The plan page, opened from a form with a prompt in it."""
    make_connection(team, name="Sandbox")
    cookie = signed_in(bob).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/?fresh")
    page.locator("#c-prompt").fill("a boat in the fog, 雾")
    page.get_by_role("button", name="Batch").first.click()
    page.wait_for_url(re.compile("/batches/plan/"))
    return page


def write(plan: Page, place: int, at: str, text: str) -> None:
    plan.locator(f"#axis-{place}-field").select_option(at)
    plan.locator(f"#axis-{place}-text").fill(text)


def test_a_matrix_is_planned_counted_and_run(plan: Page, team: Team) -> None:
    expect(plan.locator("#batch-why")).to_contain_text("Nothing differs yet")
    write(plan, 0, "search-and-replace", "fog, rain")
    expect(plan.locator(".batch-count")).to_contain_text("2 cells")
    plan.get_by_role("button", name="Add an axis").click()
    write(plan, 1, "options.seconds", "5, 10, 7")
    expect(plan.locator(".batch-count")).to_contain_text("4 cells 2 × 3")
    expect(plan.locator(".minigrid__out")).to_have_count(2)
    expect(plan.locator("#told")).to_contain_text("Duration must be 5 or 10, not 7.")
    plan.locator("#axis-1-text").fill("5-fast")
    expect(plan.locator("#axis-1-wrong")).to_contain_text("is not a number")
    plan.locator("#axis-1-text").fill("5, 10, 7")
    expect(plan.locator("#axis-1-wrong")).to_be_hidden()
    plan.locator("#repeat").press("Enter")
    assert "/plan/" in plan.url, "a run is paid for: Enter alone does nothing"
    assert faults(plan) == []
    plan.set_viewport_size({"width": 390, "height": 844})
    assert faults(plan) == []
    plan.locator("#run-batch").click()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    expect(plan.locator(".batch-cell")).to_have_count(6)
    expect(plan.locator(".cell--excluded")).to_have_count(2)
    assert faults(plan) == []
    expect(plan.locator("#place-2")).to_have_text(re.compile("Second in line"))
    with scope(team):
        assert Task.objects.count() == 4
        Attempt.objects.filter(task__prompt="a boat in the fog, 雾").update(state="running", posts=1)
    plan.evaluate("document.dispatchEvent(new CustomEvent('tasks-moved'))")
    expect(plan.locator("#place-4")).to_have_text(re.compile("Next in line"))


def test_a_press_is_not_lost_when_its_button_is_drawn_anew_beneath_it(plan: Page) -> None:
    """Leaving a box asks for the count again, and the answer brings the button that is being pressed."""
    write(plan, 0, "options.seconds", "5, 10")
    expect(plan.locator(".batch-count")).to_contain_text("2 cells")
    plan.locator("#axis-0-text").press("End")
    plan.keyboard.type(" ")
    plan.locator("#run-batch").hover()
    with plan.expect_response("**/batches/plan/**"):
        plan.mouse.down()
    plan.wait_for_timeout(100)
    plan.mouse.up()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))


def test_the_way_back_to_the_form_loses_nothing(plan: Page) -> None:
    write(plan, 0, "model", "gen2, gen3")
    plan.get_by_role("button", name="Back to the form").click()
    expect(plan.locator("#c-prompt")).to_have_value("a boat in the fog, 雾")
    expect(plan).to_have_url(re.compile("/compose/runway.generate-text/$"))


def test_a_plan_outlives_a_reload_another_page_and_the_form_until_it_is_run(plan: Page) -> None:
    write(plan, 0, "model", "gen2, gen3")
    plan.get_by_role("button", name="Add an axis").click()
    write(plan, 1, "options.seconds", "5, 10")
    plan.locator("#csv").fill("prompt\na cat\na dog\n")
    plan.locator("#repeat").fill("2")
    plan.locator("#batch-name").fill("Harbour")

    def is_there() -> None:
        expect(plan.locator("#axis-0-field")).to_have_value("model")
        expect(plan.locator("#axis-1-text")).to_have_value("5, 10")
        expect(plan.locator("#csv")).to_have_value("prompt\na cat\na dog\n")
        expect(plan.locator("#batch-name")).to_have_value("Harbour")
        expect(plan.locator(".batch-count")).to_contain_text("16 cells")
        expect(plan.locator("[name='v:prompt']")).to_have_value("a boat in the fog, 雾")

    is_there()
    plan.reload()
    is_there()
    plan.goto(plan.url.partition("/batches/")[0] + "/tasks/")
    plan.go_back()
    is_there()
    plan.get_by_role("button", name="Back to the form").click()
    plan.locator("#c-prompt").fill("a boat in the rain")
    plan.get_by_role("button", name="Batch").first.click()
    expect(plan.locator("[name='v:prompt']")).to_have_value("a boat in the rain")
    expect(plan.locator("#axis-1-text")).to_have_value("5, 10")
    plan.locator("#run-batch").click()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    plan.go_back()
    expect(plan.locator("#c-prompt")).to_have_value("a boat in the rain")
    plan.get_by_role("button", name="Batch").first.click()
    expect(plan.locator("#csv")).to_have_value("")


def test_a_csv_is_read_into_its_box_and_says_its_faults_by_line(plan: Page, tmp_path: Path) -> None:
    sheet = tmp_path / "rows.csv"
    sheet.write_text("prompt;options.seconds\na cat;5\na dog;fast\n")
    plan.locator("[data-file] input").set_input_files(sheet)
    expect(plan.locator("#csv")).to_have_value("prompt;options.seconds\na cat;5\na dog;fast\n")
    expect(plan.locator("#csv-wrong")).to_contain_text("Line 3")
    plan.locator("#csv").fill("prompt;options.seconds\na cat;5\na dog;10\n")
    expect(plan.locator(".batch-count")).to_contain_text("2 cells")


def test_a_file_that_falls_is_taken_in_its_place_and_nowhere_leaves_the_page(plan: Page) -> None:
    file = plan.evaluate_handle(
        "() => { const all = new DataTransfer(); all.items.add(new File(['prompt\\na cat\\n'], 'a.csv')); return all; }"
    )
    fall = """(place, dataTransfer) => ["dragover", "drop"].map((name) =>
        place.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true })))"""
    assert plan.locator("h1").evaluate(fall, file) == [False, False], "the browser would leave for it"
    expect(plan.locator("#csv")).to_have_value("")
    assert plan.locator("#csv").evaluate(fall, file) == [False, False]
    expect(plan.locator("#csv")).to_have_value("prompt\na cat\n")


def test_a_cell_that_is_swapped_late_takes_back_no_star_and_no_choice(plan: Page, team: Team) -> None:
    """What a cell shows may have been read before the star was given, and arrive after it."""
    write(plan, 0, "options.seconds", "5, 10")
    expect(plan.locator(".batch-count")).to_contain_text("2 cells")
    plan.locator("#run-batch").click()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    with scope(team):
        task = Cell.objects.get(batch=Batch.objects.get(), number=1).task
        assert task
        Attempt.objects.filter(task=task).update(state="running", posts=1)
        Task.objects.filter(pk=task.pk).update(state="running")
    held: list[tuple[Route, APIResponse]] = []
    plan.route("**/cells/1/", lambda route: held.append((route, route.fetch())))
    with plan.expect_request("**/cells/1/"):
        plan.evaluate(f"document.dispatchEvent(new CustomEvent('task-{task.pk}'))")
    plan.get_by_role("button", name="Star for cell 1").click()
    expect(plan.locator("#cell-1 .star--on")).to_have_count(1)
    plan.get_by_label("Compare cell 1").check()
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(plan.locator("#cell-1")).to_contain_text("Running")
    expect(plan.locator("#cell-1 .star--on")).to_have_count(1)
    expect(plan.get_by_label("Compare cell 1")).to_be_checked()


def test_columns_are_equally_wide_and_a_phone_shows_cells_below_each_other(plan: Page, team: Team) -> None:
    write(plan, 0, "prompt", "a boat\na much longer text of a small boat that goes out in the thick fog of November")
    plan.get_by_role("button", name="Add an axis").click()
    write(plan, 1, "options.seconds", "5, 10")
    expect(plan.locator(".batch-count")).to_contain_text("4 cells")
    plan.locator("#run-batch").click()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    for width in (1280, 390):
        plan.set_viewport_size({"width": width, "height": 860})
        assert len(set(plan.locator(".batch-cell").evaluate_all(WIDTH))) == 1
        state, star, box = (
            plan.locator(f"#cell-1 {at}").evaluate_all(MIDDLE)[0]
            for at in (".state", ".star .icon", ".cell__choose input")
        )
        assert abs(state - star) < 1
        assert abs(state - box) < 1
        assert faults(plan) == []
    plan.goto(f"{plan.url}compare/?cell=1&cell=2")
    heads = plan.locator(".compare__one").evaluate_all(LEFT)
    assert heads[0] == heads[1], "below each other"
    pane = "pane => pane.scrollWidth <= pane.clientWidth"
    assert plan.locator(".table-scroll").evaluate(pane), "nothing is cut at the edge"
    assert faults(plan) == []
    plan.set_viewport_size({"width": 1280, "height": 860})
    heads = plan.locator(".compare__one").evaluate_all(LEFT)
    assert heads[0] < heads[1], "beside each other"


def test_cells_are_chosen_starred_and_compared_with_one_playhead(plan: Page, team: Team) -> None:
    write(plan, 0, "options.seconds", "5, 10")
    expect(plan.locator(".batch-count")).to_contain_text("2 cells")
    plan.locator("#run-batch").click()
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    data = film()
    side_by_side = plan.context.new_page()
    side_by_side.goto(f"{plan.url}compare/?cell=1&cell=2")
    expect(side_by_side.locator("[data-playhead]")).to_be_hidden()
    with scope(team):
        for cell in Cell.objects.filter(batch=Batch.objects.get()).select_related("task"):
            assert cell.task
            Task.objects.filter(pk=cell.task.pk).update(state="succeeded")
            asset = make_asset(cell.task, keeping="kept", sha256="0" * 64, media_type="video/mp4", size=len(data))
            asset.file.save(f"{cell.number}.mp4", ContentFile(data))
    with scope(team):
        tasks = list(Task.objects.values_list("pk", flat=True))
    for task in tasks:
        side_by_side.evaluate(f"document.dispatchEvent(new CustomEvent('task-{task}'))")
    expect(side_by_side.locator(".compare__result video")).to_have_count(2)
    expect(side_by_side.locator("[data-playhead]")).to_be_visible()
    side_by_side.close()
    plan.reload()
    heads, seats = (plan.locator(at).evaluate_all(LEFT) for at in (".batch-table thead th", ".batch-cell"))
    assert heads == seats, "each cell stands below its heading"
    plan.get_by_role("button", name="Star for cell 2").click()
    expect(plan.locator(".star--on")).to_have_count(1)
    expect(plan.locator("#star-2")).to_be_focused()
    expect(plan.get_by_role("link", name="Download starred")).to_be_visible()
    plan.keyboard.press("s")
    plan.wait_for_url(re.compile(r"\?starred$"))
    expect(plan.locator(".batch-list__one")).to_have_count(1)
    assert faults(plan) == []
    plan.keyboard.press("j")
    expect(plan.locator("#cell-2-link")).to_be_focused()
    plan.keyboard.press("s")
    plan.wait_for_url(re.compile(r"/batches/\d+/$"))
    expect(plan.locator("[data-choice]")).to_be_hidden()
    plan.get_by_label("Compare cell 1").check()
    expect(plan.locator("[data-choice]")).to_contain_text("Choose another cell")
    expect(plan.get_by_role("button", name="Compare")).to_be_hidden()
    plan.get_by_label("Compare cell 2").check()
    expect(plan.locator("[data-choice]")).to_contain_text("2 chosen")
    plan.get_by_role("button", name="Compare").click()
    expect(plan.locator(".compare")).to_contain_text("Duration")
    expect(plan.locator("[data-playhead]")).to_be_visible()
    plan.wait_for_function("() => [...document.querySelectorAll('video')].every(each => each.duration > 0)")
    plan.locator("[data-seek]").evaluate("seek => { seek.value = '0.4'; seek.dispatchEvent(new Event('input')); }")
    times = plan.evaluate("[...document.querySelectorAll('video')].map(each => each.currentTime)")
    assert times == pytest.approx([0.4, 0.4], abs=0.05)
    assert faults(plan) == []


def test_the_list_is_narrowed_while_one_types(
    page: Page, live_server: LiveServer, team: Team, bob: User, alice: User, signed_in: Callable[[User], Client]
) -> None:
    given = {"team": team, "connection": make_connection(team), "operation": "runway.generate-text", "size": 0}
    with scope(team):
        for person, name in ((alice, "boats"), (bob, "rain"), (bob, "more boats")):
            Batch.objects.create(**given, person=person, name=name, nonce=name)
    cookie = signed_in(bob).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/batches/")
    rows = page.locator(".batches-row")
    expect(rows).to_have_count(3)
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    page.get_by_role("searchbox", name="Search batches by name").fill("boat")
    expect(rows).to_have_count(2)
    page.get_by_role("group", name="Whose batches").get_by_text("Mine").click()
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"who=mine&q=boat"))
    assert faults(page) == []
    page.get_by_role("searchbox").fill("boats of nobody")
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(3)
