"""What a finished task leads to: many buttons under their headings, few as before."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import translation

from studio import catalog
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_connection, make_task

SignIn = Callable[[User], Client]
GRID = "https://files.example.com/grid.png"
JOBS = [*(f"upsample::{n}" for n in range(1, 5)), "reroll::0", *(f"variation::{n}" for n in range(1, 5))]


def drawn(**changes: Any) -> list[dict[str, Any]]:
    """The follow-ups of a finished grid, as its task keeps them."""
    buttons = [{"customId": f"MJ::JOB::{job}::hash", "label": "", "emoji": "", "style": 2} for job in JOBS]
    told = {"id": "1", "action": "IMAGINE", "status": "SUCCESS", "imageUrl": GRID, "buttons": buttons} | changes
    actions: list[dict[str, Any]] = catalog.get("midjourney.imagine").read(told, "poll").plain()["actions"]
    return actions


def page_of(team: Team, bob: User, client: Client, actions: list[dict[str, Any]]) -> str:
    with scope(team):
        task = make_task(
            team, bob, make_connection(team), operation="midjourney.imagine", state="succeeded", actions=actions
        )
        make_attempt(task)
    return html.unescape(client.get(f"/tasks/{task.pk}/").content.decode())


def test_many_buttons_stand_in_rows_under_their_headings(team: Team, bob: User, signed_in: SignIn) -> None:
    page = page_of(team, bob, signed_in(bob), drawn())
    headings = re.findall(r'class="onward__title" id="onward-\d+">([^<]+)<', page)
    assert headings == ["Upscale", "Vary", "Redo", "Use the picture", "More"]
    small = re.findall(r'title="([^"]+)" aria-label="([^"]+)">([^<]+)</a>', page)
    assert small[1] == ("Upscale 2 (U2)", "Upscale 2 (U2)", "U2")
    assert [short for _, _, short in small] == ["U1", "U2", "U3", "U4", "V1", "V2", "V3", "V4"]
    [number] = [n for n, action in enumerate(drawn()) if action.get("short") == "U2"]
    assert re.search(rf'href="/compose/midjourney.action/\?from=\d+&action={number}" title="Upscale 2', page)


def test_the_headings_are_chinese_for_who_reads_chinese(team: Team, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    client.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        page = page_of(team, bob, client, drawn())
    assert re.findall(r'class="onward__title" id="onward-\d+">([^<]+)<', page)[:2] == ["放大", "变化"]


def test_offers_without_a_heading_stay_as_they_were(team: Team, bob: User, signed_in: SignIn) -> None:
    plain = {"operation": "runway.generate-image", "values": {"image": GRID}, "label": {"en": "Go on", "zh": "继续"}}
    page = page_of(team, bob, signed_in(bob), [plain])
    assert "onward__title" not in page
    assert re.search(r'aria-describedby="offer-follow-0">.*?Go on</a>', page, re.DOTALL)


def test_a_button_opens_its_form_filled(team: Team, bob: User, signed_in: SignIn) -> None:
    actions = drawn()
    client = signed_in(bob)
    page = page_of(team, bob, client, actions)
    [href] = re.findall(r'href="(/compose/midjourney.action/[^"]+)" title="Vary 4', page)
    form = html.unescape(client.get(href).content.decode())
    assert 'value="MJ::JOB::variation::4::hash"' in form
    assert 'name="v:taskId" value="1"' in form
