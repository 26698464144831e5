"""The page of an answer that is being written, and of one that broke off; and what becomes a link in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio.tasks import events
from studio.tasks.models import Attempt, Task
from studio.tasks.showing import SHOWN, version
from studio.tasks.states import Source, State
from studio.tasks.templatetags.links import linked
from studio.teams.models import Team, User
from tests.factories import make_asset, make_attempt, make_task

pytestmark = pytest.mark.usefixtures("everywhere")
SignIn = Callable[[User], Client]


def written(team: Team, person: User, text: str, state: str = State.SENDING, **more: Any) -> Attempt:
    task = make_task(team, person, operation="openai.chat", state=state, **more)
    return make_attempt(task, heard_text=text, open=state == State.SENDING, posts=1)


def fragment(client: Client, task: Task) -> Any:
    return client.get(reverse("tasks:writing", args=[task.pk]))


def card(client: Client, task: Task, **query: int) -> Any:
    return client.get(reverse("tasks:card", args=[task.pk]), query)


def test_the_card_has_a_place_for_the_text_and_the_fragment_fills_it(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    attempt, client = written(team, alice, ""), signed_in(alice)
    page = card(client, attempt.task).content.decode()
    assert f'hx-trigger="writing-{attempt.task_id} from:document' in page
    assert "writing__text" not in page
    assert "The answer can be read here while it is written." in page
    assert "Body, on its way" in page
    Attempt.objects.update(heard_text="Because <air>\nscatters")
    text = fragment(client, attempt.task).content.decode()
    assert "Because &lt;air&gt;\nscatters" in text
    assert "22 characters so far" in text
    assert "<article" not in text


def test_a_text_that_tells_how_far_it_is_has_a_bar_above_it(team: Team, alice: User, signed_in: SignIn) -> None:
    attempt, client = written(team, alice, "> 50 %", progress=50), signed_in(alice)
    bar = f'data-task-progress="{attempt.task_id}"'
    assert bar in fragment(client, attempt.task).content.decode()
    Task.objects.update(progress=None)
    assert bar not in fragment(client, attempt.task).content.decode()


def test_a_long_text_shows_its_end(team: Team, alice: User, signed_in: SignIn) -> None:
    attempt = written(team, alice, "x" * SHOWN + "the end")
    text = fragment(signed_in(alice), attempt.task).content.decode()
    assert "… " in text
    assert "the end" in text
    assert len(text) < SHOWN + 2000


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.UNKNOWN, State.FAILED])
def test_there_is_no_fragment_of_what_is_not_being_written(
    team: Team, alice: User, signed_in: SignIn, state: State
) -> None:
    assert fragment(signed_in(alice), written(team, alice, "text", state).task).status_code == 204


def test_an_operation_that_cannot_stream_has_no_such_place(team: Team, alice: User, signed_in: SignIn) -> None:
    task = make_task(team, alice, state=State.SENDING)
    make_attempt(task)
    assert "writing-" not in card(signed_in(alice), task).content.decode()


def test_growing_text_makes_no_other_fragment_old(team: Team, alice: User, signed_in: SignIn) -> None:
    attempt, client = written(team, alice, ""), signed_in(alice)
    events.append(attempt.task, "sending", Source.TIMER)
    seen = version(attempt.task_id)
    rows = client.get(reverse("tasks:rows")).context["seen"]
    for _ in range(3):
        events.append(attempt.task, "writing", Source.ANSWER, attempt=attempt)
    assert attempt.task.events.filter(kind="writing").count() == 1
    assert card(client, attempt.task, seen=seen).status_code == 204
    assert client.get(reverse("tasks:rows"), {"seen": rows}).status_code == 204
    events.hush(attempt.task)
    events.append(attempt.task, "heard", Source.ANSWER)
    assert card(client, attempt.task, seen=seen).status_code == 200


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_what_came_before_it_broke_off_stays_on_the_page(
    team: Team, alice: User, signed_in: SignIn, state: State
) -> None:
    attempt = written(team, alice, "Because air", state, error="The answer broke off before its end.")
    page = card(signed_in(alice), attempt.task).content.decode()
    assert "What had arrived before it broke off" in page
    assert "Because air" in page
    assert "What had come is kept. To have it whole, send it again" in page
    assert "We are checking" not in page


def test_what_came_is_shown_once_and_can_be_downloaded(team: Team, alice: User, signed_in: SignIn) -> None:
    attempt = written(team, alice, "Because air", State.FAILED, error="x")
    make_asset(attempt.task, role="partial", kind="text", source_url="")
    page = card(signed_in(alice), attempt.task).content.decode()
    assert "Fetching the file" not in page
    kept = {"keeping": "kept", "file": "1/1/1-a.txt", "media_type": "text/plain", "sha256": "0", "size": 11}
    attempt.task.assets.update(**kept)
    page = card(signed_in(alice), attempt.task).content.decode()
    assert page.count("Because air") == 1
    assert f'href="{attempt.task.assets.get().url}?download"' in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "[Sky](https://a.b/c?d=1&e)",
            '<span hidden>[</span><a href="https://a.b/c?d=1&amp;e" rel="noopener noreferrer nofollow" target="_blank"'
            ' title="https://a.b/c?d=1&amp;e">Sky</a><span hidden>](https://a.b/c?d=1&amp;e)</span>',
        ),
        ("[Sky](javascript:alert(1))", "[Sky](javascript:alert(1))"),
        ("[Sky](/local)", "[Sky](/local)"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ('https://a.b/"onclick="x', None),
        ("[<i>](https://a.b/c)", None),
    ],
)
def test_only_plain_web_addresses_become_links_and_everything_is_escaped(text: str, html: str | None) -> None:
    made = linked(text)
    if html is not None:
        assert made == html
    assert "<i>" not in made
    assert 'onclick="' not in made
    assert "<script" not in made


def test_a_bare_address_leaves_the_full_stop_outside() -> None:
    assert ">https://a.b/c</a>. Then" in linked("See https://a.b/c. Then")
    assert ">https://a.b/c</a>。" in linked("见 https://a.b/c。")


def test_a_text_with_links_is_copied_sign_by_sign() -> None:
    text = "1. [Sky & sea](https://a.b/1)\n![picture](https://a.b/p.png) and https://a.b/2, too"
    assert unescape(re.sub("<[^>]*>", "", linked(text))) == text
