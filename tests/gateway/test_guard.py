"""No private address is reached, however it is written, whichever way it comes."""

from __future__ import annotations

import io
import socket

import pytest

from studio.gateway import Blocked, NotFetched, NotSent, fetch, is_private_host
from studio.gateway.addresses import is_allowed, is_public_ip
from studio.gateway.deadline import Deadline
from studio.gateway.guard import Guard
from tests.gateway.sockets import answer, listening

SPELLINGS = [
    *("127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1"),
    *("017700000001", "2130706433", "0", "0.0.0.0", "0.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost."),
    *("10.0.0.1", "10.255.255.255", "012.0.0.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("192.168.1", "0xc0a80001", "3232235521", "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376"),
    *("169.254.43518", "100.64.0.1", "100.100.100.200", "100.127.255.255", "192.0.0.192", "192.0.2.1", "198.18.0.1"),
    *("198.19.255.255", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]"),
    *("[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::]"),
    *("[2001:0:7f00:1::]", "[2001:db8::1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]"),
    *("[100::1]", "[3fff::1]", "[5f00::1]"),
]


def refused(url: str) -> BaseException:
    with pytest.raises((Blocked, NotFetched)) as told:
        fetch(url, private_origins=[], to=io.BytesIO(), max_bytes=100, deadline=2)
    return told.value


def test_there_are_many_spellings() -> None:
    assert len(set(SPELLINGS)) >= 60


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_private_address_is_not_fetched_however_it_is_written(host: str, connects: list[object]) -> None:
    refused(f"http://{host}/video.mp4")
    refused(f"https://{host}/video.mp4")
    assert connects == []


@pytest.mark.parametrize("host", SPELLINGS)
def test_a_redirect_to_a_private_address_is_not_followed(host: str) -> None:
    moved = answer(b"", f"Location: http://{host}/", status="302 Found")
    with listening(moved) as listener:
        with pytest.raises((Blocked, NotFetched)):
            fetch(listener.url, private_origins=[listener.origin], to=io.BytesIO(), max_bytes=100, deadline=2)
        assert len(listener.heard) == 1


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "127。0。0。1", "loc\u00adalhost", "ⓛocalhost"])
def test_a_disguised_host_is_not_fetched(host: str, connects: list[object]) -> None:
    refused(f"http://{host}/")
    assert connects == []


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "ftp://example.com/x", "gopher://example.com/", "data:text/plain,x", "//example.com/"),
        *("javascript:1", "", "http://", "http://user:secret@example.com/", "unix:///var/run/x.sock", "http://[::1"),
    ],
)
def test_only_plain_web_addresses_are_fetched(url: str, connects: list[object]) -> None:
    refused(url)
    assert connects == []


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every attempt of this process to open a connection."""
    seen: list[object] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        seen.append(address)
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


def resolving(*answers: list[str]) -> Guard:
    """A guard whose name server gives these answers, one after the other."""
    rest = list(answers)
    return Guard(Deadline(2), resolver=lambda host, port: rest.pop(0))


@pytest.mark.parametrize(
    "addresses",
    [["8.8.8.8", "127.0.0.1"], ["2606:4700::1111", "::1"], ["8.8.8.8", "fe80::1%2"], ["10.0.0.1"], ["not an address"]],
)
def test_one_bad_record_refuses_the_name(addresses: list[str], connects: list[object]) -> None:
    with pytest.raises(Blocked):
        resolving(addresses).connect_tcp("cdn.example", 443)
    assert connects == []


def test_a_name_that_changes_its_mind_reaches_only_what_was_checked() -> None:
    asked: list[str] = []

    def flipping(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) > 1 else ["192.0.2.1"]

    with listening(answer(b"secret")) as listener:
        for _ in range(20):
            with pytest.raises((Blocked, NotSent)):
                Guard(Deadline(1), resolver=flipping).connect_tcp("cdn.example", listener.port)
        assert listener.heard == []


def test_the_checked_address_is_the_one_that_is_connected() -> None:
    asked: list[str] = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with listening(answer(b"")) as listener:
        guard = Guard(Deadline(2), [f"gateway.example:{listener.port}"], resolver=once)
        line = guard.connect_tcp("gateway.example", listener.port)
        assert line.socket.getpeername() == ("127.0.0.1", listener.port)
        line.close()
    assert asked == ["gateway.example"]


def test_an_allowed_origin_is_exactly_one_host_and_port() -> None:
    listed = ["127.0.0.1:8001", "[::1]:8001", "gateway.internal"]
    assert is_allowed("127.0.0.1", 8001, listed)
    assert is_allowed("::1", 8001, listed)
    assert is_allowed("gateway.internal", 443, listed)
    for host, port in [("127.0.0.1", 8002), ("127.1", 8001), ("localhost", 8001), ("gateway.internal", 22)]:
        assert not is_allowed(host, port, listed)


def test_other_ports_than_those_of_the_web_are_not_fetched(connects: list[object]) -> None:
    assert isinstance(refused("http://8.8.8.8:22/"), Blocked)
    assert connects == []


def test_socket_files_are_refused() -> None:
    with pytest.raises(Blocked):
        Guard(Deadline(1)).connect_unix_socket("/var/run/docker.sock")


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public_ip(text)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "studio.local", "studio", "10.0.0.5", "[::1]", "a.internal", ""]
)
def test_a_private_host_is_known_by_its_looks(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize("host", ["example.com", "8.8.8.8", "studio.example.com", "[2606:4700::1111]"])
def test_a_public_host_is_not_taken_for_private(host: str) -> None:
    assert not is_private_host(host)
