"""A session begins anew at every sign-in and ends for good: a copied cookie is worth nothing afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.teams import sessions
from studio.teams.models import Membership, User

PASSWORD = "correct horse battery"


@pytest.fixture
def inside(client: Client, alice: User) -> Client:
    """Alice, signed in with her password."""
    cache.clear()
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    assert SESSION_KEY in client.session
    return client


def thief(client: Client) -> Client:
    """Somebody who copied the cookies."""
    copy = Client()
    for name, morsel in client.cookies.items():
        copy.cookies[name] = morsel.value
    return copy


def is_inside(client: Client) -> bool:
    return client.get(reverse("teams:team")).status_code == 200


def test_signing_in_gives_another_session_and_another_forms_secret(client: Client, alice: User) -> None:
    cache.clear()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = str(session.session_key)
    client.get(reverse("account_login"))
    secret = client.cookies["csrftoken"].value
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    assert client.session.session_key != before
    assert client.cookies["csrftoken"].value != secret
    stale = Client()
    stale.cookies["sessionid"] = before
    assert not is_inside(stale)
    assert is_inside(client)


def test_signing_out_ends_it_for_a_copied_cookie_too(inside: Client) -> None:
    copy = thief(inside)
    assert is_inside(copy)
    inside.post(reverse("account_logout"))
    assert not is_inside(copy)
    assert not Session.objects.exists()


def test_whoever_is_locked_is_out_at_the_next_request(inside: Client, alice: User) -> None:
    copy = thief(inside)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_inside(inside)
    assert not is_inside(copy)


def test_a_new_password_ends_every_other_session(
    inside: Client, alice: User, signed_in: Callable[[User], Client]
) -> None:
    elsewhere, copy = signed_in(alice), thief(inside)
    form = {"oldpassword": PASSWORD, "password1": "another fine horse", "password2": "another fine horse"}
    inside.post(reverse("account_change_password"), form)
    assert is_inside(inside)
    assert not is_inside(elsewhere)
    assert not is_inside(copy)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(inside: Client, settings: object) -> None:
    cookie = inside.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert 0 < int(cookie["max-age"]) <= 14 * 24 * 3600


def test_who_comes_again_is_asked_for_along_with_the_session(inside: Client) -> None:
    page = reverse("tasks:inbox")
    inside.get(page)
    with CaptureQueriesContext(connection) as asked:
        inside.get(page)
    tables = ("django_session", "teams_membership", "teams_user")
    who = [query["sql"] for query in asked if any(table in query["sql"] for table in tables)]
    assert len(who) == 1
    assert all(table in who[0] for table in tables)


def test_what_this_process_remembers_of_a_session_makes_nobody_somebody_else(
    inside: Client, alice: User, charlie: User
) -> None:
    key = sessions.digest(str(inside.session.session_key))
    page = reverse("teams:team")
    inside.get(page)
    for wrong in (charlie.pk, 10**9):  # of another team; nobody
        sessions.came_with[key] = wrong
        told = inside.get(page).content.decode()
        assert "Team A" in told
        assert "Team C" not in told
        assert "charlie" not in told
        assert sessions.came_with[key] == alice.pk


def test_who_is_taken_out_of_the_team_is_out_with_the_next_request(inside: Client, alice: User) -> None:
    assert is_inside(inside)
    Membership.objects.filter(user=alice).delete()
    assert inside.get(reverse("teams:team")).status_code == 403
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert inside.get(reverse("teams:team")).status_code == 302
    User.objects.filter(pk=alice.pk).update(is_active=True)
    assert inside.get(reverse("teams:team")).status_code == 403
    Session.objects.all().delete()
    assert inside.get(reverse("teams:team")).status_code == 302


def test_a_great_many_sessions_are_not_remembered_for_ever(inside: Client) -> None:
    sessions.came_with.update({str(number): number for number in range(sessions.KEPT)})
    assert is_inside(inside)
    sessions.came_with.pop(sessions.digest(str(inside.session.session_key)), None)
    assert is_inside(inside)
    assert len(sessions.came_with) <= sessions.KEPT
