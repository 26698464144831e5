"""The inbox: raw callbacks, heard or not, and the button that hears one once more."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from studio.tasks.address import callback_url
from studio.tasks.models import Attempt, Callback
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_task

SignIn = Callable[[User], Client]


def add(team: Team, person: User, body: bytes = b'{"state": 1}', **more: object) -> Callback:
    with scope(team):
        attempt: Attempt | None = make_attempt(make_task(team, person, state="running"))
        given: dict[str, object] = {"attempt": attempt, "public_id": "a" * 32, "digest": "d" * 64} | more
        return Callback.objects.create(team=team, body=body, **given)


def test_an_empty_inbox_says_what_it_is_for(team: Team, bob: User, signed_in: SignIn) -> None:
    assert "No callbacks yet" in signed_in(bob).get("/tasks/inbox/").content.decode()


def test_the_filters_tell_heard_from_unheard_and_matched_from_unmatched(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    add(team, bob, heard_at=timezone.now())
    unheard = add(team, bob, problem="Nothing in it could be read.")
    stray = add(team, bob, attempt=None, heard_at=timezone.now())
    client = signed_in(bob)
    shown = {
        show: client.get(f"/tasks/inbox/?show={show}").context["callbacks"] for show in ("", "unheard", "unmatched")
    }
    assert len(shown[""]) == 3
    assert [row.pk for row in shown["unheard"]] == [unheard.pk]
    assert [row.pk for row in shown["unmatched"]] == [stray.pk]


def test_a_long_inbox_comes_in_pages(team: Team, bob: User, signed_in: SignIn) -> None:
    with scope(team):
        Callback.objects.bulk_create(
            Callback(team=team, public_id=f"{n:032}", body=b"{}", digest="d" * 64) for n in range(120)
        )
    client = signed_in(bob)
    first = client.get("/tasks/inbox/")
    second = client.get("/tasks/inbox/" + first.context["older"])
    assert len(first.context["callbacks"]) == len(second.context["callbacks"]) == 50
    assert first.context["callbacks"][-1].pk == second.context["callbacks"][0].pk + 1


def test_a_body_is_shown_laid_out_escaped_and_cut(team: Team, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)

    def shown(body: bytes) -> str:
        answer = client.get(f"/tasks/inbox/{add(team, bob, body).pk}/")
        assert answer.status_code == 200
        return answer.content.decode()

    assert "&quot;a&quot;: &quot;&lt;b&gt;&quot;" in shown(b'{"a":"<b>"}')
    assert len(shown(b"x" * 500_000)) < 120_000
    assert shown(bytes(range(128, 256)))


def test_members_replay_and_viewers_do_not(team: Team, bob: User, dana: User, signed_in: SignIn) -> None:
    callback = add(team, bob, b"not news", problem="before")
    assert signed_in(dana).post(f"/tasks/inbox/{callback.pk}/replay/").status_code == 403
    page = signed_in(bob).post(f"/tasks/inbox/{callback.pk}/replay/", follow=True)
    assert "heard once more" in page.content.decode()
    with scope(team):
        assert Callback.objects.get(pk=callback.pk).problem != "before"


def test_another_teams_callbacks_are_out_of_reach(team: Team, bob: User, charlie: User, signed_in: SignIn) -> None:
    callback = add(team, bob)
    client = signed_in(charlie)
    assert client.get(f"/tasks/inbox/{callback.pk}/").status_code == 404
    assert client.post(f"/tasks/inbox/{callback.pk}/replay/").status_code == 404
    assert not client.get("/tasks/inbox/").context["callbacks"]


def test_a_callback_without_an_attempt_is_shown_where_only_one_team_can_be_meant(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    lost = Attempt(public_id="f" * 32)  # as after a restored backup: the address is ours, its row is gone
    assert Client().post(urlsplit(callback_url(lost)).path, "{}", content_type="application/json").status_code == 200
    assert "Was a backup restored?" in signed_in(bob).get("/tasks/inbox/").content.decode()
