"""An answer that is heard while it is written, one that breaks off in the middle, and one that is a file."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from studio.gateway import Answer, AnswerLost, Client
from studio.gateway.coming import ANSWER_CAP
from tests.gateway.sockets import Script, answer, listening

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"


def writing(*pieces: bytes, pause: float = 0.0, whole: bool = True, head: bytes = HEAD) -> Script:
    """A gateway that writes these pieces one after the other, and then ends in good order or just goes away."""

    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(pause)
        if whole:
            connection.sendall(b"0\r\n\r\n")

    return script


def post(script: Script, heard: list[bytes], deadline: float = 5) -> Answer:
    with listening(script) as listener:
        client = Client(listener.url, "sk-x", private_origins=[listener.origin])
        return client.send("POST", "/v1/x", content=b"{}", deadline=deadline, heard=heard.append)


def test_a_stream_is_heard_while_it_is_written_and_not_too_often() -> None:
    heard: list[bytes] = []
    began = time.monotonic()
    got = post(writing(*[b"data: %d\n\n" % number for number in range(50)], pause=0.02), heard)
    took = time.monotonic() - began
    assert got.body == b"".join(b"data: %d\n\n" % number for number in range(50))
    assert 3 <= len(heard) <= took / 0.25 + 1
    assert all(got.body.startswith(part) for part in heard)
    assert [len(part) for part in heard] == sorted({len(part) for part in heard})


def test_whoever_hears_slowly_holds_nobody_up() -> None:
    heard: list[float] = []
    with listening(writing(*[b"data: x\n\n"] * 40, pause=0.02)) as listener:
        client = Client(listener.url, "sk-x", private_origins=[listener.origin])

        def slowly(_: bytes) -> None:
            heard.append(time.monotonic())
            time.sleep(0.2)

        client.send("POST", "/v1/x", content=b"{}", heard=slowly)
    assert 1 <= len(heard) <= 3


@pytest.mark.parametrize("whole", [True, False])
def test_a_stream_that_broke_off_is_lost_with_what_had_come(whole: bool) -> None:
    heard: list[bytes] = []
    pieces = [b"data: {}\n\n", "data: 蓝".encode()[:-1]]
    if whole:
        assert post(writing(*pieces), heard).payload == "data: {}\n\ndata: "
        return
    with pytest.raises(AnswerLost) as told:
        post(writing(*pieces, whole=False), heard)
    assert told.value.part is not None
    assert told.value.part.status == 200
    assert told.value.part.payload == "data: {}\n\ndata: "


def test_a_stream_that_outlives_the_deadline_is_lost_with_what_had_come() -> None:
    with pytest.raises(AnswerLost) as told:
        post(writing(*[b"data: 1\n\n"] * 60, pause=0.05), [], deadline=0.5)
    assert told.value.part is not None
    assert 3 < told.value.part.body.count(b"data") < 20


def test_other_answers_are_not_heard_and_half_of_them_is_worth_nothing() -> None:
    heard: list[bytes] = []
    json = HEAD.replace(b"text/event-stream", b"application/json")
    assert post(writing(b'{"a"', b": 1}", head=json), heard).payload == {"a": 1}
    with pytest.raises(AnswerLost) as told:
        post(writing(b'{"a"', whole=False, head=json), heard)
    assert told.value.part is None
    refused = HEAD.replace(b"200 OK", b"400 Bad Request")
    post(writing(b"data: {}\n\n", head=refused), heard)
    assert heard == []


@pytest.mark.parametrize("media_type", ["audio/mpeg", "audio/pcm", "application/octet-stream"])
def test_a_file_may_be_larger_than_an_answer_in_words(media_type: str) -> None:
    sound = b"\xff\xfb\x90\x00" + b"\0" * ANSWER_CAP
    with listening(answer(sound, f"Content-Type: {media_type}")) as listener:
        client = Client(listener.url, "sk-x", private_origins=[listener.origin])
        assert client.send("POST", "/v1/x", content=b"{}").payload == sound


def test_sound_that_happens_to_be_readable_is_no_text_but_an_error_is() -> None:
    def read(body: bytes, media_type: str) -> object:
        return Answer.read(200, {"content-type": media_type}, body, 0).payload

    assert read(b"abcd", "audio/pcm") == b"abcd"
    assert read(b' {"error": 1}', "audio/mpeg") == {"error": 1}
    assert read(b"no", "text/plain") == "no"


def test_a_replaced_transport_streams_too() -> None:
    heard: list[bytes] = []

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())

    class Pieces(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"data: 1\n\n"
            raise httpx.RemoteProtocolError("gone")

    client = Client("https://gateway.example", "sk-x", transport=httpx.MockTransport(handle))
    with pytest.raises(AnswerLost) as told:
        client.send("POST", "/v1/x", content=b"{}", heard=heard.append)
    assert told.value.part is not None
    assert heard == [b"data: 1\n\n"]
