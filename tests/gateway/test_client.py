from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from studio.gateway import AnswerLost, Blocked, Client, NotSent, WireError
from studio.gateway.coming import ANSWER_CAP
from tests.gateway.sockets import Listener, Script, answer, dripping, listening, raw

KEY = "sk-canary-4711"
YES = b'{"code": 200, "data": {"task_id": "t1"}}'


def client(listener: Listener) -> Client:
    return Client(listener.url, KEY, private_origins=[listener.origin])


def post(listener: Listener, deadline: float = 5) -> object:
    return client(listener).send("POST", "/runway/v1/pro/generate", content=b'{"prompt": "x"}', deadline=deadline)


def test_a_call_carries_the_exact_body_the_key_and_asks_for_no_compression() -> None:
    with listening(answer(YES, "X-Oneapi-Request-Id: r1")) as listener:
        got = client(listener).send("POST", "/v1/x", content='{"prompt":"纸船"}'.encode())
    head, body = listener.heard[0].split(b"\r\n\r\n", 1)
    assert head.startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert b"Authorization: Bearer sk-canary-4711" in head
    assert b"Accept-Encoding: identity" in head
    assert body.decode() == '{"prompt":"纸船"}'
    assert (got.status, got.payload) == (200, {"code": 200, "data": {"task_id": "t1"}})
    assert got.headers["x-oneapi-request-id"] == "r1"


def test_an_operations_own_headers_are_sent_and_cannot_replace_the_key() -> None:
    with listening(answer(YES)) as listener:
        own = {"accept": "image/*", "Content-Type": "multipart/form-data; boundary=x", "authorization": "Bearer other"}
        client(listener).send("POST", "/v1/x", content=b"--x--", headers=own)
    head = listener.heard[0].split(b"\r\n\r\n", 1)[0].decode().lower()
    assert [line for line in head.splitlines() if line.startswith(("accept:", "content-type:", "authorization:"))] == [
        "accept: image/*",
        "content-type: multipart/form-data; boundary=x",
        "authorization: bearer sk-canary-4711",
    ]


def test_a_refused_connection_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotSent, match="Nobody listens") as told:
        Client(f"http://127.0.0.1:{port}", KEY, private_origins=[f"127.0.0.1:{port}"]).send("POST", "/", content=b"")
    assert not told.value.permanent


def test_a_name_without_an_address_was_not_sent() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(NotSent, match="name was not found") as told:
        Client("https://gateway.example", KEY, resolver=nothing).send("POST", "/", content=b"")
    assert not told.value.permanent


def test_a_name_server_that_hangs_is_left_at_the_deadline() -> None:
    leave = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        leave.wait(10)
        return ["127.0.0.1"]

    began = time.monotonic()
    with pytest.raises(NotSent):
        Client("https://gateway.example", KEY, resolver=hanging).send("POST", "/", content=b"", deadline=0.3)
    assert time.monotonic() - began < 2
    leave.set()


def test_a_tls_greeting_that_never_comes_was_not_sent() -> None:
    quiet = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(NotSent):
            Client(f"https://127.0.0.1:{port}", KEY, private_origins=[f"127.0.0.1:{port}"]).send(
                "POST", "/", content=b"", deadline=0.4
            )
    quiet.set()


LOST: list[tuple[str, Script]] = [
    ("closed without an answer", lambda connection, request: None),
    ("half a head", raw(b"HTTP/1.1 200 OK\r\nContent-Le")),
    ("half a body", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")),
    ("a cut chunk", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{")),
    ("no HTTP at all", raw(b"SSH-2.0-OpenSSH\r\n\r\n")),
    ("an endless head", raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000)),
]


@pytest.mark.parametrize("script", [s for _, s in LOST], ids=[name for name, _ in LOST])
def test_whatever_ends_without_a_whole_answer_is_lost_and_posted_once(script: Script) -> None:
    with listening(script) as listener, pytest.raises(AnswerLost) as told:
        post(listener)
    assert len(listener.heard) == 1
    assert KEY not in f"{told.value!r} {told.value.__cause__!r}"


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b""],
    ids=["in the body", "in the head", "before the head"],
)
def test_a_dripping_answer_does_not_outlive_the_deadline(head: bytes) -> None:
    stop = threading.Event()
    with listening(dripping(head, stop, b"a")) as listener:
        began = time.monotonic()
        with pytest.raises(AnswerLost):
            post(listener, deadline=0.5)
        took = time.monotonic() - began
        stop.set()
    assert 0.4 < took < 1.5


def test_a_reader_that_stops_reading_does_not_outlive_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(AnswerLost):
            Client(f"http://127.0.0.1:{port}", KEY, private_origins=[f"127.0.0.1:{port}"]).send(
                "POST", "/", content=b"x" * 30_000_000, deadline=0.5
            )
    assert time.monotonic() - began < 2


def test_an_answer_beyond_the_cap_is_lost() -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {ANSWER_CAP + 1}\r\n\r\n".encode()
    with listening(raw(head + b"x" * (ANSWER_CAP + 1))) as listener, pytest.raises(AnswerLost, match="too long"):
        post(listener)


def test_a_compressed_answer_that_nobody_asked_for_is_read() -> None:
    with listening(answer(gzip.compress(YES), "Content-Encoding: gzip")) as listener:
        got = client(listener).query("GET", "/v1/models")
    assert isinstance(got.payload, dict)


def test_a_bomb_in_an_answer_stays_packed() -> None:
    bomb = gzip.compress(b"0" * (ANSWER_CAP * 4))
    with listening(answer(bomb, "Content-Encoding: gzip")) as listener:
        got = client(listener).query("GET", "/v1/models")
    assert got.body == bomb


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else() -> None:
    with listening(answer(YES)) as other:
        moved = answer(b"", f"Location: {other.url}/", status="307 Temporary Redirect")
        with listening(moved) as listener:
            got = client(listener).send("POST", "/", content=b"{}")
        assert got.status == 307
        assert got.stops_key
        assert other.heard == []


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answer(b"proxied")) as proxy, listening(answer(YES)) as listener:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        got = client(listener).query("GET", "/v1/models")
        assert got.body == YES
        assert proxy.heard == []


def test_each_call_has_a_connection_of_its_own() -> None:
    ports: list[int] = []

    def script(connection: socket.socket, _: bytes) -> None:
        ports.append(connection.getpeername()[1])
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with listening(script) as listener:
        one = client(listener)
        one.send("POST", "/", content=b"{}")
        one.send("POST", "/", content=b"{}")
    assert len(set(ports)) == 2


@pytest.mark.parametrize("path", ["x", "@evil.example/", "https://evil.example/", ""])
def test_a_path_cannot_lead_away_from_the_gateway(path: str) -> None:
    with pytest.raises(NotSent) as told:
        Client("https://gateway.example", KEY).send("POST", path, content=b"")
    assert told.value.permanent


@pytest.mark.parametrize("key", ["sk-a\r\nX: y", "sk-纸", "sk a"])
def test_a_key_that_no_header_can_carry_is_not_sent(key: str) -> None:
    with pytest.raises(NotSent) as told:
        Client("https://gateway.example", key).send("POST", "/", content=b"")
    assert told.value.permanent
    assert key not in str(told.value)


def test_the_key_stands_in_no_repr() -> None:
    assert KEY not in repr(Client("https://gateway.example", KEY))


def test_a_private_address_is_blocked_before_anything_is_sent() -> None:
    with listening(answer(YES)) as listener:
        with pytest.raises(Blocked) as told:
            Client(listener.url, KEY).send("POST", "/", content=b"")
        assert told.value.permanent
        assert listener.heard == []


def raising(fault: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def handle(request: httpx.Request) -> httpx.Response:
        raise fault

    return handle


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("no"), NotSent),
        (httpx.ConnectTimeout("no"), NotSent),
        (httpx.ReadTimeout("no"), AnswerLost),
        (httpx.ReadError("no"), AnswerLost),
        (httpx.RemoteProtocolError("no"), AnswerLost),
        (RuntimeError("no"), AnswerLost),
    ],
)
def test_a_replaced_transport_is_told_apart_by_its_errors(fault: Exception, kind: type[WireError]) -> None:
    transport = httpx.MockTransport(raising(fault))
    with pytest.raises(kind):
        Client("https://gateway.example", KEY, transport=transport).send("POST", "/", content=b"")


def test_a_wsgi_program_can_stand_in_for_the_network() -> None:
    def program(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "application/json")])
        return [str(environ["HTTP_AUTHORIZATION"]).join('""').encode()]

    transport = httpx.WSGITransport(app=program)
    got = Client("https://gateway.example", KEY, transport=transport).query("GET", "/v1/models")
    assert got.payload == f"Bearer {KEY}"


def test_a_transport_that_has_read_its_answer_already_will_do() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=YES))
    assert Client("https://gateway.example", KEY, transport=transport).query("GET", "/").body == YES
