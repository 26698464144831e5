"""The live conversation of the sandbox, over a real socket and with another program's client."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from studio.sandbox.app import App, make_app
from studio.sandbox.openai_voice import samples, speak
from studio.sandbox.server import Server

BETA = "gpt-4o-realtime-preview-2024-10-01"
ITEM = {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": []}}
CREATE = {"type": "response.create"}
Event = dict[str, Any]


def says(text: str) -> Event:
    return {**ITEM, "item": {**ITEM["item"], "content": [{"type": "input_text", "text": text}]}}  # type: ignore[dict-item]


def update(**session: object) -> Event:
    return {"type": "session.update", "session": session}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(make_app(), "127.0.0.1", 0) as running:
        yield running


@contextmanager
def talking(server: Server, model: str = BETA, key: str = "sk-test-1234") -> Iterator[ClientConnection]:
    url = f"ws{server.url.removeprefix('http')}/v1/realtime?model={model}"
    headers = {"Authorization": f"Bearer {key}", "OpenAI-Beta": "realtime=v1"}
    with connect(url, additional_headers=headers, compression=None) as socket:
        yield socket


def conversation(server: Server, *frames: object, model: str = BETA) -> list[Event]:
    """The events from its opening to the end of the answer."""
    events: list[Event] = []
    with talking(server, model) as socket:
        events.append(json.loads(socket.recv(timeout=5)))
        for frame in frames:
            socket.send(frame if isinstance(frame, str) else json.dumps(frame))
        while events[-1]["type"] != "response.done":
            events.append(json.loads(socket.recv(timeout=5)))
    return events


def kinds(events: list[Event]) -> list[str]:
    return list(dict.fromkeys(each["type"] for each in events))


def joined(events: list[Event], kind: str) -> str:
    return "".join(each["delta"] for each in events if each["type"] == kind)


def charged(app: App) -> list[str]:
    return [post["charged"] for post in app.world.ledger()["posts"]]


def test_a_turn_in_writing_is_answered_in_text_and_speech(server: Server) -> None:
    events = conversation(
        server, update(voice="sage", instructions="Be brief."), says("Say hello to the team."), CREATE
    )
    assert kinds(events) == [
        "session.created",
        "session.updated",
        "conversation.item.created",
        "rate_limits.updated",
        "response.created",
        "response.audio_transcript.delta",
        "response.audio.delta",
        "response.done",
    ]
    assert events[0]["session"]["id"].startswith("sess_")
    response = events[-1]["response"]
    said = joined(events, "response.audio_transcript.delta")
    assert response["status"] == "completed"
    assert response["output"][0]["content"] == [{"type": "audio", "transcript": said}]
    assert response["usage"]["total_tokens"] > 0
    pieces = [base64.b64decode(each["delta"]) for each in events if each["type"] == "response.audio.delta"]
    assert b"".join(pieces) == samples(said, "sage", 1.0)
    assert charged(server.app) == [str(response["usage"]["total_tokens"] * 5 / 100)]


def test_text_alone_and_the_newer_names(server: Server) -> None:
    events = conversation(server, update(modalities=["text"]), says("Why?"), CREATE)
    assert "response.text.delta" in kinds(events)
    newer = update(type="realtime", output_modalities=["text"])
    events = conversation(server, newer, says("Why?"), CREATE, model="gpt-realtime")
    assert kinds(events)[-2] == "response.output_text.delta"
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == joined(events, "response.output_text.delta")
    events = conversation(server, says("Why?"), CREATE, model="gpt-realtime")
    assert {"response.output_audio.delta", "response.output_audio_transcript.delta"} <= set(kinds(events))


@pytest.mark.parametrize("sound", ["g711_ulaw", "g711_alaw"])
def test_the_sound_of_a_telephone(server: Server, sound: str) -> None:
    events = conversation(server, update(output_audio_format=sound), says("Why?"), CREATE)
    said = joined(events, "response.audio_transcript.delta")
    pieces = [base64.b64decode(each["delta"]) for each in events if each["type"] == "response.audio.delta"]
    assert b"".join(pieces) == speak(said, "alloy", 1.0, sound)[0]
    assert len(b"".join(pieces)) * 6 == pytest.approx(len(samples(said, "alloy", 1.0)), rel=0.01)


def test_an_answer_that_is_cut_is_incomplete(server: Server) -> None:
    events = conversation(server, update(max_response_output_tokens=3), says("Why?"), CREATE)
    response = events[-1]["response"]
    assert (response["status"], response["status_details"]["reason"]) == ("incomplete", "max_output_tokens")
    assert response["usage"]["output_tokens"] == 3


def test_sound_in_frames_is_taken_and_answered(server: Server) -> None:
    frames = [{"type": "input_audio_buffer.append", "audio": "AAAA"}, {"type": "input_audio_buffer.commit"}, CREATE]
    assert "input_audio_buffer.committed" in kinds(conversation(server, *frames))


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        "[]",
        {"type": "no.such"},
        {"no": "type"},
        update(voice="nobody"),
        update(temperature=0.5),
        update(modalities=["audio"]),
        update(modalities=[]),
        update(turn_detection=7),
        update(max_response_output_tokens=0),
        update(output_audio_format="mp3"),
        ITEM,
    ],
)
def test_a_frame_with_a_fault_is_an_error_and_the_rest_goes_on(server: Server, frame: object) -> None:
    events = conversation(server, frame, says("Why?"), CREATE)
    assert [each["type"] for each in events].count("error") == 1
    assert next(each for each in events if each["type"] == "error")["error"]["message"]
    assert events[-1]["response"]["status"] == "completed"


@pytest.mark.parametrize("null", [update(turn_detection=None, input_audio_transcription=None)])
def test_null_is_legal(server: Server, null: Event) -> None:
    assert "error" not in kinds(conversation(server, null, says("Why?"), CREATE))


def test_it_answers_once_and_charges_once(server: Server) -> None:
    with talking(server) as socket:
        for frame in (says("Why?"), CREATE, CREATE):
            socket.send(json.dumps(frame))
        events = [json.loads(socket.recv(timeout=5))]
        while events[-1]["type"] != "error":
            events.append(json.loads(socket.recv(timeout=5)))
    assert "active response" in events[-1]["error"]["message"]
    assert len(charged(server.app)) == 1
    assert kinds(events).count("response.done") == 1


def test_who_leaves_before_asking_pays_nothing(server: Server) -> None:
    with talking(server) as socket:
        socket.send(json.dumps(says("Why?")))
        socket.recv(timeout=5)
    assert charged(server.app) == ["0"]


@pytest.mark.parametrize(("model", "key", "status"), [(BETA, "bad", 401), (BETA, "", 401), ("gpt-4o", "sk-x123", 503)])
def test_a_handshake_is_refused_with_json(server: Server, model: str, key: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as told, talking(server, model, key):
        pass
    response = told.value.response
    assert response.status_code == status
    assert json.loads(response.body)["error"]["message"]
    assert sum(map(float, charged(server.app))) == 0


def test_without_a_web_socket_it_is_told_so() -> None:
    client = httpx.Client(transport=httpx.WSGITransport(make_app()), base_url="http://sandbox.test")
    headers = {"Authorization": "Bearer sk-test-1234"}
    assert client.get(f"/v1/realtime?model={BETA}", headers=headers).status_code == 400
    upgrade = {**headers, "Upgrade": "websocket", "Connection": "Upgrade"}
    assert client.get(f"/v1/realtime?model={BETA}", headers=upgrade).status_code == 426


@pytest.mark.parametrize(
    ("fault", "last"),
    [
        ("stream-cut", "response.audio.delta"),
        ("cut-answer", "response.audio.delta"),
        ("no-answer", "response.created"),
        ("error-after", "error"),
    ],
)
def test_faults_end_it_early_and_it_is_charged(server: Server, fault: str, last: str) -> None:
    server.app.world.dice.load({fault: 1.0})
    events: list[Event] = []
    with talking(server) as socket, suppress(ConnectionClosed):
        for frame in (says("Say hello to the team."), CREATE):
            socket.send(json.dumps(frame))
        while True:
            events.append(json.loads(socket.recv(timeout=5)))
    assert events[-1]["type"] in {last, "response.audio_transcript.delta"}
    [post] = server.app.world.ledger()["posts"]
    assert post["faults"] == [fault]
    assert post["charged"] != "0"


def test_an_answer_that_fails_half_way_says_so(server: Server) -> None:
    server.app.world.dice.load({"stream-error": 1.0})
    events = conversation(server, says("Say hello to the team."), CREATE)
    response = events[-1]["response"]
    assert response["status"] == "failed"
    assert response["status_details"]["error"]["message"]
    assert "response.audio.delta" in kinds(events)


@pytest.mark.parametrize(("fault", "status"), [("rate-limit", 429), ("refuse-content", 400), ("error-before", 500)])
def test_faults_before_it_refuse_the_handshake(server: Server, fault: str, status: int) -> None:
    server.app.world.dice.load({fault: 1.0})
    with pytest.raises(InvalidStatus) as told, talking(server):
        pass
    assert told.value.response.status_code == status
