"""A conversation over a web socket in the life of a task: the frames leave once, and what is heard becomes results."""

from __future__ import annotations

import io
import json
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from websockets.http11 import Response
from websockets.sync.server import ServerConnection

from studio import catalog
from studio.assets import keeping
from studio.gateway import coming, talking
from studio.sandbox.app import App, make_app
from studio.sandbox.server import Server
from studio.tasks import lifecycle
from studio.tasks.claiming import deadline
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.gateway import talks
from tests.gateway.talks import BEGAN, OPENED, Script, Talker, delta
from tests.tasks import stage
from tests.tasks.stage import begin, only_attempt, story, work

pytestmark = pytest.mark.usefixtures("everywhere")
REALTIME = catalog.get("openai.realtime")
MODEL = {"model": "gpt-4o-realtime-preview"}
VALUES, EXTRAS = REALTIME.values(REALTIME.example)
MADE = {"type": "response.audio.delta", "delta": "AAABAA=="}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Every event is heard, an error is the end, and files lie in a folder of their own."""
    monkeypatch.setattr(coming, "HEARD_EVERY", 0)
    monkeypatch.setattr(coming, "REST", 0)
    monkeypatch.setattr(talking, "QUIET", 0.2)
    settings.MEDIA_ROOT = tmp_path / "media"


@contextmanager
def sandbox(settings: Settings, **faults: float) -> Iterator[tuple[App, str]]:
    app = make_app()
    app.world.dice.load({name.replace("_", "-"): share for name, share in faults.items()})
    with Server(app, "127.0.0.1", 0) as server:
        settings.PRIVATE_ORIGINS = [server.url.removeprefix("http://")]
        yield app, server.url


def sent(team: Team, person: User, url: str, **more: Any) -> Task:
    """A task whose frames went to this gateway."""
    given = {"values": MODEL | VALUES, "extras": EXTRAS} | more
    task = begin(team, person, make_connection(team, base_url=url), operation=REALTIME, **given)
    work()
    task.refresh_from_db()
    return task


def said(team: Team, person: User, settings: Settings, script: Script, **more: Any) -> Task:
    with talks.talking(script, **more) as gateway:
        settings.PRIVATE_ORIGINS = [gateway.origin]
        return sent(team, person, gateway.url)


def test_it_goes_from_the_form_to_a_text_and_a_sound_that_are_kept(team: Team, alice: User, settings: Settings) -> None:
    with sandbox(settings) as (app, url):
        task = sent(team, alice, url)
    [post] = app.world.ledger()["posts"]
    assert (post["path"], post["charged"] != "0", post["faults"]) == ("/v1/realtime", True, [])
    attempt = only_attempt(task)
    assert (task.state, attempt.state, attempt.posts, attempt.heard_text) == ("succeeded", "succeeded", 1, "")
    assert attempt.gateway_id.startswith("sess_")
    assert (attempt.method, attempt.path) == ("GET", "/v1/realtime?model=gpt-4o-realtime-preview")
    assert attempt.sent_text == task.body_text == catalog.dumps(REALTIME.example)
    assert [(r["kind"], r["role"]) for r in task.results] == [("text", ""), ("audio", "")]
    assert len(json.dumps(task.results)) < 500
    assert task.prompt == "Say hello to the team."
    assert {"begun", "sending", "heard"} <= set(story(task))
    keeping.keep(task.pk)
    text, sound = task.assets.order_by("pk")
    assert text.file.read().decode() == task.results[0]["text"]
    assert (sound.keeping, sound.kind, sound.media_type) == ("kept", "audio", "audio/wav")
    with wave.open(io.BytesIO(sound.file.read())) as opened:
        assert (opened.getframerate(), opened.getsampwidth(), opened.getnchannels()) == (24_000, 2, 1)
        assert opened.getnframes() > 24_000


def test_its_text_grows_while_it_is_said(team: Team, alice: User, settings: Settings) -> None:
    written: list[object] = []

    def watch(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        if sql.startswith("UPDATE") and '"heard_text"' in sql.partition("WHERE")[0] and "answer_text" not in sql:
            written.append(params[0])
        return execute(sql, params, *more)

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear(3)
        for event in (BEGAN, delta("Hel"), delta("lo, 蓝"), talks.done()):
            talker.say(event)
            time.sleep(0.1)
        talker.hear(1)

    with connection.execute_wrapper(watch):
        task = said(team, alice, settings, script)
    assert written == ["Hel", "Hello, 蓝"]
    assert Event.objects.filter(kind="writing").count() == 0, "one line while it grows, none when it is whole"
    assert (task.state, task.results[0]["text"], only_attempt(task).heard_text) == ("succeeded", "Hello.", "")


@pytest.mark.parametrize(("model", "beta"), [(MODEL["model"], True), ("gpt-realtime-2025-08-28", False)])
def test_the_beta_header_is_for_models_of_the_beta(
    team: Team, alice: User, settings: Settings, model: str, beta: bool
) -> None:
    with talks.talking(lambda talker: talker.say(OPENED)) as gateway:
        settings.PRIVATE_ORIGINS = [gateway.origin]
        sent(team, alice, gateway.url, values=VALUES | {"model": model})
    [asked] = gateway.asked
    assert ("OpenAI-Beta" in asked.headers) is beta


def test_a_pasted_array_leaves_as_it_is(team: Team, alice: User, settings: Settings) -> None:
    heard: list[str] = []
    pasted = (
        '[{"session":{"voice":"sage","temperature":0.80},"event_id":"e1","type":"session.update"},'
        '{"type":"session.update","session":{"turn_detection":null}},{"type":"input_audio_buffer.clear"},'
        '{"type":"conversation.item.create","item":{"type":"message","role":"user","content":'
        '[{"type":"input_text","text":"你好"}]}},{"type":"response.create"}]'
    )
    values, extras = REALTIME.values(catalog.loads(pasted))

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        heard.extend(talker.hear(5))
        talker.say(BEGAN, talks.done())

    with talks.talking(script) as gateway:
        settings.PRIVATE_ORIGINS = [gateway.origin]
        task = sent(team, alice, gateway.url, values=MODEL | values, extras=extras)
    assert f"[{','.join(heard)}]" == pasted == task.body_text
    assert task.state == State.SUCCEEDED


@pytest.mark.parametrize(
    ("status", "words", "state", "stopped"),
    [
        (401, {"error": {"message": "无效的令牌"}}, "refused", True),
        (403, {"error": {"message": "forbidden"}}, "refused", True),
        (503, {"error": {"message": "无可用渠道", "code": "model_not_found"}}, "queued", False),
        (500, {"error": {"message": "do request failed"}}, "refused", False),
        (409, {"error": {"message": "conflict"}}, "refused", False),
    ],
)
def test_a_refused_handshake_is_a_no_and_nothing_was_sent(
    team: Team, alice: User, settings: Settings, status: int, words: object, state: str, stopped: bool
) -> None:
    def refuses(connection: ServerConnection) -> Response:
        return connection.respond(HTTPStatus(status), json.dumps(words))

    task = said(team, alice, settings, lambda _: None, refuses=refuses)
    first = task.attempts.order_by("number").first()
    assert first is not None
    assert (task.state, first.state, first.answer_status) == (state, "refused", status)
    assert first.connection.is_stopped is stopped
    assert task.attempts.count() == (2 if state == "queued" else 1)


def test_nobody_there_is_tried_again_later(team: Team, alice: User, settings: Settings) -> None:
    task = said(team, alice, settings, lambda talker: None)
    first = task.attempts.order_by("number").first()
    assert first is not None
    assert (task.state, first.state) == ("queued", "not_sent")
    assert first.error == "The gateway opened no conversation at this address. Nothing was sent."


def test_one_that_breaks_off_is_lost_and_keeps_what_was_said_and_heard(
    team: Team, alice: User, settings: Settings
) -> None:
    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear(3)
        talker.say(BEGAN, delta("Because "), MADE, delta("air"), MADE)

    task = said(team, alice, settings, script)
    attempt = only_attempt(task)
    assert (task.state, attempt.heard_text, attempt.posts) == (State.UNKNOWN, "Because air", 1)
    assert [(r["kind"], r["role"]) for r in task.results] == [("text", "partial"), ("audio", "partial")]
    keeping.keep(task.pk)
    assert [asset.media_type for asset in task.assets.order_by("pk")] == ["text/plain", "audio/wav"]
    stage.let_pass(86_400)
    lifecycle.sweep()
    assert Task.objects.get().state == State.UNKNOWN
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "status", "state", "error"),
    [
        ({"reason": "max_output_tokens"}, "incomplete", "failed", "max_output_tokens"),
        ({"error": {"message": "The server had an error."}}, "failed", "failed", "The server had an error."),
        ({"reason": "client_cancelled"}, "cancelled", "cancelled", ""),
    ],
)
def test_one_that_ends_amiss_says_why_and_keeps_what_came(
    team: Team, alice: User, settings: Settings, details: object, status: str, state: str, error: str
) -> None:
    end = {"type": "response.done", "response": {"status": status, "status_details": details, "output": []}}

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear(3)
        talker.say(BEGAN, delta("Because "), MADE, end)

    task = said(team, alice, settings, script)
    assert (task.state, task.error) == (state, error)
    assert [(r["kind"], r["role"]) for r in task.results] == [("text", "partial"), ("audio", "partial")]
    assert only_attempt(task).heard_text == "Because "


def test_an_error_once_frames_have_left_has_failed_and_may_have_been_charged(
    team: Team, alice: User, settings: Settings
) -> None:
    error = {"type": "error", "error": "bad response body"}

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear(3)
        talker.say(error)

    assert (said(team, alice, settings, script).state, Task.objects.get().error) == ("failed", "bad response body")


def test_an_error_instead_of_a_conversation_is_a_refusal(team: Team, alice: User, settings: Settings) -> None:
    error = {"type": "error", "error": {"message": "The model `x` does not exist.", "code": "model_not_found"}}
    task = said(team, alice, settings, lambda talker: talker.say(error))
    assert (task.state, only_attempt(task).state) == ("refused", "refused")
    assert "does not exist" in task.error


def test_the_key_is_nowhere_should_the_gateway_say_it(team: Team, alice: User, settings: Settings) -> None:
    def script(talker: Talker) -> None:
        talker.say(OPENED | {"key": "sk-factory-key"})
        talker.hear(3)
        talker.say(BEGAN, delta("sk-factory-key"))

    task = said(team, alice, settings, script)
    attempt = only_attempt(task)
    told = json.dumps([task.results, attempt.answer_text, attempt.heard_text, attempt.path, attempt.sent_text])
    assert "sk-factory-key" not in told
    assert "***" in told


@pytest.mark.parametrize("fault", ["hang", "no_answer", "cut_answer", "stream_cut"])
def test_what_the_sandbox_breaks_is_charged_once_and_lost(
    team: Team, alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr("studio.tasks.sending.deadline", lambda slug: 1.0)
    with sandbox(settings, **{fault: 1.0}) as (app, url):
        task = sent(team, alice, url)
    assert (task.state, Attempt.objects.count()) == (State.UNKNOWN, 1)
    [post] = app.world.ledger()["posts"]
    assert post["charged"] != "0"


def test_a_call_may_take_as_long_as_the_catalog_says() -> None:
    assert deadline("openai.realtime") == 300


def test_a_private_gateway_is_not_talked_to(team: Team, alice: User, settings: Settings) -> None:
    with talks.talking(lambda talker: talker.say(OPENED)) as gateway:
        settings.PRIVATE_ORIGINS = []
        task = sent(team, alice, gateway.url)
    assert gateway.asked == []
    assert (task.state, only_attempt(task).state) == ("failed", "not_sent")
    assert "not in the public internet" in only_attempt(task).error
