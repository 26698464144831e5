from __future__ import annotations

import gzip
import hashlib
import io
import socket
import threading
import time
import tracemalloc
from datetime import UTC, datetime
from tempfile import TemporaryFile

import pytest

from studio.gateway import Fetched, NotFetched, clean_base_url, fetch, link_dies_at
from tests.gateway.sockets import Listener, Script, answer, dripping, listening, raw

FILE = bytes(range(256)) * 1000


def get(listener: Listener, to: io.BytesIO | None = None, *, cap: int = 1_000_000, deadline: float = 5) -> Fetched:
    url, allowed = f"{listener.url}/video.mp4", [listener.origin]
    return fetch(url, private_origins=allowed, to=to or io.BytesIO(), max_bytes=cap, deadline=deadline)


def test_a_file_is_fetched_counted_and_hashed() -> None:
    to = io.BytesIO()
    with listening(answer(FILE, "Content-Type: video/mp4; x=y")) as listener:
        got = get(listener, to)
    assert to.getvalue() == FILE
    assert got == Fetched("video/mp4", len(FILE), hashlib.sha256(FILE).hexdigest())
    assert b"uthorization" not in listener.heard[0]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"])
def test_a_dead_link_is_said_to_be_dead(status: str) -> None:
    with listening(answer(b"no", status=status)) as listener, pytest.raises(NotFetched) as told:
        get(listener)
    assert told.value.dead
    assert not told.value.permanent


@pytest.mark.parametrize(
    ("script", "permanent"),
    [
        (answer(b"x", status="500 Oops"), False),
        (answer(b"x", status="206 Partial Content"), False),
        (answer(b""), False),
        (answer(gzip.compress(FILE), "Content-Encoding: gzip"), False),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf"), False),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"), True),
        (raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000), True),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n"), False),
    ],
    ids=["500", "206", "empty", "packed", "half", "claims too much", "endless", "cut chunk"],
)
def test_what_is_no_whole_file_is_not_fetched(script: Script, permanent: bool) -> None:
    with listening(script) as listener, pytest.raises(NotFetched) as told:
        get(listener)
    assert told.value.permanent is permanent


def test_no_more_than_the_cap_and_one_chunk_is_written() -> None:
    to = io.BytesIO()
    with listening(raw(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000)) as listener, pytest.raises(NotFetched):
        get(listener, to, cap=100_000)
    assert len(to.getvalue()) <= 100_000


def test_a_dripping_file_does_not_outlive_the_deadline() -> None:
    stop = threading.Event()
    with listening(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", stop)) as listener:
        began = time.monotonic()
        with pytest.raises(NotFetched):
            get(listener, deadline=0.5)
        took = time.monotonic() - began
        stop.set()
    assert took < 1.5


def pouring(head: bytes, piece: bytes, sent: list[int]) -> Script:
    """Sends pieces for as long as anybody takes them, and counts the bytes."""

    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            sent.append(connection.send(piece))

    return script


def test_of_an_endless_file_no_more_than_the_cap_is_read_nor_held() -> None:
    """Neither in one stream nor in chunks; what is read stands nowhere but in the file."""
    cap = 24 * 1024 * 1024
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    for head, piece in (
        (b"HTTP/1.1 200 OK\r\n\r\n", bytes(0x100000)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk),
    ):
        sent: list[int] = []
        with TemporaryFile() as to, listening(pouring(head, piece, sent)) as listener:
            tracemalloc.start()
            with pytest.raises(NotFetched) as told:
                fetch(listener.url, private_origins=[listener.origin], to=to, max_bytes=cap, deadline=20)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert to.tell() <= cap
        assert told.value.permanent
        assert sum(sent) < cap + 16 * 1024 * 1024  # what the system's own buffers hold
        assert most < 8 * 1024 * 1024


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WITHOUT_END = {
    "head": (OK, b"X-A: " + b"a" * 1000 + b"\r\n"),
    "one header": (OK + b"X-A: ", b"a" * 1000),
    "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "empty lines": (b"", b"\r\n"),
    "length of a chunk": (CHUNKED, b"0"),
    "extension of a chunk": (CHUNKED + b"5;", b"a" * 1000),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"X-A: a\r\n"),
}


def test_what_has_no_end_ends_at_the_deadline() -> None:
    """Not a body but what stands around one; poured and dripped."""
    for name, (head, piece) in WITHOUT_END.items():
        for script in (pouring(head, piece, []), dripping(head, threading.Event(), piece[:7])):
            with listening(script) as listener:
                began = time.monotonic()
                with pytest.raises(NotFetched):
                    get(listener, deadline=0.3)
                assert time.monotonic() - began < 2.3, name


def test_what_came_packed_stays_packed() -> None:
    """A bomb is never unpacked, whatever the packing is called; nor is a length that lies believed."""
    bomb = gzip.compress(bytes(50_000_000))
    for called in ("gzip", "x-gzip", "deflate", "br", "zstd", "GZIP ", "identity, gzip", "gzip, gzip"):
        to = io.BytesIO()
        with listening(answer(bomb, f"Content-Encoding: {called}")) as listener, pytest.raises(NotFetched):
            get(listener, to)
        assert to.getvalue() == b""
    to = io.BytesIO()
    with listening(answer(bomb)) as listener:
        assert get(listener, to).size == len(bomb)
    assert to.getvalue() == bomb
    for head in (
        b"Transfer-Encoding: gzip, chunked",
        b"Content-Length: 5\r\nContent-Length: 500",
        b"Content-Length: -5",
    ):
        with listening(raw(OK + head + b"\r\n\r\n" + bomb)) as listener, pytest.raises(NotFetched):
            get(listener)
    with listening(raw(OK + b"Content-Length: 5\r\n\r\n" + bomb)) as listener:
        assert get(listener).size == 5


def test_three_redirects_are_followed_and_four_are_not() -> None:
    def hops(most: int) -> Script:
        def script(connection: object, request: bytes) -> None:
            number = int(request.split(b" ")[1].rsplit(b"/", 1)[1] or b"0") if b"/hop/" in request else 0
            if number < most:
                answer(b"", f"Location: /hop/{number + 1}", status="302 Found")(connection, request)  # type: ignore[arg-type]
            else:
                answer(b"here")(connection, request)  # type: ignore[arg-type]

        return script

    with listening(hops(3)) as listener:
        assert get(listener).size == 4
    with listening(hops(4)) as listener, pytest.raises(NotFetched) as told:
        get(listener)
    assert told.value.permanent


def test_a_full_disk_is_not_the_link_s_fault() -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device")

    with listening(answer(FILE)) as listener, pytest.raises(OSError, match="No space"):
        get(listener, Full())


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        "Expires=1795521600&Signature=x",
        "exp=1795521600",
        "X-Amz-Date=20261124T110000Z&X-Amz-Expires=3600",
        "x-oss-date=20261124T110000Z&x-oss-expires=3600",
        "X-Goog-Date=20261124T110000Z&X-Goog-Expires=3600",
        "se=2026-11-24T12%3A00%3A00Z&sig=x",
        "q-sign-time=1795518000;1795521600",
        "_jwt=e30.eyJleHAiOjE3OTU1MjE2MDB9.x",
    ],
)
def test_a_signed_link_tells_when_it_dies(query: str) -> None:
    assert link_dies_at(f"https://cdn.example/video.mp4?{query}") == NOON


@pytest.mark.parametrize(
    "query",
    ["", "expires=3600", "Expires=soon", "X-Amz-Date=x&X-Amz-Expires=y", "_jwt=a", "q-sign-time=1", "exp=" + "9" * 30],
)
def test_a_link_that_does_not_say_it_is_unknown(query: str) -> None:
    assert link_dies_at(f"https://cdn.example/video.mp4?{query}") is None


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (" https://goapi.gptnb.ai/v1/ ", "https://goapi.gptnb.ai"),
        ("https://goapi.gptnb.ai/v1", "https://goapi.gptnb.ai"),
        ("goapi.gptnb.ai", "https://goapi.gptnb.ai"),
        ("HTTPS://GoAPI.gptnb.ai:443//", "https://goapi.gptnb.ai"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8001"),
        ("https://gateway.example/proxy/v1", "https://gateway.example/proxy"),
        ("http://[::1]:8001", "http://[::1]:8001"),
    ],
)
def test_an_address_is_cleaned(typed: str, clean: str) -> None:
    assert clean_base_url(typed) == clean
    assert clean_base_url(clean) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "ftp://x.example",
        "https://",
        "https://a b",
        "https://u:p@x.example",
        "https://x.example/?a=1",
        "https://x:99999",
        "https://x.example/#top",
        "http://x\\@evil.example",
        "https://x.example\nHost: y",
        "https://[::1",
    ],
)
def test_what_is_no_gateway_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        clean_base_url(typed)
