"""Operations that are off until a connection turns them on: who turns, and who then finds and runs them."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_attempt, make_connection, make_task
from tests.tasks.stage import begin

SignIn = Callable[[User], Client]
ACT = catalog.get("runway.act-one")
URL = "/compose/runway.act-one/"
VALUES = {"video": "https://v.example.com/talk.mp4", "image": "https://img.example.com/face.png"}
TYPED = {f"v:{at}": value for at, value in VALUES.items()}
OFF = [each.slug for each in catalog.operations() if each.makes_something and not each.enabled]


@pytest.fixture
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


def at(connection: Connection) -> str:
    return f"/team/connections/{connection.pk}/"


def turn_on(connection: Connection, *slugs: str) -> None:
    connection.turned_on = list(slugs or [ACT.slug])
    connection.save()


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def run(client: Client, connection: Connection) -> Any:
    fields = posted(client.get(URL).content.decode()).dict()
    return client.post(f"{URL}run/", fields | TYPED | {"connection": str(connection.pk)})


# Who turns


def test_an_owner_sees_all_that_is_off_with_its_doubt_and_turns_some_on(
    signed_in: SignIn, alice: User, connection: Connection, team: Team
) -> None:
    owner = signed_in(alice)
    page = html(owner.get(at(connection)))
    assert all(f'value="{slug}"' in page for slug in OFF)
    assert "runway.ml-task-get" not in page  # a query goes with what it asks for
    assert str(ACT.doubt) in page
    assert 'id="operations" open' in html(owner.get(f"{at(connection)}?more=1"))
    form = posted(page)
    form.setlist("turned_on", [ACT.slug, "runway.ml-image-to-video"])
    assert owner.post(at(connection), dict(form.lists())).status_code == 302
    with scope(team):
        connection.refresh_from_db()
    assert connection.turned_on == [ACT.slug, "runway.ml-image-to-video"]
    form = posted(html(owner.get(at(connection))))
    assert form.getlist("turned_on") == connection.turned_on
    form.pop("turned_on")
    owner.post(at(connection), dict(form.lists()))
    with scope(team):
        connection.refresh_from_db()
    assert connection.turned_on == []


def test_what_is_no_name_of_an_operation_is_not_kept(signed_in: SignIn, alice: User, connection: Connection) -> None:
    owner = signed_in(alice)
    form = posted(html(owner.get(at(connection))))
    form.setlist("turned_on", ["<script>"])
    answer = owner.post(at(connection), dict(form.lists()))
    assert answer.status_code == 422
    assert "<script> is not one of the available choices" in html(answer)
    assert connection.turned_on == []


def test_a_choice_survives_a_fault_elsewhere_in_the_form(
    signed_in: SignIn, alice: User, connection: Connection
) -> None:
    owner = signed_in(alice)
    form = posted(html(owner.get(at(connection))))
    form.setlist("turned_on", [ACT.slug])
    form["name"] = ""
    answer = owner.post(at(connection), dict(form.lists()))
    assert answer.status_code == 422
    assert posted(html(answer)).getlist("turned_on") == [ACT.slug]


@pytest.mark.parametrize("who", ["bob", "dana"])
def test_others_see_what_is_on_and_turn_nothing(
    who: str, request: pytest.FixtureRequest, signed_in: SignIn, connection: Connection, team: Team
) -> None:
    turn_on(connection)
    client = signed_in(request.getfixturevalue(who))
    page = html(client.get(at(connection)))
    assert "Runway · Act-One" in page
    assert 'name="turned_on"' not in page
    assert client.post(at(connection), {"turned_on": "runway.video2video"}).status_code == 403
    with scope(team):
        connection.refresh_from_db()
    assert connection.turned_on == [ACT.slug]


# Who finds it


def test_the_picker_offers_it_once_one_connection_has_it_on(
    signed_in: SignIn, bob: User, connection: Connection, team: Team
) -> None:
    client = signed_in(bob)
    page = html(client.get("/compose/"))
    assert ACT.slug not in page
    assert f"{len(OFF)} more operations are switched off" in page
    turn_on(connection)
    page = html(client.get("/compose/", {"q": "act-one"}))
    assert ACT.slug in page
    assert f"{len(OFF) - 1} more operations are switched off" in page
    with scope(team):
        make_task(team, bob, connection, operation=ACT.slug)
    assert client.get("/")["Location"] == URL
    assert f'value="{ACT.slug}"' in html(client.get("/tasks/"))


def test_another_teams_switch_is_no_switch_here(
    signed_in: SignIn, bob: User, connection: Connection, other_team: Team
) -> None:
    turn_on(make_connection(other_team, name="Theirs"))
    assert ACT.slug not in html(signed_in(bob).get("/compose/"))


def test_the_composer_takes_a_connection_that_has_it_on(
    signed_in: SignIn, bob: User, connection: Connection, team: Team
) -> None:
    other = make_connection(team, name="Other")
    turn_on(other)
    with scope(team):
        make_task(team, bob, connection)
    client = signed_in(bob)
    assert posted(html(client.get(URL)))["connection"] == str(other.pk)
    assert posted(html(client.get("/compose/runway.generate-text/")))["connection"] == str(connection.pk)


@pytest.mark.parametrize(
    ("slug", "word"), [("runway.act-one", "More operations"), ("runway.ml-task-get", "whose tasks")]
)
def test_the_reference_says_why_it_is_off_and_where_it_is_turned_on(
    signed_in: SignIn, bob: User, connection: Connection, slug: str, word: str
) -> None:
    page = html(signed_in(bob).get(f"/reference/{slug}/"))
    assert word in page
    assert str(catalog.get(slug).doubt) in page
    assert "Try it" not in page


def test_the_reference_says_where_it_is_on(signed_in: SignIn, bob: User, connection: Connection) -> None:
    turn_on(connection)
    page = html(signed_in(bob).get(f"/reference/{ACT.slug}/"))
    assert "It is on for" in page
    assert f'{at(connection)}?more=1#operations">Sandbox' in page
    assert "Try it" in page


def test_a_follow_up_is_offered_where_its_operation_is_on(
    signed_in: SignIn, bob: User, connection: Connection, team: Team
) -> None:
    action = {"operation": ACT.slug, "values": VALUES, "label": {"en": "Move a character", "zh": "驱动角色"}}
    with scope(team):
        task = make_task(team, bob, connection, state="succeeded", actions=[action])
        make_attempt(task)
    client = signed_in(bob)
    assert "Move a character" not in html(client.get(f"/tasks/{task.pk}/"))
    turn_on(connection)
    assert "Move a character" in html(client.get(f"/tasks/{task.pk}/"))


# Who runs it


@pytest.mark.parametrize(
    ("who", "told", "to"), [("alice", "Turn it on.", "?more=1#operations"), ("bob", "An owner can", "")]
)
def test_run_says_why_it_cannot_and_leads_to_the_switch(
    who: str, told: str, to: str, request: pytest.FixtureRequest, signed_in: SignIn, connection: Connection, team: Team
) -> None:
    client = signed_in(request.getfixturevalue(who))
    page = html(client.get(URL))
    assert "This operation is switched off on Sandbox: it may not exist there. " + told in page
    assert f'href="{at(connection)}{to}"' in page
    assert run(client, connection).status_code == 422
    with scope(team):
        assert not Task.objects.exists()
    turn_on(connection)
    assert "switched off" not in html(client.get(URL))
    assert run(client, connection).status_code == 302
    with scope(team):
        assert Task.objects.get().operation == ACT.slug


@pytest.mark.usefixtures("everywhere")
def test_begin_itself_looks_at_the_connection(team: Team, alice: User, connection: Connection) -> None:
    with pytest.raises(lifecycle.NotNow, match="This operation is switched off on Sandbox"):
        begin(team, alice, connection, operation=ACT, values=VALUES)
    turn_on(connection)
    assert begin(team, alice, connection, operation=ACT, values=VALUES).operation == ACT.slug


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("names", [{"runway.act-one": True}, ["act one"], "runway.act-one"])
def test_a_connection_checks_what_it_keeps(team: Team, connection: Connection, names: Any) -> None:
    connection.turned_on = names
    with pytest.raises(Exception, match="turned_on"):
        connection.full_clean()
