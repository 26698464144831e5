"""Coming and going: invitations that work once, roles, and a team that always keeps an owner."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.paging import PAGE
from studio.teams import invitations
from studio.teams.membership import LastOwner, change_role, hand_over, take_out
from studio.teams.models import Invitation, Membership, Role, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_member

SignIn = Callable[[User], Client]
ACCOUNT = {"first_name": "Erik", "email": "erik@example.com", "password": "nine lives of a cat"}


def invited(team: Team, email: str = "", role: Role = Role.MEMBER) -> str:
    """The path of a fresh invitation."""
    owner = User.objects.get(email="alice@example.com")
    with scope(team):
        return "/" + invitations.invite(team, owner, email, role).split("/", 3)[3]


def roles(team: Team) -> dict[str, str]:
    return {each.user.email: each.role for each in Membership.objects.filter(team=team).select_related("user")}


def test_an_owner_makes_an_address_that_is_shown_once_and_stored_nowhere(alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    page = client.post(reverse("teams:invite"), {"email": "", "role": "viewer"})
    link = re.search(r'value="(http[^"]+/invitation/([^"/]+)/)"', page.content.decode())
    assert link, page.content.decode()
    assert "no-store" in page["Cache-Control"]
    with across_teams():
        assert link[2] not in str(list(Invitation.objects.values()))
    assert link[2] not in client.get(reverse("teams:team")).content.decode()


def test_a_guest_makes_an_account_and_is_in_with_the_role_of_the_invitation(team: Team, alice: User) -> None:
    path, guest = invited(team, role=Role.VIEWER), Client()
    assert "Join Team A" in guest.get(path).content.decode()
    answer = guest.post(path, ACCOUNT | {"role": "owner", "team": "999"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert SESSION_KEY in guest.session
    assert roles(team)["erik@example.com"] == Role.VIEWER
    assert guest.get(reverse("teams:team")).context["team"] == team
    for again in (Client().get(path), Client().post(path, ACCOUNT | {"email": "f@example.com"})):
        assert again.status_code == 410
    assert not User.objects.filter(email="f@example.com").exists()


def test_an_invitation_with_an_e_mail_is_for_that_person_only(
    team: Team, alice: User, charlie: User, signed_in: SignIn
) -> None:
    path = invited(team, "Charlie@example.com")
    stranger = signed_in(make_member(Team.objects.create(name="Other"), "frida"))
    assert "signed in as frida@example.com" in stranger.get(path).content.decode()
    assert stranger.post(path).status_code == 403
    assert "has an account here" in Client().get(path).content.decode()
    assert signed_in(charlie).post(path).status_code == 302
    assert roles(team)["charlie@example.com"] == Role.MEMBER
    assert "frida@example.com" not in roles(team)


def test_the_e_mail_of_an_invitation_cannot_be_exchanged(team: Team, alice: User) -> None:
    path = invited(team, "erik@example.com")
    assert Client().post(path, ACCOUNT | {"email": "mallory@example.com"}).status_code == 302
    assert set(roles(team)) == {"alice@example.com", "erik@example.com"}


def test_who_is_in_already_keeps_the_role_and_the_invitation(team: Team, dana: User, signed_in: SignIn) -> None:
    path = invited(team, role=Role.OWNER)
    assert "in this team already" in signed_in(dana).get(path).content.decode()
    signed_in(dana).post(path)
    assert roles(team)["dana@example.com"] == Role.VIEWER
    assert Client().get(path).status_code == 200


def test_an_account_of_somebody_else_cannot_be_taken_over(team: Team, alice: User, charlie: User) -> None:
    path = invited(team)
    answer = Client().post(path, ACCOUNT | {"email": "CHARLIE@example.com"})
    assert answer.status_code == 422
    assert "has an account. Sign in first" in answer.content.decode()
    charlie.refresh_from_db()
    assert charlie.check_password("correct horse battery")
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "short"}, "too short"),
        ({"password": "erik@example.com"}, "too similar"),
        ({"email": "nobody"}, "valid email"),
        ({"first_name": ""}, "required"),
    ],
)
def test_what_a_guest_typed_wrong_is_said_and_the_rest_stays(
    changes: dict[str, str], says: str, team: Team, alice: User
) -> None:
    path, typed = invited(team), ACCOUNT | changes
    answer = Client().post(path, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert typed["first_name"] in page
    assert f'value="{typed["password"]}"' not in page.replace(f'value="{ACCOUNT["email"]}"', "")
    assert Client().get(path).status_code == 200


def test_unknown_old_used_and_withdrawn_invitations_answer_alike(team: Team, alice: User, signed_in: SignIn) -> None:
    old, gone = invited(team), invited(team)
    with across_teams():
        first, second = Invitation.objects.order_by("id")
    with across_teams():
        Invitation.objects.filter(pk=first.pk).update(created_at=timezone.now() - invitations.LIFETIME)
    assert signed_in(alice).post(reverse("teams:invitation-withdraw", args=[second.pk])).status_code == 302
    pages = [Client().get(path) for path in ("/invitation/unknown/", old, gone)]
    assert {page.status_code for page in pages} == {410}
    tokens = [re.sub(r"csrf[^>]+|X-CSRFToken[^}]+|nonce-\w+|/invitation/[^/]+/", "", p.content.decode()) for p in pages]
    assert len(set(tokens)) == 1


def test_an_older_invitation_to_the_same_person_ends(team: Team, alice: User) -> None:
    first, other, second = invited(team, "e@example.com"), invited(team), invited(team, "E@example.com")
    assert [Client().get(path).status_code for path in (first, other, second)] == [410, 200, 200]


def taken_out(mine: Membership, heir: Membership) -> None:
    take_out(mine, heir.user)


def left(mine: Membership, _heir: Membership) -> None:
    take_out(mine, mine.user)


def made_a_member(mine: Membership, heir: Membership) -> None:
    change_role(mine, Role.MEMBER, heir.user)


def account_closed(mine: Membership, _heir: Membership) -> None:
    User.objects.filter(pk=mine.user_id).update(is_active=False)


@pytest.mark.parametrize("goes", [taken_out, left, made_a_member, hand_over, account_closed])
def test_an_invitation_ends_with_the_ownership_of_its_maker(
    goes: Callable[[Membership, Membership], None], team: Team, alice: User, charlie: User, signed_in: SignIn
) -> None:
    """Else an owner who is taken out comes back as an owner by an address that they kept."""
    erik = make_member(team, "erik", Role.OWNER)
    path = invited(team, role=Role.OWNER)
    found = invitations.find(path.split("/")[2])
    assert found
    with scope(team):
        goes(Membership.objects.get(user=alice), Membership.objects.get(user=erik))
    assert Client().get(path).status_code == 410
    assert Client().post(path, ACCOUNT).status_code == 410
    assert signed_in(charlie).post(path).status_code == 410
    assert invitations.join(found, charlie) is None, "nor for whoever had the page open"
    assert "charlie@example.com" not in roles(team)
    assert "its creator is not an owner any more" in signed_in(erik).get(reverse("teams:team")).content.decode()
    with scope(team):
        [row] = Invitation.objects.all()
    assert signed_in(erik).post(reverse("teams:invitation-withdraw", args=[row.pk])).status_code == 302


def test_an_invitation_whose_maker_is_gone_for_good_is_over(team: Team, alice: User) -> None:
    path = invited(team)
    with scope(team):
        Invitation.objects.update(made_by=None)
    assert Client().get(path).status_code == 410


def test_a_new_invitation_ends_an_older_one_of_a_maker_who_comes_back(team: Team, alice: User, bob: User) -> None:
    first = invited(team, "e@example.com")
    with scope(team):
        Invitation.objects.update(made_by=bob)
    invited(team, "e@example.com")
    Membership.objects.filter(user=bob).update(role=Role.OWNER)
    assert Client().get(first).status_code == 410


def test_an_invitation_is_mailed_where_the_studio_can_send_mail(alice: User, signed_in: SignIn, settings: Any) -> None:
    form = {"email": "erik@example.com", "role": "member"}
    assert (
        "Send this address to erik@example.com" in signed_in(alice).post(reverse("teams:invite"), form).content.decode()
    )
    assert mail.outbox == []
    settings.EMAIL_HOST = "mail.example.com"
    assert "on its way" in signed_in(alice).post(reverse("teams:invite"), form).content.decode()
    [letter] = mail.outbox
    assert letter.to == ["erik@example.com"]
    assert "/invitation/" in letter.body


def test_whoever_is_in_is_not_invited_and_an_address_must_be_one(alice: User, bob: User, signed_in: SignIn) -> None:
    for email, says in (("BOB@example.com", "in the team already"), ("nobody", "nobody"), ("a@b.example", None)):
        answer = signed_in(alice).post(reverse("teams:invite"), {"email": email, "role": "member"})
        assert answer.status_code == (422 if says else 200)
        assert (says or email) in answer.content.decode()


def test_owners_change_roles_and_take_people_out(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    client, his = signed_in(alice), signed_in(bob)
    member = Membership.objects.get(user=bob)
    client.post(reverse("teams:member-role", args=[member.pk]), {"role": "owner"})
    assert roles(team)["bob@example.com"] == Role.OWNER
    client.post(reverse("teams:member-role", args=[member.pk]), {"role": "king"})
    assert roles(team)["bob@example.com"] == Role.OWNER
    assert his.get(reverse("teams:team")).status_code == 200
    client.post(reverse("teams:member-remove", args=[member.pk]))
    assert "bob@example.com" not in roles(team)
    assert his.get(reverse("teams:team")).status_code == 403


def test_members_of_another_team_are_out_of_reach(alice: User, charlie: User, signed_in: SignIn) -> None:
    theirs = Membership.objects.get(user=charlie)
    for name in ("member-role", "member-remove"):
        assert signed_in(alice).post(reverse(f"teams:{name}", args=[theirs.pk]), {"role": "viewer"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.role == Role.OWNER


def test_the_last_owner_stays(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    client, mine = signed_in(alice), Membership.objects.get(user=alice)
    for name, args in (("leave", []), ("member-remove", [mine.pk]), ("member-role", [mine.pk])):
        answer = client.post(reverse(f"teams:{name}", args=args), {"role": "viewer"}, follow=True)
        assert "needs an owner" in answer.content.decode()
    assert roles(team)["alice@example.com"] == Role.OWNER


def test_anybody_else_leaves(team: Team, dana: User, signed_in: SignIn) -> None:
    assert signed_in(dana).post(reverse("teams:leave")).status_code == 302
    assert "dana@example.com" not in roles(team)


def apart(work: Callable[[Any], Any], over: list[Any]) -> list[Any]:
    """Each in a thread and a database connection of its own, at the same moment."""

    def alone(each: Any) -> Any:
        try:
            return work(each)
        finally:
            database.close()

    with ThreadPoolExecutor(len(over)) as pool:
        return list(pool.map(alone, over))


@pytest.mark.django_db(transaction=True)
@pytest.mark.thorough
def test_of_two_at_the_same_moment_one_joins_and_one_owner_stays(team: Team, alice: User) -> None:
    for round_ in range(5):
        path = invited(team)
        found = invitations.find(path.split("/")[2])
        assert found is not None
        people = [make_member(Team.objects.create(name="Own"), f"p{round_}{n}") for n in range(4)]
        came = apart(partial(invitations.join, found), people)
        assert len([each for each in came if each]) == 1

        def goes(membership: Membership) -> bool:
            try:
                take_out(membership, membership.user)
            except LastOwner:
                return False
            return True

        pair = Team.objects.create(name=f"Pair {round_}")
        owners = [Membership.objects.create(team=pair, user=person, role=Role.OWNER) for person in people[:2]]
        assert sorted(apart(goes, owners)) == [False, True]


def test_an_owner_hands_the_team_over_and_is_a_member_then(
    team: Team, alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    client, form = signed_in(alice), {"heir": team.memberships.get(user=dana).pk, "name": "Team A"}
    unsure = client.post(reverse("teams:hand-over"), form | {"name": "team a"})
    assert unsure.status_code == 422
    assert "Type the name as it stands above" in unsure.content.decode()
    assert roles(team)["alice@example.com"] == Role.OWNER
    client.post(reverse("teams:hand-over"), form)
    assert roles(team) == {"alice@example.com": "member", "bob@example.com": "member", "dana@example.com": "owner"}
    assert client.post(reverse("teams:hand-over"), form).status_code == 403


def test_a_team_is_handed_to_nobody_outside_and_not_to_oneself(
    team: Team, alice: User, bob: User, charlie: User, signed_in: SignIn
) -> None:
    for stranger in (Membership.objects.get(user=charlie), Membership.objects.get(user=alice)):
        answer = signed_in(alice).post(reverse("teams:hand-over"), {"heir": stranger.pk, "name": "Team A"})
        assert answer.status_code == 422
    assert roles(team)["alice@example.com"] == Role.OWNER


@pytest.mark.django_db(transaction=True)
@pytest.mark.thorough
def test_a_team_that_is_handed_over_and_left_at_the_same_moment_keeps_an_owner(team: Team, alice: User) -> None:
    heir = Membership.objects.get(user=make_member(team, "hugo"))
    mine = Membership.objects.get(user=alice)

    def goes(deed: Callable[[], None]) -> bool:
        try:
            deed()
        except LastOwner:
            return False
        return True

    for _round in range(5):
        Membership.objects.filter(team=team).update(role=Role.MEMBER)
        Membership.objects.filter(pk=mine.pk).update(role=Role.OWNER)
        apart(goes, [partial(hand_over, mine, heir), partial(change_role, mine, Role.VIEWER, alice)])
        assert Membership.objects.filter(team=team, role=Role.OWNER).count() == 1


def test_open_invitations_come_a_page_at_a_time(team: Team, alice: User, signed_in: SignIn) -> None:
    with scope(team):
        many = (Invitation(team=team, made_by=alice, email=f"p{n}@example.com", digest=str(n)) for n in range(PAGE + 3))
        Invitation.objects.bulk_create(many)
    client = signed_in(alice)
    first = client.get(reverse("teams:team"))
    assert first.content.decode().count("Withdraw") == PAGE
    second = client.get(reverse("teams:team") + first.context["older"]).content.decode()
    assert second.count("Withdraw") == 3
    assert "p0@example.com" in second
