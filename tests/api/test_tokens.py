"""Tokens: shown once, kept as a digest, and worth what their person is worth at this moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.api.models import Scope, Token
from studio.api.tokens import digest
from studio.library.models import Preset
from studio.teams.models import Membership, Role, Team, User
from studio.teams.scope import across_teams, scope
from tests.api.calling import Program, program
from tests.doors import DOORS
from tests.factories import make_connection
from tests.library.making import make_preset
from tests.test_doors import CANARY, URLS, address, no_network, rows, text_of

__all__ = ["no_network", "rows"]  # fixtures

FORM = {"name": "nightly", "scope": "run", "days": "30"}
API = [name for name, door in DOORS.items() if door.kind == "api"]


@pytest.fixture
def preset(team: Team, alice: User) -> Preset:
    make_connection(team)
    return make_preset(team, alice)


def made(client: Client) -> tuple[Token, str]:
    """A token by the form, and the secret that its page shows."""
    page = client.post(reverse("api:tokens"), FORM)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    secret = page.content.decode().partition('id="secret" value="')[2].partition('"')[0]
    with across_teams():
        return Token.objects.get(digest=digest(secret)), secret


def test_a_secret_is_shown_once_and_kept_nowhere(
    team: Team, bob: User, preset: Preset, signed_in: Callable[[User], Client]
) -> None:
    token, secret = made(signed_in(bob))
    assert secret not in signed_in(bob).get(reverse("api:tokens")).content.decode()
    with across_teams():
        [row] = Token.objects.values()
    assert secret not in str(row)
    assert secret.startswith(token.prefix)
    assert (token.person, token.scope, token.used_at) == (bob, Scope.RUN, None)
    assert Program(secret).get(f"presets/{preset.pk}")[0] == 200
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)


def test_a_form_that_does_not_fit_makes_none(bob: User, signed_in: Callable[[User], Client]) -> None:
    for wrong in ({"name": ""}, {"scope": "all"}, {"days": "9999"}):
        assert signed_in(bob).post(reverse("api:tokens"), FORM | wrong).status_code == 422
    with across_teams():
        assert not Token.objects.exists()


def test_its_last_use_is_written_once_a_minute(team: Team, bob: User) -> None:
    one = program(team, bob)
    one.get("tasks")
    with scope(team):
        first = Token.objects.get().used_at
        one.get("tasks")
        assert Token.objects.get().used_at == first
        assert first
        Token.objects.update(used_at=first - timedelta(minutes=2))
        one.get("tasks")
        assert Token.objects.get().used_at != first - timedelta(minutes=2)


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_one_that_is_over_opens_nothing(team: Team, bob: User, change: dict[str, Any]) -> None:
    one = program(team, bob)
    assert one.get("tasks")[0] == 200
    with scope(team):
        Token.objects.update(**change)
    status, told = one.get("tasks")
    assert (status, told["error"]["code"]) == (401, "unauthorized")
    assert one.last["WWW-Authenticate"].startswith("Bearer")


def test_a_person_is_revoked_with_what_they_lose(team: Team, bob: User, preset: Preset) -> None:
    one, path = program(team, bob), f"presets/{preset.pk}/run"
    assert one.post(path, {"values": {"prompt": "x"}})[0] == 201
    Membership.objects.filter(user=bob).update(role=Role.VIEWER)
    assert one.post(path, {"values": {"prompt": "x"}})[0] == 403
    assert one.get("presets")[0] == 200
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert one.get("presets")[0] == 401
    User.objects.filter(pk=bob.pk).update(is_active=True)
    Membership.objects.filter(user=bob).delete()
    assert one.get("presets")[0] == 401


def test_members_see_and_revoke_their_own_owners_all(
    team: Team, alice: User, bob: User, signed_in: Callable[[User], Client]
) -> None:
    token, _secret = made(signed_in(bob))
    with scope(team):
        Token.objects.filter(pk=token.pk).update(name="bobs nightly")
    other, _secret = made(signed_in(alice))
    owner, member = signed_in(alice), signed_in(bob)
    assert "bobs nightly" in owner.get(reverse("api:tokens")).content.decode()
    assert other.prefix not in member.get(reverse("api:tokens")).content.decode()
    assert member.post(reverse("api:token-revoke", args=[other.pk])).status_code == 403
    assert owner.post(reverse("api:token-revoke", args=[token.pk])).status_code == 302
    assert member.post(reverse("api:token-revoke", args=[token.pk])).status_code == 302
    with scope(team):
        assert list(Token.objects.filter(revoked_at=None)) == [other]


def test_many_tokens_come_page_by_page(team: Team, alice: User, signed_in: Callable[[User], Client]) -> None:
    with scope(team):
        Token.objects.bulk_create(
            Token(team=team, person=alice, name=f"t{n}", digest=f"{n:064}", prefix=f"ps_{n}", expires_at=timezone.now())
            for n in range(60)
        )
        last = Token.objects.all()[49].pk
    text = signed_in(alice).get(reverse("api:tokens")).content.decode()
    assert f"?before={last}" in text
    assert text.count("<code>ps_") == 50
    assert "ps_9…" in signed_in(alice).get(f"{reverse('api:tokens')}?before={last}").content.decode()


WAYS = ("GET", "POST", "DELETE", "PUT", "PATCH")


def test_a_browsers_cookie_is_worth_nothing_here(
    rows: dict[str, models.Model], alice: User, dana: User, team: Team, signed_in: Callable[[User], Client]
) -> None:
    """So no other site's form can use it, though the API asks for no form's secret; who brings both is the token's."""
    browser = signed_in(alice)
    for name in API:
        for way in WAYS:
            answer = browser.generic(way, address(name, DOORS[name], rows))
            assert answer.status_code in {401, 404, 405}, f"{way} {name}"
            assert CANARY not in text_of(answer)
    viewers = {"Authorization": f"Bearer {program(team, dana).secret}"}
    path = reverse("v1:preset-run", args=[rows["preset"].pk])
    assert browser.post(path, "{}", content_type="application/json", headers=viewers).status_code == 403


def test_a_token_passes_where_its_person_may(
    rows: dict[str, models.Model], team: Team, dana: User, charlie: User, other_team: Team
) -> None:
    """The walk of `test_doors.py`, with tokens: a viewer's reads, another team's finds nothing."""
    viewer, stranger = program(team, dana), program(other_team, charlie)
    for name in API:
        door = DOORS[name]
        for way in WAYS:
            path, knows = address(name, door, rows), way in door.methods.split()
            for who, one in (("viewer", viewer), ("stranger", stranger)):
                headers = {"Authorization": f"Bearer {one.secret}"}
                data = '{"values": {}}' if way == "POST" else ""
                answer = Client().generic(way, path, data, content_type="application/json", headers=headers)
                wanted = {404} if door.of and who == "stranger" else {200}
                wanted = {403} if way == "POST" and who == "viewer" else wanted
                if name == "v1:operation-run" and who == "stranger":
                    wanted = {422}
                wanted = wanted if knows else {405}
                if name == "no-endpoint":
                    wanted = {404}
                assert answer.status_code in wanted, f"{who}: {way} {name} {answer.status_code}"
                assert who == "viewer" or CANARY not in text_of(answer)


def test_the_list_of_endpoints_is_whole() -> None:
    assert {name for name in URLS if name.startswith("v1:")} | {"no-endpoint"} == set(API)
