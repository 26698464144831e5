"""Answers that are written while one waits, that break off in the middle, and that are files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from pytest_django import Settings

from studio import catalog
from studio.assets import keeping
from studio.files import storing
from studio.gateway import coming
from studio.sandbox.app import make_app
from studio.sandbox.openai_voice import speak
from studio.tasks import lifecycle, recording, replies
from studio.tasks.claiming import deadline
from studio.tasks.models import Event, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import begin, claim, only_attempt, story, work

pytestmark = pytest.mark.usefixtures("everywhere")
SAY = [{"role": "user", "content": "Why is the sky blue?"}]
CHAT = {"model": "gpt-4o-mini", "messages": SAY, "stream": True}
SPEECH = {"model": "tts-1", "input": "Welcome to the team.", "voice": "nova"}
STREAM = {"content-type": "text/event-stream; charset=utf-8"}
Step = bytes | Exception | Callable[[], None]


def chunk(text: str = "", reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": reason}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


class Script(httpx.SyncByteStream):
    """A body in pieces; between them, what is to be looked at meanwhile."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[bytes]:
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
            else:
                yield step


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Every piece is heard, and files lie in a folder of their own."""
    monkeypatch.setattr(coming, "HEARD_EVERY", 0)
    monkeypatch.setattr(coming, "REST", 0)
    settings.MEDIA_ROOT = tmp_path / "media"


def sent(
    team: Team,
    person: User,
    *steps: Step,
    operation: str = "openai.chat",
    body: dict[str, Any] = CHAT,
    headers: dict[str, str] = STREAM,
    **more: Any,
) -> Task:
    """A task whose answer is this script."""

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=Script(*steps))

    task = begin(team, person, operation=catalog.get(operation), values=body, **more)
    with override_settings(GATEWAY_TRANSPORT=lambda: httpx.MockTransport(handle)):
        work()
    task.refresh_from_db()
    return task


def played(team: Team, person: User, operation: str, body: dict[str, Any]) -> Task:
    """A task that the sandbox answers, and whose results are kept."""
    task = begin(team, person, operation=catalog.get(operation), values=body)
    with override_settings(GATEWAY_TRANSPORT=lambda: httpx.WSGITransport(app=make_app())):
        work()
    keeping.keep(task.pk)
    task.refresh_from_db()
    return task


def laid() -> list[Path]:
    folder = storing.laid("x").parent
    return sorted(folder.iterdir()) if folder.is_dir() else []


# While it is written


def test_the_text_grows_on_the_attempt_and_pages_are_told_by_one_line(team: Team, alice: User) -> None:
    seen: list[tuple[str, str, list[int]]] = []

    def look() -> None:
        attempt = only_attempt(Task.objects.get())
        lines = list(Event.objects.filter(kind="writing").values_list("pk", flat=True))
        seen.append((attempt.state, attempt.heard_text, lines))

    steps: list[Step] = []
    for piece in ["Be", "cause ", "air ", "蓝"]:
        steps += [chunk(piece), look]
    task = sent(team, alice, *steps, chunk(reason="stop"), b"data: [DONE]\n\n")
    assert [text for _, text, _ in seen] == ["Be", "Because ", "Because air ", "Because air 蓝"]
    assert {state for state, _, _ in seen} == {State.SENDING}
    newest = [lines for _, _, lines in seen]
    assert [len(lines) for lines in newest] == [1] * 4
    assert newest == sorted(newest)
    assert len({lines[0] for lines in newest}) == 4
    assert story(task) == ["begun", "sending", "heard"]
    assert (task.state, only_attempt(task).heard_text) == (State.SUCCEEDED, "")
    assert task.results == [{"kind": "text", "text": "Because air 蓝", "role": ""}]
    assert task.prompt == "Why is the sky blue?"


def test_progress_that_a_stream_tells_stands_on_the_task_and_never_falls(team: Team, alice: User) -> None:
    seen: list[tuple[int | None, int | None, str]] = []

    def look() -> None:
        task, last = Task.objects.get(), Event.objects.order_by("pk").last()
        assert last
        assert last.progress == task.progress
        seen.append((task.progress, only_attempt(task).progress, last.kind))

    steps: list[Step] = []
    for piece in ["I paint.\n", "> 进度 **50%**\n", "> 进度 **25%**\n", "> 进度 **90%**\n"]:
        steps += [chunk(piece), look]
    body = {"model": "gpt-4-all", "messages": SAY, "stream": True}
    picture = chunk("![a](https://files.example.com/1.webp) ", "stop")
    task = sent(team, alice, *steps, picture, operation="openai-images.gpt-4-all", body=body)
    assert seen == [
        *((None, None, "writing"), (50, 50, "heard"), (50, 50, "writing"), (90, 90, "writing")),
    ]
    assert (task.state, task.progress, story(task)) == (State.SUCCEEDED, 90, ["begun", "sending", "heard", "heard"])


def test_the_key_is_not_shown_should_the_gateway_write_it(team: Team, alice: User) -> None:
    seen: list[str] = []
    task = sent(
        team,
        alice,
        chunk("sk-factory-key"),
        lambda: seen.append(only_attempt(Task.objects.get()).heard_text),
        chunk(reason="stop"),
    )
    assert seen == ["***"]
    assert task.results[0]["text"] == "***"


def test_trouble_while_it_is_shown_does_not_touch_the_answer(team: Team, alice: User) -> None:
    def away(execute: Any, sql: str, *more: object) -> Any:
        if "heard_text" in sql and sql.startswith("UPDATE") and "answer_text" not in sql:
            raise OperationalError("the database is away")
        return execute(sql, *more)

    with connection.execute_wrapper(away):
        task = sent(team, alice, chunk("Be"), chunk("cause"), chunk(reason="stop"))
    assert (task.state, task.results[0]["text"]) == (State.SUCCEEDED, "Because")


def test_an_answer_at_once_is_read_as_ever(team: Team, alice: User) -> None:
    task = played(team, alice, "openai.chat", CHAT | {"stream": False})
    assert "sky blue" in task.results[0]["text"]
    assert task.assets.get().media_type == "text/plain"
    assert story(task) == ["begun", "sending", "heard", "kept"]


def test_a_download_of_a_deck_that_has_no_file_yet_has_failed_and_is_not_lost(team: Team, alice: User) -> None:
    gateway, headers = make_connection(team), {"content-type": "application/json"}

    def answer(operation: str, body: dict[str, Any], data: dict[str, Any]) -> Task:
        told = catalog.dumps({"code": 0, "data": data}).encode()
        return sent(
            team, alice, told, operation=operation, body=body, headers=headers, connection=gateway, nonce=operation
        )

    made = answer("docmee.direct-generate", {"subject": "Tea"}, {"pptInfo": {"id": "1830"}})
    assert (made.state, only_attempt(made).gateway_id) == (State.RUNNING, "1830")
    empty = answer("docmee.download", {"id": "1830"}, {"id": "1830", "fileUrl": None})
    assert (empty.state, empty.error) == (State.FAILED, "The deck has no file yet.")
    nothing = answer("docmee.load", {"id": "1830"}, {"pptInfo": {"id": "1830", "pptxProperty": None}})
    assert nothing.state == State.FAILED


# What breaks off


def test_an_error_in_mid_stream_has_failed_and_keeps_what_came(team: Team, alice: User) -> None:
    error = {"error": {"message": "upstream closed the connection", "code": "bad_response"}}
    task = sent(team, alice, chunk("Because "), chunk("air"), f"data: {json.dumps(error)}\n\n".encode())
    attempt = only_attempt(task)
    assert (task.state, attempt.state, attempt.heard_text) == (State.FAILED, State.FAILED, "Because air")
    assert "upstream closed the connection" in task.error
    assert task.results == [{"kind": "text", "text": "Because air", "role": "partial"}]
    assert "writing" not in story(task)
    keeping.keep(task.pk)
    assert task.assets.get().file.read() == b"Because air"


@pytest.mark.parametrize("end", [httpx.RemoteProtocolError("gone"), httpx.ReadTimeout("slow")])
def test_a_connection_that_breaks_leaves_it_unknown_and_keeps_what_came(
    team: Team, alice: User, end: Exception
) -> None:
    task = sent(team, alice, chunk("Because "), chunk("air"), end)
    attempt = only_attempt(task)
    assert (task.state, attempt.heard_text, attempt.answer_status) == (State.UNKNOWN, "Because air", 200)
    assert task.results == [{"kind": "text", "text": "Because air", "role": "partial"}]
    assert story(task) == ["begun", "sending", "unknown"]
    stage.let_pass(86_400)
    lifecycle.sweep()
    assert Task.objects.get().state == State.UNKNOWN


@pytest.mark.parametrize("end", [httpx.RemoteProtocolError("gone"), b'data: {"error": {"message": "x"}}\n\n'])
def test_a_picture_that_had_come_before_the_end_is_a_result_all_the_same(team: Team, alice: User, end: Step) -> None:
    body = {"model": "gpt-4-all", "messages": SAY, "stream": True}
    said = [chunk("![a](https://files.example.com/"), chunk("1.webp)\n[down")]
    task = sent(team, alice, *said, end, operation="openai-images.gpt-4-all", body=body)
    assert task.state == State.SUCCEEDED
    assert only_attempt(task).heard_text == "![a](https://files.example.com/1.webp)\n[down"
    pictures = [result["url"] for result in task.results if result["role"] != "partial"]
    assert pictures == ["https://files.example.com/1.webp"]


HALVES = ["\ud83e", "\udd8a"]  # of a fox


@pytest.mark.parametrize(
    ("pieces", "text"),
    [(["a ", *HALVES, " runs"], "a 🦊 runs"), (["a fox", HALVES[0]], "a fox\ufffd"), (["a\0 fox"], "a fox")],
)
@pytest.mark.parametrize("end", [chunk(reason="stop"), b"", httpx.RemoteProtocolError("gone")])
def test_halves_of_a_character_and_nul_do_not_lose_a_paid_text(
    team: Team, alice: User, pieces: list[str], text: str, end: Step
) -> None:
    spooled = replies.kept() + replies.aside()
    task = sent(team, alice, *(chunk(piece) for piece in pieces), end)
    assert [result["text"] for result in task.results] == [text]
    whole = isinstance(end, bytes) and bool(end)
    assert (task.state, only_attempt(task).heard_text) == ((State.SUCCEEDED, "") if whole else (State.UNKNOWN, text))
    assert story(task).count("sending") == 1
    assert replies.kept() + replies.aside() == spooled


def test_a_stream_that_just_ends_is_no_whole_answer(team: Team, alice: User) -> None:
    task = sent(team, alice, chunk("Because "))
    assert (task.state, task.error) == (State.UNKNOWN, "The answer broke off before its end.")
    assert task.results[0]["role"] == "partial"


def test_a_connection_that_breaks_behind_the_end_lost_nothing(team: Team, alice: User) -> None:
    task = sent(team, alice, chunk("Because"), chunk(reason="stop"), httpx.RemoteProtocolError("gone"))
    assert (task.state, task.results) == (State.SUCCEEDED, [{"kind": "text", "text": "Because", "role": ""}])


def test_a_stream_that_breaks_off_before_its_first_word_is_lost_like_any_answer(team: Team, alice: User) -> None:
    task = sent(team, alice, b": wait\n\n", httpx.RemoteProtocolError("gone"))
    assert (task.state, task.results, only_attempt(task).heard_text) == (State.UNKNOWN, [], "")


@pytest.mark.parametrize("end", [httpx.RemoteProtocolError("gone"), b'data: {"error": {"message": "x"}}\n\n'])
def test_what_came_too_quickly_to_be_heard_is_shown_all_the_same(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch, end: Step
) -> None:
    monkeypatch.setattr(coming, "HEARD_EVERY", 1000)
    task = sent(team, alice, chunk("Because "), chunk("air"), end)
    assert only_attempt(task).heard_text == "Because air"


def test_what_came_stays_beside_what_a_second_attempt_brings(team: Team, alice: User) -> None:
    task = sent(team, alice, chunk("Because "), httpx.RemoteProtocolError("gone"))
    lifecycle.send_again(task, alice)
    whole = b"".join([chunk("Because air."), chunk(reason="stop")])
    answer = httpx.Response(200, headers=STREAM, content=whole)
    with override_settings(GATEWAY_TRANSPORT=lambda: httpx.MockTransport(lambda _: answer)):
        work()
    task.refresh_from_db()
    assert task.state == State.SUCCEEDED
    assert [(r["text"], r["role"]) for r in task.results] == [("Because ", "partial"), ("Because air.", "")]


# Files as answers


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("aac", "audio/aac"), ("wav", "audio/wav"), ("pcm", "audio/wav")],
)
def test_a_sound_is_kept_as_a_file_and_stands_in_no_row(team: Team, alice: User, format_: str, media_type: str) -> None:
    task = played(team, alice, "openai.speech", SPEECH | {"response_format": format_})
    asset = task.assets.get()
    assert (asset.keeping, asset.kind, asset.media_type) == ("kept", "audio", media_type)
    assert asset.duration == pytest.approx(1.48, abs=0.1)
    sound, media = speak(SPEECH["input"], "nova", 1, format_)
    if format_ != "opus":  # which numbers its streams by chance
        assert asset.file.read()[44 if format_ == "pcm" else 0 :] == sound
    attempt = only_attempt(task)
    assert len(json.dumps(task.results)) < 200
    assert attempt.answer_text == f"{media}, {len(sound)} bytes"
    assert laid() == []
    assert replies.kept() == []


def test_json_in_place_of_a_sound_is_an_error(team: Team, alice: User) -> None:
    body = b'{"error": {"message": "voice is not supported"}}'
    json_head = {"content-type": "application/json"}
    task = sent(team, alice, body, operation="openai.speech", body=SPEECH, headers=json_head)
    assert (task.state, task.error, task.results) == (State.REFUSED, "voice is not supported", [])
    assert "voice is not supported" in only_attempt(task).answer_text


def test_many_numbers_become_a_file_and_no_row(team: Team, alice: User) -> None:
    task = played(team, alice, "openai.embeddings", {"model": "text-embedding-3-small", "input": list("abcdef")})
    assert len(json.dumps(task.results)) < 200
    asset = task.assets.get()
    assert (asset.keeping, asset.media_type) == ("kept", "application/json")
    assert len(json.loads(asset.file.read())["data"]) == 6
    assert laid() == []


class TimeIsUp(SystemExit):
    """As the queue ends a job that takes too long: no `Exception`."""


@pytest.mark.parametrize("end", [TimeIsUp, ArithmeticError])
@pytest.mark.parametrize("where", ["lay_aside", "note_answer"])
def test_a_paid_sound_survives_whatever_ends_its_recording(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch, end: type[BaseException], where: str
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise end

    with monkeypatch.context() as trouble:
        trouble.setattr(recording, where, ends)
        with pytest.raises(end):
            played(team, alice, "openai.speech", SPEECH)
    assert Task.objects.get().state == State.SENDING
    lifecycle.sweep()
    task = Task.objects.get()
    keeping.keep(task.pk)
    assert (task.state, task.assets.get().keeping) == (State.SUCCEEDED, "kept")
    assert (laid(), replies.kept()) == ([], [])


def test_a_sound_is_in_the_spool_before_it_is_recorded_so_that_no_crash_loses_it(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[int] = []
    recorded = recording.record_answer

    def look(*given: Any) -> None:
        waiting.append(len(replies.kept()))
        recorded(*given)

    monkeypatch.setattr(recording, "record_answer", look)
    played(team, alice, "openai.speech", SPEECH)
    assert waiting == [1]


def test_a_reply_that_the_sweep_records_meanwhile_is_recorded_once(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged, swept = recording.judged, [False]

    def sweep_first(*given: Any) -> Any:
        if not swept[0]:
            swept[0] = True
            lifecycle.sweep()
        return judged(*given)

    monkeypatch.setattr(recording, "judged", sweep_first)
    task = played(team, alice, "openai.speech", SPEECH)
    assert story(task) == ["begun", "sending", "heard", "kept"]
    assert len(task.results) == 1


def test_a_call_may_take_as_long_as_its_catalog_says(team: Team, alice: User) -> None:
    assert deadline("runway.generate-text") == 75
    assert deadline("openai.chat") == 300
    attempt = only_attempt(begin(team, alice, operation=catalog.get("openai.chat"), values=CHAT))
    assert claim(attempt.pk)
    stage.let_pass(340)
    lifecycle.sweep()
    assert only_attempt(attempt.task).state == State.SENDING
    stage.let_pass(6)
    lifecycle.sweep()
    assert only_attempt(attempt.task).state == State.UNKNOWN
