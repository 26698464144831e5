"""Two press the same button at the same moment: nobody gets a fault of the server, and one of them counts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from studio.ledger.models import Budget, Price, Threshold
from studio.library.models import Named
from studio.notices.models import Comment, Mention, Webhook
from studio.teams import invitations
from studio.teams.acts import Act
from studio.teams.models import Connection, Invitation, Membership, Role, Team, User
from studio.teams.scope import across_teams
from tests.factories import make_member, make_task
from tests.ledger.saying import OPERATION, say
from tests.library.making import make_preset

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere"), pytest.mark.thorough]
TURNS = 6
CONNECTION = {
    "name": "Studio",
    "base_url": "https://api.example.com",
    "key": "sk-12345678",
    "fate": "keep",
    "concurrency": "3",
    "per_minute": "30",
}


def both(url: str, first: tuple[User, dict[str, Any]], second: tuple[User, dict[str, Any]]) -> list[int]:
    """The status of each answer."""
    gate = threading.Barrier(2)

    def press(who: User, form: dict[str, Any]) -> int:
        client = Client(raise_request_exception=False)
        client.force_login(who)
        gate.wait(10)
        try:
            return client.post(url, form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(job.result() for job in [pool.submit(press, *first), pool.submit(press, *second)])


def noted() -> int:
    return Act.objects.count()


def test_prices_of_two_owners_are_those_of_the_later_one(team: Team, alice: User) -> None:
    dana = make_member(team, "dana", Role.OWNER)
    url = reverse("ledger:prices")
    for _ in range(TURNS):
        Price.objects.all().delete()
        before = noted()
        forms = [{f"price-{OPERATION}": points, "price-luma.generate": points} for points in ("5", "7")]
        assert both(url, (alice, forms[0]), (dana, forms[1])) == [302, 302]
        last = Act.objects.latest("id").detail["after"]
        assert {plain(each) for each in Price.objects.values_list("points", flat=True)} == {last}
        assert noted() - before == 4, "each says what it changed, the second from the first one's"


def plain(points: Decimal) -> str:
    return f"{points.normalize():f}"


def test_budgets_and_thresholds(team: Team, alice: User) -> None:
    for _ in range(TURNS):
        assert both(reverse("ledger:budget"), (alice, {"points": "1"}), (alice, {"points": "2"})) == [302, 302]
        assert both(reverse("ledger:threshold"), (alice, {"points": "1"}), (alice, {"points": "2"})) == [302, 302]
        both(reverse("ledger:threshold"), (alice, {"points": ""}), (alice, {"points": "2"}))
        say(team, budget=5)
        before = noted()
        remove = reverse("ledger:budget-remove", args=[Budget.objects.get().pk])
        assert set(both(remove, (alice, {}), (alice, {}))) <= {302, 404}
        assert noted() - before == 1, "it was removed once"
        Threshold.objects.all().delete()


def test_a_name_of_a_connection_is_given_once_and_the_other_is_told(team: Team, alice: User) -> None:
    for _ in range(TURNS):
        Connection.objects.all().delete()
        assert both(reverse("teams:connection-new"), (alice, CONNECTION), (alice, CONNECTION)) == [302, 422]
        assert Connection.objects.count() == 1
        before = noted()
        delete = reverse("teams:connection-delete", args=[Connection.objects.get().pk])
        assert set(both(delete, (alice, {}), (alice, {}))) <= {302, 404}
        assert noted() - before == 1


def test_a_webhook_is_made_once(team: Team, alice: User) -> None:
    for _ in range(TURNS):
        Webhook.objects.all().delete()
        form = {"url": "https://example.com/hook"}
        assert both(reverse("notices:webhook"), (alice, form), (alice, form)) == [200, 200]
        assert Webhook.objects.count() == 1


def test_an_e_mail_belongs_to_one_person_and_the_other_is_told(team: Team, alice: User, bob: User) -> None:
    url = reverse("teams:profile")
    for turn in range(TURNS):
        people = [make_member(team, f"eve{turn}"), make_member(team, f"fay{turn}")]
        User.objects.filter(pk__in=[each.pk for each in people]).update(password="!")
        form = {"first_name": "E", "email": f"new{turn}@example.com", "password": ""}
        one, two = (User.objects.get(pk=each.pk) for each in people)
        assert both(url, (one, form), (two, form)) == [302, 422]


def test_whoever_is_invited_twice_comes_in_once(team: Team, alice: User, charlie: User) -> None:
    for _ in range(TURNS):
        Membership.objects.filter(team=team, user=charlie).delete()
        with across_teams():
            tokens = [invitations.invite(team, alice, "", Role.MEMBER).rstrip("/").rsplit("/", 1)[1] for _ in range(2)]
        found = [invitations.find(token) for token in tokens]
        gate = threading.Barrier(2)

        def come(invitation: Invitation | None, gate: threading.Barrier = gate) -> Membership | None:
            assert invitation
            gate.wait(10)
            try:
                return invitations.join(invitation, charlie)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            assert len({each.pk for each in pool.map(come, found) if each}) == 1


def test_an_audience_and_the_mentions_of_a_comment_are_saved_twice(team: Team, alice: User, bob: User) -> None:
    audience = reverse("library:audience", args=[make_preset(team, alice).pk])
    comment = Comment.objects.create(team=team, task=make_task(team, alice), writer=alice, text="Look")
    for _ in range(TURNS):
        form: dict[str, Any] = {"visibility": "chosen", "reader": [str(bob.pk)]}
        assert both(audience, (alice, form), (alice, form)) == [302, 302]
        assert Named.objects.count() == 1
        Mention.objects.all().delete()
        form = {"text": "Look @Bob", "mention": [str(bob.pk)]}
        edit = reverse("notices:comment", args=[comment.pk])
        assert both(edit, (alice, form), (alice, form)) == [302, 302]
        assert Mention.objects.count() == 1
