"""A conversation over a real loopback web socket: whole, refused, broken off, too long, too slow, and where not to."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from websockets.http11 import Response
from websockets.sync.server import ServerConnection

from studio.gateway import Answer, AnswerLost, Blocked, Client, NotSent
from studio.gateway import talking as limits
from tests.gateway.sockets import answer, listening, raw
from tests.gateway.talks import BEGAN, FRAMES, OPENED, TURN, Gateway, Script, Talker, delta, done, talking

KEY = "sk-canary-4711"
PATH = "/v1/realtime?model=x"


def converse(
    gateway: Gateway, deadline: float = 5, heard: Callable[[bytes], None] | None = None, path: str = PATH
) -> Answer:
    client = Client(gateway.url, KEY, private_origins=[gateway.origin])
    return client.converse(path, FRAMES, TURN, headers={"OpenAI-Beta": "x=v1"}, deadline=deadline, heard=heard)


def whole(talker: Talker) -> None:
    talker.say(OPENED)
    talker.hear()
    talker.say(BEGAN, delta("Hel"), delta("lo."), done())
    talker.hear(1)  # until it is closed


def events(got: Answer) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in str(got.payload).split("\n") if line]


def test_the_frames_go_out_once_it_is_open_and_the_events_come_back_as_a_stream() -> None:
    heard: list[str] = []

    def script(talker: Talker) -> None:
        with pytest.raises(TimeoutError):
            talker.socket.recv(timeout=0.2)  # nothing is said to who has not opened
        talker.say(OPENED)
        heard.extend(talker.hear())
        talker.say({"type": "conversation.item.created"}, BEGAN, delta("Hello."), done(), delta("never heard"))
        talker.socket.recv(timeout=5)

    with talking(script) as gateway:
        got = converse(gateway)
    assert heard == list(FRAMES)
    assert [each["type"] for each in events(got)] == [
        "session.created",
        "conversation.item.created",
        "response.created",
        "response.text.delta",
        "response.done",
    ]
    assert (got.status, got.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    [asked] = gateway.asked
    assert asked.path == PATH
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["OpenAI-Beta"] == "x=v1"
    assert asked.headers["User-Agent"] == "prompt-studio"
    assert "Sec-WebSocket-Protocol" not in asked.headers
    assert "Sec-WebSocket-Extensions" not in asked.headers
    assert gateway.conversations == 1


def test_it_is_heard_while_it_is_said() -> None:
    heard: list[bytes] = []

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear()
        talker.say(BEGAN)
        for _ in range(40):
            talker.say(delta("la "))
            time.sleep(0.02)
        talker.say(done())

    with talking(script) as gateway:
        got = converse(gateway, heard=heard.append)
    assert len(heard) >= 2
    assert all(got.body.startswith(part) for part in heard)
    assert heard[-1].count(b"la ") > heard[0].count(b"la ")


def test_events_in_pieces_in_bytes_and_on_many_lines_are_events_all_the_same() -> None:
    def script(talker: Talker) -> None:
        talker.say(json.dumps(OPENED, indent=1))
        talker.hear()
        talker.socket.send(iter(['{"type": "response', '.created"}']))
        talker.socket.ping()
        talker.say(json.dumps(done(), ensure_ascii=False).replace("Hello", "雨\u2028").encode())
        talker.hear(1)

    with talking(script) as gateway:
        got = converse(gateway)
    assert [each["type"] for each in events(got)] == ["session.created", "response.created", "response.done"]
    assert "雨\u2028" in str(got.payload)


@pytest.mark.parametrize("status", [302, 401, 403, 429, 503])
def test_a_refused_handshake_is_the_answer_that_it_is(status: int) -> None:
    def refuses(connection: ServerConnection) -> Response:
        made = connection.respond(HTTPStatus(status), json.dumps({"error": {"message": "无效的令牌"}}))
        made.headers["Retry-After"] = "7"
        made.headers["Location"] = "http://127.0.0.1:9/elsewhere"
        return made

    with talking(whole, refuses) as gateway:
        got = converse(gateway)
    assert (got.status, got.payload) == (status, {"error": {"message": "无效的令牌"}})
    assert got.retry_after == 7
    assert got.stops_key == (status in {302, 401, 403})
    assert len(gateway.asked) == 1
    assert gateway.conversations == 0


@pytest.mark.parametrize(
    "script",
    [
        answer(b"<html>Welcome</html>"),
        raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
        raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        raw(b""),
    ],
)
def test_who_opens_no_conversation_was_sent_nothing(script: Callable[[socket.socket, bytes], None]) -> None:
    with listening(script) as listener, pytest.raises(NotSent) as told:
        Client(listener.url, KEY, private_origins=[listener.origin]).converse(PATH, FRAMES, TURN, deadline=5)
    assert told.value.reason == "The gateway opened no conversation at this address. Nothing was sent."
    assert not told.value.permanent
    assert b"response.create" not in b"".join(listener.heard)


def silent(talker: Talker) -> None:
    talker.stop.wait(5)


def leaves(talker: Talker) -> None:
    talker.say({"type": "rate_limits.updated"})


def test_who_says_nothing_or_leaves_before_it_is_open_was_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OPENING", 0.3)
    began = time.monotonic()
    for script in (silent, leaves):
        with talking(script) as gateway, pytest.raises(NotSent):
            converse(gateway)
    assert time.monotonic() - began < 3


def test_nobody_there_was_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", KEY, private_origins=[f"127.0.0.1:{port}"])
    with pytest.raises(NotSent, match="Nobody listens"):
        client.converse(PATH, FRAMES, TURN)


def breaking(then: Callable[[Talker], None]) -> Script:
    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear()
        talker.say(BEGAN, delta("Hel"))
        then(talker)

    return script


def reset(talker: Talker) -> None:
    talker.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)
    talker.socket.socket.close()


@pytest.mark.parametrize("then", [lambda talker: None, lambda talker: talker.socket.close(1011), reset])
def test_one_that_breaks_off_is_lost_with_what_had_come(then: Callable[[Talker], None]) -> None:
    with talking(breaking(then)) as gateway, pytest.raises(AnswerLost) as told:
        converse(gateway)
    part = told.value.part
    assert part is not None
    assert [each["type"] for each in events(part)][-1] == "response.text.delta"
    assert "broke before the whole answer" in told.value.reason


def test_one_that_never_ends_is_left_at_the_deadline() -> None:
    def script(talker: Talker) -> None:
        breaking(lambda _: None)(talker)
        while not talker.stop.wait(0.02):
            talker.say(delta("la"))

    began = time.monotonic()
    with talking(script) as gateway, pytest.raises(AnswerLost, match="no whole answer came in time") as told:
        converse(gateway, deadline=0.8)
    assert time.monotonic() - began < 2
    assert told.value.part is not None
    assert told.value.part.body.count(b'"la"') > 5


def test_a_slow_one_that_only_pings_is_left_at_the_deadline_too() -> None:
    def script(talker: Talker) -> None:
        talker.say(OPENED)
        while not talker.stop.wait(0.05):
            talker.socket.ping()

    with talking(script) as gateway, pytest.raises(AnswerLost, match="in time"):
        converse(gateway, deadline=0.6)


def test_a_slow_one_is_waited_for() -> None:
    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear()
        for event in (BEGAN, delta("Hello."), done()):
            time.sleep(0.3)
            talker.say(event)

    with talking(script) as gateway:
        assert events(converse(gateway))[-1]["type"] == "response.done"


@pytest.mark.parametrize(("limit", "size"), [("LARGEST", 2_000), ("CAP", 2_000), ("MOST", 5)])
def test_one_that_says_too_much_is_left(limit: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, limit, size)

    def script(talker: Talker) -> None:
        breaking(lambda _: None)(talker)
        if limit == "LARGEST":
            talker.say(delta("x" * size))
        for _ in range(0 if limit == "LARGEST" else 40):
            talker.say(delta("y" * 100))
        talker.stop.wait(5)

    with talking(script) as gateway, pytest.raises(AnswerLost, match="too long to be read") as told:
        converse(gateway)
    assert told.value.part is not None
    assert b'"Hel"' in told.value.part.body


ERROR = {"type": "error", "error": {"message": "Unknown parameter: 'session.x'."}}


def test_an_error_before_an_answer_ends_it_and_is_what_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUIET", 0.3)

    def stays(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear()
        talker.say(ERROR)
        talker.stop.wait(5)

    def closes(talker: Talker) -> None:
        talker.say(ERROR)

    def breaks(talker: Talker) -> None:
        closes(talker)
        reset(talker)

    for script, kinds in ((stays, ["session.created", "error"]), (closes, ["error"]), (breaks, ["error"])):
        with talking(script) as gateway:
            assert [each["type"] for each in events(converse(gateway))] == kinds


def test_an_error_beside_an_answer_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUIET", 0.5)

    def script(talker: Talker) -> None:
        talker.say(OPENED)
        talker.hear()
        talker.say(ERROR)
        time.sleep(0.2)
        talker.say(BEGAN, ERROR)
        time.sleep(0.6)
        talker.say(done())

    with talking(script) as gateway:
        assert events(converse(gateway))[-1]["type"] == "response.done"


def test_an_error_before_it_opens_does_not_hurry_what_comes_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUIET", 0.3)

    def script(talker: Talker) -> None:
        talker.say(ERROR, OPENED)
        talker.hear()
        time.sleep(0.6)
        talker.say(BEGAN, done())

    with talking(script) as gateway:
        assert events(converse(gateway))[-1]["type"] == "response.done"


def test_a_sub_protocol_that_nobody_asked_for_is_let_be() -> None:
    with talking(whole, names="realtime") as gateway:
        assert events(converse(gateway))[-1]["type"] == "response.done"


def test_it_cannot_be_held_with_a_private_address() -> None:
    with talking(whole) as gateway:
        with pytest.raises(Blocked):
            Client(gateway.url, KEY).converse(PATH, FRAMES, TURN)
        named = Client(f"http://gateway.example:{gateway.port}", KEY, resolver=lambda host, port: ["127.0.0.1"])
        with pytest.raises(Blocked):
            named.converse(PATH, FRAMES, TURN)
    assert gateway.asked == []


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "g.test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(key, SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    (folder / "own.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return context


def test_an_address_of_https_is_talked_to_over_tls_and_its_certificate_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with talking(whole, tls=own_certificate(tmp_path)) as gateway:
        client = Client(f"https://{gateway.origin}", KEY, private_origins=[gateway.origin])
        with pytest.raises(NotSent, match="certificate is not trusted"):
            client.converse(PATH, FRAMES, TURN, deadline=5)
        assert gateway.asked == []
        trusting = ssl.create_default_context(cafile=str(tmp_path / "own.pem"))
        trusting.check_hostname = False
        monkeypatch.setattr(limits, "certificates", lambda: trusting)
        assert events(client.converse(PATH, FRAMES, TURN, deadline=5))[-1]["type"] == "response.done"


def test_no_proxy_of_the_environment_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with talking(whole) as gateway:
        assert events(converse(gateway))[-1]["type"] == "response.done"


def test_a_key_that_cannot_be_sent_and_a_path_that_leads_elsewhere_are_said_so() -> None:
    with pytest.raises(NotSent, match="sign that cannot be sent") as told:
        Client("http://127.0.0.1:9", "sk-x\n").converse(PATH, FRAMES, TURN)
    assert told.value.permanent
    with pytest.raises(NotSent, match="does not lead to the gateway"):
        Client("http://127.0.0.1:9", KEY).converse("v1/x", FRAMES, TURN)


def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with talking(whole) as gateway:
        converse(gateway)
    ours = [record for record in caplog.records if record.name != "websockets.server"]
    assert KEY not in "".join(record.getMessage() for record in ours)
