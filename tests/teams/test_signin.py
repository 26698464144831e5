"""Sign-in links and the first team."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from studio.teams.models import Connection, Membership, SignInLink, User
from studio.teams.scope import scope
from studio.teams.signin import LIFETIME, new_link, use
from studio.teams.start import ensure_first_team


def path_of(link: str) -> str:
    return urlsplit(link).path


def test_a_link_signs_in_once_and_leads_to_the_studio(client: Client, alice: User) -> None:
    path = path_of(new_link(alice))
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session[SESSION_KEY] == str(alice.pk)
    again = Client().get(path)
    assert again.status_code == 410
    assert "does not work any more" in again.content.decode()
    assert "no-store" in again["Cache-Control"]


def test_an_unknown_link_an_old_link_and_a_locked_persons_link_answer_alike(client: Client, alice: User) -> None:
    old, locked = path_of(new_link(alice)), path_of(new_link(alice))
    SignInLink.objects.order_by("id").filter(pk__lte=SignInLink.objects.earliest("id").pk).update(
        created_at=timezone.now() - LIFETIME - timedelta(seconds=1)
    )
    assert client.get("/sign-in/nonsense/").status_code == client.get(old).status_code == 410
    User.objects.update(is_active=False)
    assert client.get(locked).status_code == 410
    assert SESSION_KEY not in client.session


def test_the_link_is_not_stored(alice: User) -> None:
    token = path_of(new_link(alice)).split("/")[2]
    assert len(token) >= 43
    assert token not in str(list(SignInLink.objects.values()))


def test_signing_in_gives_the_browser_another_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    before = client.session.session_key
    client.get(path_of(new_link(alice)))
    assert client.session.session_key != before


@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_at_the_same_moment_one_gets_in(alice: User) -> None:
    token = path_of(new_link(alice)).split("/")[2]

    def race(_: int) -> bool:
        try:
            return use(token) is not None
        finally:
            database.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == 1


def test_a_post_to_a_link_uses_nothing_up(client: Client, alice: User) -> None:
    path = path_of(new_link(alice))
    assert client.post(path).status_code == 405
    assert client.get(path).status_code == 302


def test_a_browser_that_looks_ahead_uses_nothing_up(client: Client, alice: User) -> None:
    path = path_of(new_link(alice))
    assert client.get(path, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 503
    assert client.head(path).status_code == 405
    assert client.get(path).status_code == 302


def test_the_command_prints_a_link_that_works(client: Client, alice: User) -> None:
    out = StringIO()
    call_command("signin", "ALICE@example.com", stdout=out)
    assert client.get(path_of(out.getvalue().strip())).status_code == 302
    with pytest.raises(CommandError, match="Nobody active"):
        call_command("signin", "nobody@example.com")


def test_an_empty_studio_gets_an_owner_a_team_and_the_sandbox(db: None, client: Client) -> None:
    owner, team, made = ensure_first_team()
    assert made
    assert (owner.email, owner.has_usable_password(), team.name) == ("owner@studio.localhost", False, "My team")
    with scope(team):
        sandbox = Connection.objects.get()
    assert (sandbox.name, sandbox.is_sandbox) == ("Sandbox", True)
    assert sandbox.key.startswith("sk-sandbox-")
    assert ensure_first_team() == (owner, team, False)
    assert Membership.objects.count() == 1


def test_a_studio_in_use_stays_as_it_is(alice: User) -> None:
    owner, team, made = ensure_first_team()
    assert (owner, team.name, made) == (alice, "Team A", False)


def test_the_first_sign_in_says_how_to_come_back(
    client: Client, db: None, signed_in: Callable[[User], Client], alice: User
) -> None:
    client.get(path_of(new_link(User.objects.create_user("new@example.com"))))
    assert client.session["welcome"] is True
    other = signed_in(alice)
    other.get(path_of(new_link(alice)))
    assert "welcome" not in other.session
