"""Two tabs of one browser: what a page shows is what it acts on, whatever another tab has done since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Membership, Role, Team, User
from studio.teams.scope import scope
from tests.factories import make_connection
from tests.library.making import make_preset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in_page(page: Page, live_server: LiveServer, alice: User, signed_in: Callable[[User], Client]) -> Page:
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def test_a_tab_stays_in_its_team_when_another_goes_to_another(
    signed_in_page: Page, live_server: LiveServer, team: Team, alice: User
) -> None:
    first, there = signed_in_page, f"{live_server.url}{reverse('library:list')}"
    second = Team.objects.create(name="Second team")
    Membership.objects.create(team=second, user=alice, role=Role.OWNER)
    make_preset(team, alice, name="Waves of the first")
    make_preset(second, alice, name="Waves of the second")
    first.goto(there)
    other = first.context.new_page()
    other.goto(there)
    other.get_by_label("Team Team A, change").click()
    other.get_by_role("button", name="Second team").click()
    expect(other.get_by_label("Team Second team, change")).to_be_visible()
    first.locator("#search").press_sequentially("waves")
    first.wait_for_url("**q=waves**")
    expect(first.locator("#list")).to_contain_text("Waves of the first")
    expect(first.locator("#list")).not_to_contain_text("Waves of the second")
    first.go_back()
    expect(first.locator("#search")).to_have_value("")
    expect(first.locator("#list")).to_contain_text("Waves of the first")
    first.goto(f"{live_server.url}{reverse('teams:team')}")
    expect(first.get_by_label("Name")).to_have_value("Second team")
    other.get_by_label("Team Second team, change").click()
    other.get_by_role("button", name="Team A").click()
    expect(other.get_by_label("Team Team A, change")).to_be_visible()
    first.get_by_label("Name").fill("Studio Ost")
    first.get_by_role("button", name="Rename").click()
    expect(first.get_by_text("Saved.")).to_be_visible()
    assert set(Team.objects.values_list("name", flat=True)) == {"Studio Ost", "Team A"}


@pytest.mark.parametrize("others", [1, 2])
def test_a_form_whose_connection_was_deleted_asks_for_another(
    signed_in_page: Page, live_server: LiveServer, team: Team, others: int
) -> None:
    page = signed_in_page
    with scope(team):
        zed = make_connection(team, name="Zed")
    page.goto(f"{live_server.url}/compose/runway.generate-text/")
    page.get_by_label("Prompt", exact=True).fill("a red kite")
    expect(page.locator("#run-button")).to_contain_text("Run on Zed")
    with scope(team):
        zed.delete()
        for number in range(others):
            make_connection(team, name=f"Real {number}")
    page.locator("#run-button").click()
    expect(page.locator("#run-why")).to_contain_text("The connection that was chosen is gone.")
    page.get_by_label("Prompt", exact=True).press_sequentially(" over")
    expect(page.locator("#run-why")).to_contain_text("The connection that was chosen is gone.")
    page.get_by_label("Connection").select_option(label="Real 0")
    expect(page.locator("#run-button")).to_contain_text("Run on Real 0")
    expect(page.locator("#run-why")).to_have_count(0)
