"""What the guard lets through, and what not. All spellings, by all ways: `test_no_private_connect.py`."""

from __future__ import annotations

import io
import socket

import pytest

from studio.gateway import Blocked, NotFetched, fetch, is_private_host
from studio.gateway.addresses import is_allowed, is_public_ip
from studio.gateway.deadline import Deadline
from studio.gateway.guard import Guard
from tests.gateway.sockets import answer, listening


def refused(url: str) -> BaseException:
    with pytest.raises((Blocked, NotFetched)) as told:
        fetch(url, private_origins=[], to=io.BytesIO(), max_bytes=100, deadline=2)
    return told.value


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
