"""Addresses that only take a form: whoever comes by one is told so, and a language can be chosen from its answer."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from studio.teams.models import Team, User

PERSON = {"Accept": "text/html,application/xhtml+xml"}


def test_whoever_comes_by_reads_what_to_do(team: Team, alice: User, signed_in: Callable[[User], Client]) -> None:
    for visitor in (Client(), signed_in(alice)):
        answer = visitor.get(reverse("teams:invite"), headers=PERSON)
        assert answer.status_code == 405
        assert "It only takes what a form sends." in answer.content.decode()
    assert Client().get(reverse("teams:invite"), headers={"Accept": "application/json"}).content == b""


def test_another_language_leads_back_to_the_page_with_the_form(
    team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    form = f"http://testserver{reverse('teams:team')}"
    shown = signed_in(alice).post(reverse("teams:invite"), {"role": "member"}, headers={"Referer": form})
    assert f'name="next" value="{form}"' in shown.content.decode()
    seen = signed_in(alice).get(reverse("teams:team") + "?a=b").content.decode()
    assert f'name="next" value="{reverse("teams:team")}?a=b"' in seen
