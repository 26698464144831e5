"""For whom a preset is, and the link at which anyone reads it: unguessable, read-only, short-lived, gone at once."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from studio import catalog
from studio.library import saving, sharing
from studio.library.kept import FIXED, Kept
from studio.library.models import Named, Preset, ShareLink
from studio.teams.acts import Act, What
from studio.teams.membership import take_out
from studio.teams.models import Membership, Role, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import VALUES, make_connection, make_member
from tests.library.making import TEXT, make_preset, newest

SignIn = Callable[[User], Client]


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def preset(team: Team, bob: User) -> Preset:
    values = VALUES | {"image": f"studio-file:{'a' * 32}"}
    return make_preset(team, bob, values=values, holds={"model": FIXED}, description="For calm water.")


def new_link(client: Client, preset: Preset, **more: str) -> str:
    shown = html(client.post(f"/library/{preset.pk}/link/", {"days": "7"} | more))
    found = re.search(r"/shared/[^/<]+/", shown)
    assert found
    return found[0]


def test_anyone_with_the_link_reads_what_it_holds_and_no_more(
    team: Team, bob: User, alice: User, signed_in: SignIn, preset: Preset
) -> None:
    client = signed_in(bob)
    there = new_link(client, preset)
    answer = Client().get(there)
    shown = html(answer)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    for word in ("Boats", "For calm water.", "a paper boat", "gen3"):
        assert word in shown
    for word in ("Bob", "bob@", "Alice", "Team A", "studio-file", "sk-", "/library/", "Save a copy</button>"):
        assert word not in shown
    assert Client().post(there).status_code == 405
    assert "by Bob" in html(Client().get(new_link(client, preset, names_author="on")))


def test_a_link_is_unguessable_and_kept_as_a_hash(team: Team, bob: User, signed_in: SignIn, preset: Preset) -> None:
    client = signed_in(bob)
    token = new_link(client, preset).split("/")[2]
    assert len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))) == 20
    with scope(team):
        link = ShareLink.objects.get()
    assert token not in str(vars(link))
    assert token not in html(client.get(f"/library/{preset.pk}/")), "it is shown once"
    assert Client().get(f"/shared/{token[:-1]}/").status_code == 404


def test_a_revoked_and_an_expired_link_are_not_there(team: Team, bob: User, signed_in: SignIn, preset: Preset) -> None:
    client = signed_in(bob)
    first, second = new_link(client, preset), new_link(client, preset)
    with scope(team):
        newer, older = ShareLink.objects.all()
        ShareLink.objects.filter(pk=newer.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(first).status_code == 200
    client.post(f"/library/{preset.pk}/link/{older.pk}/revoke/")
    for there in (first, second):
        assert Client().get(there).status_code == 404
        assert signed_in(bob).post(f"{there}copy/").status_code == 404


@pytest.mark.parametrize("goes", ["out", "closed"])
def test_a_link_ends_with_the_membership_of_whoever_made_it(
    goes: str, team: Team, bob: User, alice: User, charlie: User, signed_in: SignIn, preset: Preset
) -> None:
    there = new_link(signed_in(bob), preset)
    kept = new_link(signed_in(alice), preset)
    if goes == "out":
        take_out(Membership.objects.get(user=bob), alice)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)
    assert Client().get(there).status_code == 404
    assert signed_in(charlie).post(f"{there}copy/").status_code == 404
    assert Client().get(kept).status_code == 200, "of somebody who is still there"
    owner = signed_in(alice)
    for page in ("/team/links/", f"/library/{preset.pk}/"):
        assert html(owner.get(page)).count("no longer works: its creator has left the team") == 1


def test_owners_revoke_every_link_without_seeing_what_is_somebodys_own(
    team: Team, bob: User, alice: User, signed_in: SignIn, preset: Preset
) -> None:
    owner, other = signed_in(alice), make_preset(team, bob, name="Owls")
    with scope(team):
        Preset.objects.filter(pk=preset.pk).update(visibility="me")
    own, shown_to_all = new_link(signed_in(bob), preset), new_link(signed_in(bob), other)
    page = html(owner.get("/team/links/"))
    assert page.count("Somebody's own preset") == 1
    assert re.findall(r'data-room="(\w+)" aria-current', page) == ["team"], "it stands among the team's pages"
    assert f'<a href="/library/{other.pk}/">Owls</a>' in page
    for word in ("Boats", "For calm water.", "a paper boat", f"/library/{preset.pk}/"):
        assert word not in page
    with scope(team):
        link = ShareLink.objects.get(preset=preset)
    assert signed_in(bob).post(f"/team/links/{link.pk}/revoke/").status_code == 403
    assert owner.post(f"/team/links/{link.pk}/revoke/")["Location"] == "/team/links/"
    assert Client().get(own).status_code == 404
    assert Client().get(shown_to_all).status_code == 200
    with scope(team):
        act = Act.objects.latest("id")
    assert (act.what, act.person) == (What.LINK_REVOKED, alice)
    assert "Somebody's own preset" not in html(owner.get("/team/links/"))


def test_of_two_who_revoke_a_link_one_stands_in_the_audit(
    team: Team, alice: User, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    new_link(signed_in(bob), preset)
    with scope(team):
        link = ShareLink.objects.select_related("preset").get()
        for owner in (alice, bob):
            sharing.revoke(link, owner)
        assert Act.objects.filter(what=What.LINK_REVOKED).count() == 1


def test_a_team_without_open_links_reads_that_there_are_none(
    team: Team, bob: User, alice: User, signed_in: SignIn, preset: Preset
) -> None:
    new_link(signed_in(bob), preset)
    with scope(team):
        ShareLink.objects.update(expires_at=timezone.now())
    assert "No open links" in html(signed_in(alice).get("/team/links/"))


def test_another_team_saves_a_copy(
    bob: User, charlie: User, other_team: Team, signed_in: SignIn, preset: Preset
) -> None:
    there = new_link(signed_in(bob), preset)
    client = signed_in(charlie)
    assert "Save a copy" in html(client.get(there))
    for _ in range(2):
        client.post(f"{there}copy/", {"key": "b" * 32})
    with scope(other_team):
        copy = Preset.objects.get()
        kept = newest(copy).kept
    assert (copy.author, copy.name, kept.holds) == (charlie, "Boats", {"model": FIXED})
    assert kept.values == VALUES, "a file of the other team does not come along"
    viewer = make_member(other_team, "vera", Role.VIEWER)
    assert signed_in(viewer).post(f"{there}copy/").status_code == 403
    assert Client().post(f"{there}copy/")["Location"].startswith("/accounts/login/")


def test_an_older_page_gives_nobody_access_back(team: Team, bob: User, signed_in: SignIn, preset: Preset) -> None:
    erik, frida, gina, hans = (make_member(team, name) for name in ("erik", "frida", "gina", "hans"))
    client, there = signed_in(bob), f"/library/{preset.pk}/"
    first = {"visibility": "chosen", "reader": [erik.pk, frida.pk, hans.pk], "editor": [frida.pk]}
    client.post(f"{there}audience/", first)
    older = posted(html(client.get(there)))
    asked = {name: older.getlist(name) for name in older if name.removeprefix("was-") in first}
    assert asked["was-visibility"] == ["chosen"]
    # Meanwhile: Frida goes, Hans may change it, and nobody but its author sees it.
    newer = {"visibility": "me", "reader": [erik.pk, hans.pk], "editor": [hans.pk]}
    client.post(f"{there}audience/", newer)
    client.post(f"{there}audience/", asked | {"reader": [*asked["reader"], str(gina.pk)]})
    with scope(team):
        assert Preset.objects.get().visibility == "me"
        named = {(erik.pk, False), (hans.pk, True), (gina.pk, False)}
        assert set(Named.objects.values_list("person", "may_edit")) == named
    # Whom the older page takes out is out, whatever they might do by now.
    client.post(f"{there}audience/", asked | {"reader": [str(erik.pk), str(frida.pk)], "visibility": "team"})
    with scope(team):
        assert Preset.objects.get().visibility == "team"
        assert set(Named.objects.values_list("person", "may_edit")) == named - {(hans.pk, True)}


def test_a_copy_is_saved_in_the_team_that_the_page_showed(
    team: Team, bob: User, charlie: User, other_team: Team, signed_in: SignIn, preset: Preset
) -> None:
    there, second = new_link(signed_in(bob), preset), Team.objects.create(name="Second")
    Membership.objects.create(team=second, user=charlie)
    client = signed_in(charlie)
    client.post("/team/switch/", {"team": second.pk})
    answer = client.post(f"{there}copy/", {"key": "b" * 32, "page_team": other_team.pk}, follow=True)
    assert answer.context["preset"].team == answer.context["team"] == other_team


def test_a_secret_that_was_typed_goes_nowhere(
    team: Team, bob: User, charlie: User, other_team: Team, signed_in: SignIn
) -> None:
    """Neither by a link, nor with a copy, nor in an export."""
    kept = Kept(VALUES, catalog.Extras({"api_key": "canary-1", "seed": 7, "more": ["sk-canary2canary2canary2"]}))
    preset = saving.begin(team=team, person=bob, operation=TEXT, kept=kept, name="Boats", key="k1")
    client = signed_in(bob)
    there = new_link(client, preset)
    signed_in(charlie).post(f"{there}copy/")
    with scope(other_team):
        assert dict(newest(Preset.objects.get()).kept.extras) == {"seed": 7, "more": []}
    for answer in (Client().get(there), client.get(f"/library/export/?preset={preset.pk}")):
        assert answer.status_code == 200
        assert "canary" not in html(answer)


def test_a_gateways_address_and_a_key_within_a_text_go_nowhere(team: Team, bob: User, signed_in: SignIn) -> None:
    make_connection(team, base_url="https://gateway.example.com/v1/")
    key = "sk-abcdefghijklmnop0123456789"
    values = {
        "prompt": f"a boat, key {key}",
        "image": "see https://gateway.example.com/v1/files/1.png",
        "model": "gen3",
    }
    preset, client = make_preset(team, bob, values=values), signed_in(bob)
    shown = html(Client().get(new_link(client, preset)))
    exported = client.get(f"/library/export/?preset={preset.pk}").content.decode()
    for told in (shown, exported):
        assert "gen3" in told
        assert key not in told
        assert "gateway.example.com" not in told
    assert {each["why"] for each in catalog.loads(exported)["left_out"]} == {"secret", "address"}


def test_addresses_in_a_name_or_a_description_are_dots_for_anyone(
    team: Team, bob: User, other_team: Team, charlie: User, signed_in: SignIn
) -> None:
    here = f"{settings.PUBLIC_URL}/library/7/"
    gateway = make_connection(team, base_url="https://gateway.example/base").base_url
    told = f"Ask bob@example.com, see {here} or {gateway}/v1?x=1; https://w.example stays."
    preset = make_preset(team, bob, name=f"As in {here}", description=told)
    link = new_link(signed_in(bob), preset)
    page = html(Client().get(link))
    assert "Ask …, see … or … https://w.example stays." in page
    assert "<h1>As in …</h1>" in page
    signed_in(charlie).post(f"{link}copy/", {"key": "k"})
    with scope(other_team):
        copied = Preset.objects.get()
    assert (copied.name, copied.description) == ("As in …", "Ask …, see … or … https://w.example stays.")
    with scope(team):
        Preset.objects.filter(pk=preset.pk).update(description="The key is sk-abcdefghijklmnop0123456789.")
    assert "sk-abcdef" not in html(Client().get(link))


def test_author_and_owners_say_for_whom_it_is(
    team: Team, alice: User, bob: User, charlie: User, signed_in: SignIn, preset: Preset
) -> None:
    erik, frida = make_member(team, "erik"), make_member(team, "frida")
    named = {"visibility": "chosen", "reader": [erik.pk, charlie.pk, bob.pk], "editor": [frida.pk]}
    signed_in(alice).post(f"/library/{preset.pk}/audience/", named)
    with scope(team):
        assert Preset.objects.get().visibility == "chosen"
        assert set(Named.objects.values_list("person", "may_edit")) == {(erik.pk, False), (frida.pk, True)}
        acts = Act.objects.filter(what=What.AUDIENCE_CHANGED)
        assert acts.count() == 1
    signed_in(alice).post(f"/library/{preset.pk}/audience/", named)
    with scope(team):
        assert acts.count() == 1, "nothing was changed"
    for verb in ("audience", "link"):
        assert signed_in(frida).post(f"/library/{preset.pk}/{verb}/", named).status_code == 403
    signed_in(bob).post(f"/library/{preset.pk}/audience/", {"visibility": "everybody"})
    with scope(team):
        assert Preset.objects.get().visibility == "chosen"


def test_a_preset_for_chosen_people_of_whom_there_are_none_says_so(
    team: Team, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    erik, client = make_member(team, "erik"), signed_in(bob)
    address, nobody = f"/library/{preset.pk}/audience/", {"visibility": "chosen"}
    page = html(client.post(address, nobody, follow=True))
    assert page.count("Nobody is chosen yet: only you see it.") == 2, "as the answer, and beside the list from then on"
    assert "Saved." not in page
    page = html(client.post(address, nobody | {"reader": [erik.pk]}, follow=True))
    assert "Nobody is chosen yet" not in page
    assert "Saved." in page


def test_an_owner_who_takes_it_from_everybody_is_told_in_the_library(
    alice: User, signed_in: SignIn, preset: Preset
) -> None:
    answer = signed_in(alice).post(f"/library/{preset.pk}/audience/", {"visibility": "chosen"}, follow=True)
    assert answer.request["PATH_INFO"] == "/library/"
    assert "Nobody is chosen yet: only its author sees it." in html(answer)
