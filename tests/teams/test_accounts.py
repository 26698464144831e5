"""Signing in with e-mail and password, resetting it, the profile; and what of the account app is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialLogin
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from studio.teams.adapter import SocialAccountAdapter
from studio.teams.models import User
from studio.teams.signin import new_link
from tests.factories import make_user

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def no_one_counted_yet() -> None:
    cache.clear()


def sign_in(client: Client, email: str = "alice@example.com", password: str = PASSWORD, **more: str) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password, **more}).status_code


def test_email_and_password_lead_back_to_where_one_was(client: Client, alice: User) -> None:
    wanted = reverse("teams:connections") + "?a=1"
    answer = client.get(wanted)
    assert answer["Location"] == f"{reverse('account_login')}?next=/team/connections/%3Fa%3D1"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next"' in page
    answer = client.post(reverse("account_login"), {"login": "ALICE@example.com", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


def test_a_fragment_of_a_page_that_is_signed_out_sends_the_whole_page_to_sign_in(client: Client) -> None:
    here = "http://testserver/team/?x=1"
    answer = client.get(reverse("teams:connections"), headers={"HX-Request": "true", "HX-Current-URL": here})
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == f"{reverse('account_login')}?next=/team/%3Fx%3D1"


def test_a_form_sent_after_signing_out_leads_back_to_its_page(client: Client) -> None:
    for referrer, back in [("http://testserver/team/", "http%3A//testserver/team/"), ("https://evil.example/", "/")]:
        answer = client.post(reverse("teams:rename"), headers={"Referer": referrer})
        assert answer["Location"] == f"{reverse('account_login')}?next={back}"


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(client: Client, alice: User) -> None:
    texts = []
    for email in ("alice@example.com", "nobody@example.com"):
        answer = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
        texts.append(re.findall(r"field__error.*?<|notice--error.*?</div>", answer.content.decode(), re.DOTALL))
    assert texts[0]
    assert texts[0] == texts[1]


def test_guessing_becomes_slow_and_a_link_still_lets_the_owner_in(client: Client, alice: User) -> None:
    for _ in range(40):
        sign_in(client, password="wrong")
    assert sign_in(client) != 302, "even the right one has to wait now"
    assert SESSION_KEY not in client.session
    client.get(urlsplit(new_link(alice)).path)
    assert SESSION_KEY in client.session


@pytest.mark.parametrize("name", ["account_email", "account_confirm_login_code", "socialaccount_connections"])
def test_pages_of_the_account_app_that_have_no_use_here_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    form = {"email": "new@example.com", "password1": PASSWORD}
    for answer in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), form)):
        assert "by invitation" in answer.content.decode()
    assert not User.objects.exists()


def test_where_signing_up_is_open_a_person_without_a_team_is_told_what_to_do(
    client: Client, db: None, settings: object
) -> None:
    settings.SIGNUP_OPEN = True  # type: ignore[attr-defined]
    client.post(reverse("account_signup"), {"email": "new@example.com", "password1": PASSWORD})
    answer = client.get(reverse("teams:team"))
    assert answer.status_code == 403
    assert "Ask an owner to add new@example.com" in answer.content.decode()


def test_nobody_is_led_into_tying_a_strangers_account_to_their_own(rf: RequestFactory) -> None:
    login = SocialLogin(user=User())
    login.state = {"process": "connect"}
    with pytest.raises(ImmediateHttpResponse) as refused:
        SocialAccountAdapter().pre_social_login(rf.get("/"), login)
    assert refused.value.response["Location"] == reverse("teams:profile")
    login.state = {"process": "login"}
    SocialAccountAdapter().pre_social_login(rf.get("/"), login)


ENTRANCES = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]


@pytest.mark.parametrize("name", ENTRANCES)
def test_every_account_page_has_the_studios_frame(name: str, client: Client, db: None) -> None:
    page = client.get(reverse(name)).content.decode()
    assert "teams-entrance" in page
    assert "Prompt Studio" in page
    assert "Menu:" not in page


@pytest.mark.parametrize("name", ["account_logout", "account_change_password"])
def test_so_have_those_behind_the_door(name: str, alice: User, signed_in: Callable[[User], Client]) -> None:
    assert "teams-entrance" in signed_in(alice).get(reverse(name)).content.decode()


def test_a_forgotten_password_is_set_by_mail(client: Client, alice: User) -> None:
    for email in (alice.email, "nobody@example.com"):
        answer = client.post(reverse("account_reset_password"), {"email": email})
        assert answer["Location"] == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [[alice.email]]
    assert mail.outbox[0].subject == "Set a new password for Prompt Studio"
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    target = form.redirect_chain[-1][0]
    client.post(target, {"password1": "another fine horse", "password2": "another fine horse"})
    assert sign_in(Client(), password="another fine horse") == 302
    assert "does not work any more" in Client().get(link[1]).content.decode()


def test_signing_out_ends_the_session(alice: User, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(alice)
    assert client.get(reverse("account_logout")).status_code == 200
    client.post(reverse("account_logout"))
    assert SESSION_KEY not in client.session


def test_a_first_owner_sets_name_email_and_password(signed_in: Callable[[User], Client], db: None) -> None:
    client = signed_in(User.objects.create_user("owner@studio.localhost"))
    form = {"first_name": "Ada", "email": "ada@example.com", "password": "engine engine 1"}
    assert client.post(reverse("teams:profile"), form).status_code == 302
    assert client.get(reverse("teams:profile")).status_code == 200, "still signed in"
    assert sign_in(Client(), "ada@example.com", "engine engine 1") == 302
    assert sign_in(Client(), "owner@studio.localhost", "engine engine 1") != 302


def test_the_hint_after_a_first_sign_in_is_dismissed_or_followed(
    alice: User, signed_in: Callable[[User], Client]
) -> None:
    alice.set_unusable_password()
    alice.save()
    client = signed_in(alice)
    session = client.session
    session["welcome"] = True
    session.save()
    assert "This link worked once" in client.get(reverse("teams:team")).content.decode()
    client.post(reverse("teams:later"))
    assert "This link worked once" not in client.get(reverse("teams:team")).content.decode()


@pytest.mark.parametrize("change", [{"email": "new@example.com"}, {"password": "another fine horse"}])
def test_email_and_password_change_only_with_the_current_password(
    change: dict[str, str], alice: User, signed_in: Callable[[User], Client]
) -> None:
    client, other = signed_in(alice), signed_in(alice)
    form = {"first_name": "Alice", "email": alice.email, "current": "", "password": ""} | change
    for current in ("", "wrong"):
        assert client.post(reverse("teams:profile"), form | {"current": current}).status_code == 422
    assert client.post(reverse("teams:profile"), form | {"current": PASSWORD}).status_code == 302
    assert other.get(reverse("teams:team")).status_code == (302 if "password" in change else 200)


def test_on_the_profile_a_password_is_guessed_as_slowly_as_at_the_sign_in_page(
    alice: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(alice)
    form = {"first_name": "Alice", "email": "thief@example.com", "password": ""}
    pages = [
        client.post(reverse("teams:profile"), form | {"current": f"guess {n}"}).content.decode() for n in range(12)
    ]
    assert ["This is not your current password." in each for each in pages] == [True] * 10 + [False] * 2
    assert "Too many failed login attempts" in pages[11]
    assert client.post(reverse("teams:profile"), form | {"current": PASSWORD}).status_code == 422
    assert client.post(reverse("teams:profile"), form | {"email": alice.email}).status_code == 302, (
        "a name asks for none"
    )
    assert sign_in(Client()) != 302, "there is one count for both"
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_right_passwords_are_not_counted(alice: User, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(alice)
    for number in range(12):
        form = {"first_name": "Alice", "email": f"alice{number}@example.com", "current": PASSWORD, "password": ""}
        assert client.post(reverse("teams:profile"), form).status_code == 302


def test_the_old_address_hears_of_another_one(
    alice: User, signed_in: Callable[[User], Client], settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    form = {"first_name": "Alice", "email": "new@example.com", "current": PASSWORD, "password": ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(alice).post(reverse("teams:profile"), form).status_code == 302
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert "from alice@example.com to new@example.com" in str(mail.outbox[0].body)


def test_an_old_address_lets_nobody_in(client: Client, alice: User) -> None:
    sign_in(client)
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)  # as single sign-on does
    form = {"first_name": "Alice", "email": "new@example.com", "current": PASSWORD, "password": ""}
    client.post(reverse("teams:profile"), form)
    assert sign_in(Client()) != 302
    assert sign_in(Client(), "new@example.com") == 302


@pytest.mark.parametrize("taken", ["bob@example.com", "BOB@example.com"])
def test_an_address_belongs_to_one_person(taken: str, alice: User, signed_in: Callable[[User], Client]) -> None:
    make_user("bob")
    form = {"first_name": "Alice", "email": taken, "current": PASSWORD, "password": ""}
    assert "Somebody else" in signed_in(alice).post(reverse("teams:profile"), form).content.decode()


def test_a_password_is_never_shown_again(alice: User, signed_in: Callable[[User], Client]) -> None:
    form = {"first_name": "", "email": "", "current": PASSWORD, "password": "kanarienvogel"}
    page = signed_in(alice).post(reverse("teams:profile"), form)
    assert page.status_code == 422
    assert "kanarienvogel" not in page.content.decode()
    assert PASSWORD not in page.content.decode()
