"""A name of one long word stays in its place: it makes no page wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from studio.ledger.models import Budget
from studio.library.models import Named, ShareLink, Visibility
from studio.notices.models import Comment
from studio.teams.acts import What, note
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_task
from tests.library.making import make_preset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "Wolfeschlegelsteinhausenbergerdorff" * 4  # 140 of the 150 letters that there may be


@pytest.fixture
def addresses(team: Team, alice: User, bob: User) -> list[str]:
    """The pages on which people are named, of a team in which two are called so."""
    User.objects.filter(pk__in=[alice.pk, bob.pk]).update(first_name=NAME)
    alice.refresh_from_db()
    preset = make_preset(team, alice, visibility=Visibility.CHOSEN)
    with scope(team):
        task = make_task(team, bob, state="succeeded", charge=5, price=5)
        make_attempt(task, open=False)
        Comment.objects.create(team=team, writer=bob, task=task, text="Look")
        Named.objects.create(team=team, preset=preset, person=bob)
        Budget.objects.create(team=team, person=bob, points=10)
        given = {"team": team, "preset": preset, "author": alice}
        ShareLink.objects.create(**given, digest="0" * 64, expires_at=timezone.now() + timedelta(days=2))
        note(What.INVITED, team, alice, f"{NAME[:60]}@example.com", role="member")
    return [
        "/team/",
        "/team/audit/",
        "/team/money/",
        "/team/spending/",
        f"/library/{preset.pk}/",
        "/team/links/",
        f"/tasks/{task.pk}/",
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_long_name_makes_no_page_wider_than_its_window(
    page: Page, live_server: LiveServer, alice: User, addresses: list[str], width: int, signed_in: Callable[..., Client]
) -> None:
    cookie = signed_in(alice).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    wide: dict[str, int] = {}
    for address in addresses:
        answer = page.goto(f"{live_server.url}{address}")
        assert answer is not None
        assert answer.ok, address
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wide[address] = found
    assert wide == {}
