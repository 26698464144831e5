"""Addresses that only take a form: a browser is led to its page, and a language can be chosen from its answer."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from studio.teams.models import Team, User

PERSON = {"Accept": "text/html,application/xhtml+xml"}


def test_a_browser_goes_to_the_page_with_the_form(team: Team, alice: User, signed_in: Callable[[User], Client]) -> None:
    pages = {
        "/compose/runway.generate-text/preview/": "/compose/runway.generate-text/",
        "/team/invite/": "/team/",
        "/team/invitations/7/withdraw/": "/team/",
        "/team/money/threshold/": "/team/money/",
        "/library/7/link/": "/library/7/",
    }
    for visitor in (Client(), signed_in(alice)):
        assert {path: visitor.get(path, headers=PERSON).headers["Location"] for path in pages} == pages


def test_where_no_page_is_above_and_to_programs_it_is_said() -> None:
    answer = Client().get("/callback/an-attempt/its-mac/", headers=PERSON)
    assert answer.status_code == 405
    assert "It only takes what a form sends." in answer.content.decode()
    assert Client().get(reverse("teams:invite")).status_code == 405
    assert Client().get(reverse("teams:invite"), headers={"Accept": "application/json"}).content == b""


def test_a_page_that_answers_a_form_knows_its_own_address(
    team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    shown = signed_in(alice).post(reverse("teams:invite"), {"role": "member"}).content.decode()
    assert f'<meta name="here" content="{reverse("teams:team")}">' in shown


def test_another_language_leads_back_to_the_page_with_the_form(
    team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    form = f"http://testserver{reverse('teams:team')}"
    shown = signed_in(alice).post(reverse("teams:invite"), {"role": "member"}, headers={"Referer": form})
    assert f'name="next" value="{form}"' in shown.content.decode()
    seen = signed_in(alice).get(reverse("teams:team") + "?a=b").content.decode()
    assert f'name="next" value="{reverse("teams:team")}?a=b"' in seen
