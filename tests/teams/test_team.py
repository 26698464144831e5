"""The team: its pages, who sees which, and going from one to another."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from studio.tasks.models import Task
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection, Membership, Role, Team, User
from studio.teams.scope import TeamManager, Viewer, across_teams, scope
from tests.factories import make_attempt, make_connection, make_task, make_team


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


def test_whoever_looks_for_the_team_finds_its_people_first(
    dana: User, alice: User, signed_in: Callable[[User], Client]
) -> None:
    for person, tabs in ((dana, 4), (alice, 9)):
        client = signed_in(person)
        page = client.get(reverse("teams:connections")).content.decode()
        room = re.findall(r'<a href="([^"]+)" data-room="team" aria-current="page">', page)
        assert room == [reverse("teams:team")]
        found = re.findall(r'<a href="([^"]+)"', page.split('<nav class="tabs"')[1].split("</nav>")[0])
        assert (found[0], len(found)) == (room[0], tabs)
        assert client.get(room[0]).status_code == 200


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


def test_what_is_in_reach_is_asked_anew_for_each_scope_and_viewer(team: Team, alice: User, bob: User) -> None:
    other = make_team("Team C", owner="charlie")
    with across_teams():
        mine, theirs = make_connection(team), make_connection(other)
        task = make_task(team, alice, mine, private=True)
    with scope(team, Viewer(bob.pk)):
        assert not Task.objects.exists()
        assert Task.objects.counted().get() == task
        assert not alice.tasks.exists()
        with scope(team, Viewer(alice.pk)):
            assert alice.tasks.get() == task
        with across_teams():
            assert set(Connection.objects.all()) == {mine, theirs}
        assert Connection.objects.get() == mine
        assert not Task.objects.exists()


def test_rows_that_come_with_a_list_are_not_put_together_with_each_of_its_rows(team: Team, alice: User) -> None:
    with scope(team):
        connection = make_connection(team)
        for _ in range(20):
            make_attempt(make_task(team, alice, connection), open=False)
    made: list[str] = []

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and frame.f_code is TeamManager.in_reach.__code__:
            made.append(frame.f_locals["self"].model.__name__)

    with scope(team, Viewer(alice.pk)):
        sys.setprofile(note)
        try:
            tasks = list(Task.objects.prefetch_related("attempts"))
        finally:
            sys.setprofile(None)
        assert [len(task.attempts.all()) for task in tasks] == [1] * 20
    assert sorted(made) == ["Attempt", "Task"]


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
