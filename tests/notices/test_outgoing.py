"""What leaves the studio: by mail as each person wishes, and to a team's webhook, signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from studio.library.models import Visibility
from studio.notices import sending
from studio.notices.listing import mark_read, mine
from studio.notices.models import Message, Webhook, What, Wish
from studio.notices.telling import News, tell
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Membership, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_attempt, make_task
from tests.library.making import make_preset

SignIn = Callable[[User], Client]


@pytest.fixture
def task(team: Team, alice: User) -> Task:
    with scope(team):
        made = make_task(team, alice)
        make_attempt(made)
    return made


class There:
    """Whoever hears the webhook: keeps each request and answers as it is told."""

    def __init__(self, settings: Settings) -> None:
        self.heard: list[httpx.Request] = []
        self.status = 200
        settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        if self.status == 0:
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(self.status)


@pytest.fixture
def there(settings: Settings) -> There:
    return There(settings)


@pytest.fixture
def secret(team: Team, alice: User, signed_in: SignIn) -> str:
    answer = signed_in(alice).post(reverse("notices:webhook"), {"url": "https://hooks.example.com/in"})
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    assert found
    return found[0]


def comment(client: Client, row: Any, text: str) -> None:
    kind = type(row).__name__.lower()
    assert client.post(reverse("notices:talk", args=[kind, row.pk]), {"text": text}).status_code == 302


def later() -> None:
    """Whatever waits is due, and what is due is sent."""
    with across_teams():
        Message.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    sending.send()


def test_nobody_is_mailed_unasked(team: Team, bob: User, task: Task, settings: Settings, signed_in: SignIn) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    comment(signed_in(bob), task, "@Alice hello")
    later()
    assert mail.outbox == []


def test_a_mail_comes_for_what_was_wished_and_not_seen(
    team: Team, alice: User, bob: User, task: Task, settings: Settings, signed_in: SignIn
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    signed_in(alice).post(reverse("notices:mails"), {"mails": "mentions"})
    client = signed_in(bob)
    comment(client, task, "only a comment")
    later()
    assert mail.outbox == []
    comment(client, task, "@Alice look\nhere")
    comment(client, task, "and here")
    sending.send()
    assert mail.outbox == []  # it waits for what follows at once
    later()
    later()
    [sent] = mail.outbox
    assert sent.to == [alice.email]
    assert sent.subject == f"You were mentioned, and 3 new comments by Bob on Task {task.pk} · a paper boat"
    assert "and here" in sent.body
    comment(client, task, "@Alice once more")
    with scope(team):
        mark_read(mine(alice))
    later()
    assert len(mail.outbox) == 1


def test_many_lines_that_are_alike_are_one_mail(team: Team, bob: User, task: Task, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    Wish.objects.create(person=bob, mails="all")
    with scope(team):
        for each in [make_task(team, bob, task.connection, prompt=f"boat {n}.") for n in range(11)]:
            tell(News(team.pk, What.ATTENTION, ("task", each.pk)), [bob.pk])
    later()
    [sent] = mail.outbox
    assert sent.subject.endswith("boat 10. waits for you, and 10 more")
    assert sent.body.count("waits for you") == 8
    assert "and 3 more" in sent.body


def test_who_left_is_not_mailed(
    team: Team, alice: User, bob: User, task: Task, settings: Settings, signed_in: SignIn
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    Wish.objects.create(person=bob, mails="all")
    comment(signed_in(alice), task, "@Bob hello")
    Membership.objects.filter(user=bob).delete()
    later()
    assert mail.outbox == []


def test_a_webhook_is_signed_so_that_it_can_be_checked(
    team: Team, bob: User, task: Task, there: There, secret: str, signed_in: SignIn
) -> None:
    comment(signed_in(bob), task, "新的评论")
    later()
    [request] = there.heard
    assert str(request.url) == "https://hooks.example.com/in"
    said = json.loads(request.content)
    assert (said["type"], said["data"]["id"], said["data"]["by"]) == ("task.commented", task.pk, "Bob")
    number, seconds = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{number}.{seconds}.".encode() + request.content, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert abs(int(seconds) - timezone.now().timestamp()) < 60


@pytest.mark.parametrize("status", [500, 302, 0])
def test_each_try_has_the_same_id_and_there_is_a_last_one(
    status: int, team: Team, bob: User, task: Task, there: There, secret: str, signed_in: SignIn
) -> None:
    assert sending.AFTER == (10, 60, 300, 1800, 7200)
    there.status = status
    comment(signed_in(bob), task, "hello")
    for _ in range(10):
        later()
    assert len(there.heard) == len(sending.AFTER) + 1
    assert len({request.headers["webhook-id"] for request in there.heard}) == 1
    with scope(team):
        hook = Webhook.objects.get()
        assert not hook.went_well
        assert hook.result == (f"It answered {status}." if status else "The address could not be reached.")


def test_a_job_that_runs_twice_sends_once(
    team: Team, bob: User, task: Task, there: There, secret: str, signed_in: SignIn
) -> None:
    comment(signed_in(bob), task, "hello")
    sending.send()
    sending.send()
    assert len(there.heard) == 1


def test_what_only_some_may_see_is_not_sent(
    team: Team, alice: User, there: There, secret: str, signed_in: SignIn
) -> None:
    comment(signed_in(alice), make_preset(team, alice, name="Secret plan", visibility=Visibility.ME), "hidden")
    later()
    assert there.heard == []


def test_no_private_address_is_taken_nor_called(team: Team, alice: User, secret: str, signed_in: SignIn) -> None:
    client = signed_in(alice)
    for url in ("http://127.0.0.1:9/", "http://10.0.0.1/", "https://user:word@example.com/", "ftp://example.com", "x"):
        assert client.post(reverse("notices:webhook"), {"url": url}).status_code == 422, url
    with scope(team):
        Webhook.objects.update(url="http://127.0.0.1:9/")
    client.post(reverse("notices:webhook-test"))
    later()
    with scope(team):
        hook = Webhook.objects.get()
        assert (hook.went_well, Message.objects.filter(over_at=None).count()) == (False, 0)
    assert "not in the public internet" in hook.result


def test_the_secret_is_shown_once_and_kept_sealed(
    team: Team, alice: User, there: There, secret: str, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post(reverse("notices:webhook-test"))
    assert secret not in client.get(reverse("notices:webhook")).content.decode()
    assert secret not in client.post(reverse("notices:webhook"), {"url": "https://b.example/"}).content.decode()
    with connection.cursor() as cursor:
        for table in ("notices_webhook", "notices_message", OrmQ._meta.db_table):
            cursor.execute(f"SELECT * FROM {table}")
            assert secret.removeprefix("whsec_") not in str(cursor.fetchall())
    renewed = client.post(reverse("notices:webhook"), {"url": "https://b.example/", "renew": "on"}).content.decode()
    assert "whsec_" in renewed
    assert secret not in renewed


def test_a_secret_is_encrypted_anew_with_the_keys(team: Team, secret: str, settings: Settings) -> None:
    with scope(team):
        before = Webhook.objects.get().secret_cipher
        settings.ENCRYPTION_KEYS = ["Zm9yIHRlc3RzIG9ubHksIGEga2V5IG9mIDMyIGJ5dGU=", *settings.ENCRYPTION_KEYS]
        call_command("rotate_keys")
        hook = Webhook.objects.get()
    assert hook.secret_cipher != before
    assert hook.secret == secret


def test_the_clock_finds_what_is_due(
    team: Team, bob: User, task: Task, there: There, secret: str, signed_in: SignIn
) -> None:
    comment(signed_in(bob), task, "hello")
    OrmQ.objects.all().delete()
    lifecycle.sweep()
    assert any(job.task["func"] == "studio.notices.jobs.send" for job in OrmQ.objects.all())
