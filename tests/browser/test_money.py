"""Money under real hands: an owner says what things cost, a member asks, the owner declines once and approves once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from studio.teams.models import Team, User
from tests.factories import make_connection

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[[User], Page]


@pytest.fixture
def open_page(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, signed_in: Callable[[User], Client]
) -> Open:
    """A browser of this person's own."""

    def opened(user: User) -> Page:
        context = new_context(base_url=live_server.url)
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    return opened


def say_what_things_cost(owner: Page) -> None:
    owner.goto("/team/money/?q=text to video")
    owner.locator("[name='price-runway.generate-text']").fill("320")
    owner.get_by_role("button", name="Save prices").click()
    expect(owner.locator("main")).to_contain_text("1 price was changed.")
    owner.get_by_label("Points a month", exact=True).fill("1000")
    owner.get_by_role("button", name="Set this budget").click()
    owner.get_by_label("From so many points on").fill("300")
    owner.get_by_role("button", name="Save", exact=True).click()
    expect(owner.locator("main")).to_contain_text("Saved.")


def test_a_member_asks_and_an_owner_decides(team: Team, alice: User, bob: User, open_page: Open) -> None:
    make_connection(team, name="Sandbox")
    owner, member = open_page(alice), open_page(bob)
    say_what_things_cost(owner)

    member.goto("/compose/runway.generate-text/?fresh")
    expect(member.locator("#run-button")).to_contain_text("about 320 points")
    expect(member.locator(".run__budget")).to_contain_text("1,000 of the team's 1,000 points are left this month.")
    expect(member.locator("#run")).to_contain_text("It waits for an owner's approval before it is sent.")
    member.locator("#c-prompt").fill("a paper boat")
    expect(member.locator("#preview")).to_contain_text("a paper boat")
    expect(member.locator("#run-button")).to_contain_text("about 320 points")
    member.locator("#run-button").click()
    member.wait_for_url(re.compile(r"/tasks/\d+/$"), timeout=30_000)
    expect(member.locator("main")).to_contain_text("It waits for an owner's approval")
    expect(member.locator("#approve")).to_have_count(0)

    owner.goto("/tasks/?state=attention")
    owner.get_by_role("link", name="a paper boat").click()
    owner.get_by_label("Or say in a sentence why not").fill("Ask for five seconds.")
    owner.get_by_role("button", name="Decline").click()
    expect(member.locator("main")).to_contain_text("Alice declined it", timeout=20_000)
    expect(member.locator("main")).to_contain_text("Ask for five seconds.")

    member.get_by_role("button", name="Run again").click()
    expect(member.locator("main")).to_contain_text("It waits for an owner's approval")
    owner.goto(member.url)
    owner.get_by_role("button", name="Approve 320 points").click()
    expect(owner.locator("main")).to_contain_text("Alice approved its price.")
    expect(member.locator("main")).to_contain_text("It waits for its turn to be sent.", timeout=20_000)

    owner.goto("/team/spending/")
    expect(owner.locator("main")).to_contain_text("320 expected")
    expect(owner.locator(".spend-chart rect")).to_have_count(1)
    owner.get_by_role("link", name="Bob").click()
    expect(owner.get_by_role("heading", level=2)).to_contain_text("Bob")
