"""The team: its pages, who sees which, and going from one to another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection, Membership, Role, Team, User
from tests.factories import make_connection, make_team


def test_an_owner_renames_the_team_and_others_do_not(
    alice: User, bob: User, team: Team, signed_in: Callable[[User], Client]
) -> None:
    assert signed_in(bob).post(reverse("teams:rename"), {"name": "Bob's"}).status_code == 403
    assert signed_in(alice).post(reverse("teams:rename"), {"name": ""}).status_code == 422
    assert signed_in(alice).post(reverse("teams:rename"), {"name": "Studio Ost"}).status_code == 302
    team.refresh_from_db()
    assert team.name == "Studio Ost"


def test_the_page_lists_the_members_with_their_roles(
    dana: User, bob: User, charlie: User, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(dana).get(reverse("teams:team")).content.decode()
    assert all(text in page for text in ("alice@example.com", "bob@example.com", "dana@example.com", "Owner", "Viewer"))
    assert "charlie" not in page


def test_a_person_of_two_teams_sees_one_at_a_time(
    alice: User, team: Team, everywhere: None, signed_in: Callable[[User], Client]
) -> None:
    second = Team.objects.create(name="Second")
    Membership.objects.create(team=second, user=alice, role=Role.VIEWER)
    make_connection(team, name="First gateway")
    make_connection(second, name="Second gateway")
    client = signed_in(alice)
    assert "First gateway" in client.get(reverse("teams:connections")).content.decode()
    client.post(reverse("teams:switch"), {"team": second.pk})
    page = client.get(reverse("teams:connections")).content.decode()
    assert "Second gateway" in page
    assert "First gateway" not in page
    assert client.get(reverse("teams:connection-new")).status_code == 403, "the role is that of the team one is in"


@pytest.mark.parametrize("wanted", ["", "nonsense", "999999"])
def test_a_team_one_is_not_in_cannot_be_chosen(wanted: str, alice: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(alice).post(reverse("teams:switch"), {"team": wanted}).status_code == 404


def test_another_team_cannot_be_chosen(alice: User, signed_in: Callable[[User], Client]) -> None:
    other = make_team("Team C", owner="charlie")
    assert signed_in(alice).post(reverse("teams:switch"), {"team": other.pk}).status_code == 404


def test_who_was_removed_falls_back_to_the_first_of_their_teams(
    alice: User, team: Team, signed_in: Callable[[User], Client]
) -> None:
    second = make_team("Second", owner="erik")
    Membership.objects.create(team=second, user=alice)
    client = signed_in(alice)
    client.post(reverse("teams:switch"), {"team": second.pk})
    assert client.get(reverse("teams:team")).context["team"] == second
    Membership.objects.filter(team=second, user=alice).delete()
    assert client.get(reverse("teams:team")).context["team"] == team


def test_a_template_that_is_rendered_late_still_stands_in_the_scope(alice: User, everywhere: None, team: Team) -> None:
    make_connection(team, name="Lazy")

    @team_page
    def page(request: TeamRequest) -> HttpResponse:
        template = engines["django"].from_string("{% for each in rows %}{{ each }}{% endfor %}")
        return TemplateResponse(request, template, {"rows": Connection.objects.all()})

    request: HttpRequest = RequestFactory().get("/")
    request.user, request.session = alice, {}  # type: ignore[assignment]
    answer = page(request)
    assert isinstance(answer, HttpResponse)
    assert answer.content == b"Lazy"


def test_members_look_at_connections_and_change_nothing(
    bob: User, team: Team, everywhere: None, signed_in: Callable[[User], Client]
) -> None:
    connection = make_connection(team)
    client, path = signed_in(bob), reverse("teams:connection", args=[connection.pk])
    page = client.get(path).content.decode()
    assert f"…{connection.key_last4}" in page
    assert "<form" not in page.split('<main id="main"')[1].split("</main>")[0]
    answer = client.post(path, {"name": "Bob's"})
    assert answer.status_code == 403
    assert "Only owners of the team" in answer.content.decode()


def test_a_page_of_a_team_is_kept_by_no_cache_on_the_way(alice: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(alice).get(reverse("teams:team"))["Cache-Control"] == "private"
