"""A preset under real hands: made in the composer, opened with a lock on what is fixed, run, and found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.library.models import Preset, Use
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.browser.looking import body_holds, fits
from tests.factories import make_connection
from tests.library.making import make_preset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def form(page: Page, live_server: LiveServer, team: Team, bob: User, signed_in: Callable[[User], Client]) -> Page:
    make_connection(team, name="Sandbox")
    cookie = signed_in(bob).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.goto(f"{live_server.url}/compose/runway.generate-text/?fresh")
    return page


def test_whoever_shares_with_chosen_people_sees_them_at_once_and_comes_back_to_the_form(
    form: Page, alice: User
) -> None:
    form.locator("#c-prompt").fill("a paper boat\nin the rain")
    body_holds(form, "a paper boat")
    form.get_by_role("button", name="Save as preset").click()
    alice_is_chosen = form.get_by_label(f"{alice} is chosen")
    expect(alice_is_chosen).to_be_hidden()
    form.get_by_text("Chosen people", exact=True).first.click()
    expect(alice_is_chosen).to_be_visible()
    form.get_by_role("button", name="Back to the form").click()
    expect(form.locator("#c-prompt")).to_have_value("a paper boat\nin the rain")


def test_a_preset_from_the_form_to_the_next_task(form: Page, team: Team, live_server: LiveServer) -> None:
    form.locator("#c-prompt").fill("a paper boat")
    body_holds(form, "a paper boat")
    form.get_by_role("button", name="Save as preset").click()
    form.get_by_label("Name").fill("Boats in the rain")
    form.locator("[name='hold:model']").select_option("fixed")
    form.locator("[name='hold:prompt']").select_option("free")
    form.get_by_role("button", name="Save", exact=True).click()
    form.get_by_role("link", name="Open in the composer").click()
    expect(form.locator("#c-model.locked")).to_contain_text("gen3")
    expect(form.locator("#c-prompt")).to_have_value("")
    form.locator("#c-prompt").fill("three boats")
    body_holds(form, "three boats")
    form.reload()
    expect(form.locator("#c-prompt")).to_have_value("three boats")
    body_holds(form, "three boats")
    expect(form.locator("#restored")).to_be_visible()
    expect(form.locator("#c-model.locked")).to_contain_text("gen3")
    form.set_viewport_size({"width": 390, "height": 844})
    fits(form)
    form.locator("#run-button").click()
    form.wait_for_url(re.compile(r"/tasks/\d+/$"), timeout=30_000)
    form.get_by_role("link", name="Boats in the rain").click()
    expect(form.locator("main")).to_contain_text("1 time")
    form.get_by_role("button", name="Star for Boats in the rain").click()
    expect(form.locator(".star--on")).to_be_visible()
    form.goto(f"{live_server.url}/library/?shelf=starred")
    expect(form.get_by_role("link", name="Boats in the rain")).to_be_visible()
    fits(form)
    with scope(team):
        assert Use.objects.get().preset == Preset.objects.get()


def test_a_preset_leaves_as_a_file_and_comes_back_from_one(
    form: Page, team: Team, bob: User, live_server: LiveServer, tmp_path: Path
) -> None:
    make_preset(team, bob, name="Boats")
    make_preset(team, bob, name="Foxes")
    form.goto(f"{live_server.url}/library/")
    expect(form.get_by_role("button", name="Export all shown")).to_be_visible()
    form.get_by_label("Choose Boats").check()
    with form.expect_download() as download:
        form.get_by_role("button", name="Export the chosen").click()
    assert download.value.suggested_filename == "boats.json"
    download.value.save_as(tmp_path / "boats.json")
    with scope(team):
        Preset.objects.filter(name="Boats").delete()
    form.get_by_role("link", name="Import").click()
    expect(form.locator("[data-file]")).to_be_visible()  # shown by the script that reads the file
    form.locator("[data-file] input").set_input_files(tmp_path / "boats.json")
    row = form.get_by_role("row", name="Boats")
    expect(row).to_contain_text("new")
    row.get_by_role("combobox").select_option("import")
    form.get_by_role("button", name="Import").click()
    expect(form.locator("main")).to_contain_text("1 preset imported.")
    expect(form.get_by_role("link", name="Boats")).to_be_visible()
