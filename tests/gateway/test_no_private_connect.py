"""Whichever way an address comes to us, no connection to a private one is ever opened.

The ways: a result's link, an address that a person types, the target of a redirect, a connection's own address.
Every attempt of this process to connect is recorded; only the listeners of these tests are really connected to.
"""

from __future__ import annotations

import io
import socket
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from studio.assets.keeping import bring
from studio.assets.models import Asset
from studio.files.taking import NotTaken, from_address
from studio.gateway import Blocked, NotFetched, NotSent, clean_base_url, fetch
from studio.tasks.models import Task
from studio.teams.forms import check_reachable
from studio.teams.models import Connection, Team, User
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
# Other scripts, other spellings of the same, and what stands beside an address.
MORE = [
    *("127.000.000.001", "0x7F.0x0.0x0.0x1", "0177.1", "127.0x1", "00000177.0.0.1", "0x7f000001.", "localhost.."),
    *(
        "①②⑦.⓪.⓪.①",
        "１２７.０.０.１",
        "127。0。0。1",
        "127．0．0．1",
        "127｡0｡0｡1",
        "127.0.0。1",
        "ⓛocalhost",
        "ＬＯＣＡＬＨＯＳＴ",
    ),
    *(
        "loc\u00adalhost",
        "loc\u200balhost",
        "localhost\u3002",
        "%6c%6f%63alhost",
        "127.0.0.1%2e",
        "127.0.0.1%00.example",
    ),
    *("xn--127-0-0-1", "xn--localhost", "[::ffff:127.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:100.100.100.200]"),
    *("[::ffff:0:a9fe:a9fe]", "[::7f00:1]", "[::a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b:1:ffff::127.0.0.1]"),
    *("[2002:a9fe:a9fe::1]", "[2002:c0a8:1::]", "[2001:0:a9fe:a9fe::1]", "[2001::1]", "[2001:10::1]", "[2001:20::1]"),
    *("[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[febf::1]", "[fdff::1]", "[fd20:ce::254]", "[ff0e::1]"),
    *("[ff02::1%25lo]", "[fec0::1%25lo]", "[100:0:0:1::1]", "[4000::1]", "[::ffff:255.255.255.255]", "[v1.a]"),
    *("224.0.0.251", "239.1.1.1", "255.0.0.1", "0.1.2.3", "192.0.0.8", "198.18.0.254", "100.64.0.1.", "10.1", "0xa.1"),
]
# Names, as a name server that is not ours would answer them.
NAMES = {
    "metadata.google.internal": ["169.254.169.254"],
    "metadata": ["169.254.169.254"],
    "instance-data.ec2.internal": ["169.254.169.254", "fd00:ec2::254"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "all.localtest.example": ["::1"],
    "mixed.example": ["8.8.8.8", "10.0.0.1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "scoped.example": ["fe80::1%lo"],
    "carrier.example": ["100.64.0.1"],
    "agent.example": ["168.63.129.16"],
    "nat64.example": ["2606:4700::1111", "64:ff9b::a00:1"],
    "bücher.example": ["192.168.0.1"],
    "xn--bcher-kva.example": ["192.168.0.1"],
}
# Whole addresses that a reader may take for another host, or that are no web address at all.
TRICKS = [
    *("http://8.8.8.8@127.0.0.1/", "http://user:password@8.8.8.8/", "http://127.0.0.1#@8.8.8.8/", "http://127.0.0.1?@8.8.8.8/"),
    *("http://127.0.0.1/@8.8.8.8", "http://127.0.0.1:80@8.8.8.8/", "http://8.8.8.8%40127.0.0.1/", "http:///127.0.0.1/"),
    *("http:127.0.0.1", "http:/127.0.0.1/", "http://127.0.0.1:080/", "http://127.0.0.1:8080/", "http://8.8.8.8:22/"),
    *("http://8.8.8.8:6379/", "http://8.8.8.8:65616/", "http://8.8.8.8:-80/", "http://127.1:443/"),
    *("http://[::1]:80/", "http://[::1]8.8.8.8/", "http://[8.8.8.8]/", "HTTP://127.0.0.1/", " http://127.0.0.1/"),
    *("ht\ttp://127.0.0.1/", "http://127.0.0.1\t/", "http://127.0.\n0.1/", "http://8.8.8.8\r\nHost: 127.0.0.1/", "http://.127.0.0.1/"),
    *("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stat"),
    *("unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "ws://127.0.0.1/", "jar:http://127.0.0.1!/"),
    *("javascript:fetch('http://127.0.0.1/')", "concat:http://127.0.0.1/", "//127.0.0.1/", "127.0.0.1", "http://", "http://[::1"),
]  # fmt: skip
SAME_HOST = {"127.0.0.1", "http:///127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1/", "http://"}
HOSTS = [*SPELLINGS, *MORE, *NAMES]
ADDRESSES = [*(f"http://{host}/video.mp4" for host in HOSTS), *(f"https://{host}/" for host in HOSTS), *TRICKS]
Connects = list[tuple[Any, ...]]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> Connects:
    """Every address that anything here tried to connect to; nothing beyond this machine is reached."""
    seen: Connects = []
    real, look_up = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(address)
        if not str(address[0]).startswith("127."):
            raise ConnectionRefusedError(111, "nobody is reached from here")
        real(self, address)

    def answered(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in NAMES:
            return look_up(host, port, *more, **named)
        kinds = [(socket.AF_INET6 if ":" in each else socket.AF_INET, each) for each in NAMES[name]]
        return [(kind, socket.SOCK_STREAM, 6, "", (each, port)) for kind, each in kinds]

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    monkeypatch.setattr(socket, "getaddrinfo", answered)
    return seen


@pytest.fixture(autouse=True)
def nothing_is_allowed(settings: Settings) -> None:
    settings.PRIVATE_ORIGINS = []


def keep_result(url: str, base_url: str = "https://gateway.example.com") -> None:
    bring(Asset(kind="video", task=Task(connection=Connection(base_url=base_url))), {"url": url}, io.BytesIO(), 2)


def take_typed(url: str) -> None:
    from_address(Team(), User(), url, ["image"])


def call_gateway(base_url: str) -> None:
    connection = Connection(base_url=base_url)
    connection.set_key("sk-of-a-test")
    connection.client().query("GET", "/v1/models", deadline=2)


def test_there_are_many_of_them() -> None:
    assert len(set(HOSTS)) > 140
    assert len(set(ADDRESSES)) == len(ADDRESSES) > 320


def test_no_link_of_a_result_leads_to_a_private_address(connects: Connects) -> None:
    for url in ADDRESSES:
        with pytest.raises((Blocked, NotFetched)):
            keep_result(url)
        assert connects == [], url


def test_no_address_that_a_person_types_leads_to_a_private_one(connects: Connects) -> None:
    for url in ADDRESSES:
        with pytest.raises(NotTaken):
            take_typed(url)
        assert connects == [], url


def test_no_redirect_leads_to_a_private_address(connects: Connects, settings: Settings) -> None:
    """The way there is allowed; where it leads is looked at anew. Targets come in every writing of a `Location`."""
    targets = [*ADDRESSES, *(f"//{host}/" for host in HOSTS), "data:text/plain,x"]
    # Not what a header cannot hold, and not what leads back to the same host.
    targets = [each for each in targets if each.isprintable() and each.strip() == each and each not in SAME_HOST]
    states = ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]

    def lead(connection: socket.socket, request: bytes) -> None:
        number = int(request.split()[1].removeprefix(b"/"))
        location = targets[number].encode("utf-8").decode("latin-1")
        head = f"HTTP/1.1 {states[number % 5]}\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
        connection.sendall(head.encode("latin-1"))

    with listening(lead) as listener:
        settings.PRIVATE_ORIGINS = [listener.origin]
        for number, target in enumerate(targets):
            connects.clear()
            with pytest.raises((Blocked, NotFetched)):
                keep_result(f"{listener.url}/{number}")
            assert connects == [("127.0.0.1", listener.port)], target
        assert len(listener.heard) == len(targets)


def test_no_connection_s_address_is_a_private_one(connects: Connects) -> None:
    """The form says so where it can be seen; the call is refused whatever the form let through."""
    let_through = []
    for host in HOSTS:
        for base_url in (f"https://{host}", f"http://{host}:8001"):
            with pytest.raises(NotSent):
                call_gateway(base_url)
            assert connects == [], base_url
        try:
            check_reachable(clean_base_url(f"https://{host}"))
        except (ValueError, ValidationError):
            continue
        let_through.append(host)
    names = set(NAMES) | {"xn--127-0-0-1", "xn--localhost", "[v1.a]"}
    assert set(let_through) <= names, set(let_through) - names


def test_what_is_allowed_is_connected_to(connects: Connects, settings: Settings) -> None:
    """So that the silence above is the guard's doing. What a person types leads to no private address at all."""
    with listening(answer(b"GIF89a" + bytes(50))) as listener:
        settings.PRIVATE_ORIGINS = [listener.origin]
        keep_result(listener.url)
        call_gateway(listener.url)
        assert len(listener.heard) == 2
        with pytest.raises(NotTaken, match="cannot be fetched"):
            take_typed(listener.url)
        assert len(listener.heard) == 2
        with listening(answer(b"", f"Location: {listener.url}/there", status="302 Found")) as first:
            settings.PRIVATE_ORIGINS = [listener.origin, first.origin]
            keep_result(first.url)
        assert len(listener.heard) == 3
    connects.clear()
    for url in ("http://8.8.8.8/", "https://8.8.8.8/", "http://[2606:4700::1111]/"):
        with pytest.raises(NotFetched):
            keep_result(url)
    assert [each[:2] for each in connects] == [("8.8.8.8", 80), ("8.8.8.8", 443), ("2606:4700::1111", 80)]


def test_only_the_sandbox_s_own_links_lead_to_the_sandbox(connects: Connects, settings: Settings) -> None:
    """Several teams share it, and it knows what each of them sent; another private gateway is not its business."""
    with listening(answer(b"GIF89a")) as sandbox, listening(answer(b"GIF89a")) as private:
        settings.SANDBOX_URL = sandbox.url
        settings.PRIVATE_ORIGINS = [sandbox.origin, private.origin]
        for url, gateway in ((sandbox.url, private.url), (private.url, sandbox.url)):
            keep_result(f"{url}/film.gif", f"{url}/v1")
            with pytest.raises((Blocked, NotFetched)):
                keep_result(f"{url}/film.gif", gateway)
        assert (len(sandbox.heard), len(private.heard)) == (1, 1)


@pytest.fixture
def fickle(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name server that says something public first, and this machine ever after."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def answered(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "fickle.example":
            return look_up(host, port, *more, **named)
        asked.append(name)
        first, later = [("8.8.8.8", "127.0.0.1"), ("2606:4700::1111", "::1")][len(asked) // 2 % 2]
        address = later if len(asked) % 2 == 0 else first
        kind = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(kind, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    return asked


def test_a_name_is_asked_for_once_and_what_was_checked_is_connected(connects: Connects, fickle: list[str]) -> None:
    """A check apart from the connect would ask twice and get the other answer."""
    for number in range(100):
        with pytest.raises((Blocked, NotFetched)):
            keep_result("http://fickle.example/")
        assert len(fickle) == number + 1
    assert {each[0] for each in connects} == {"8.8.8.8", "2606:4700::1111"}
    assert len(connects) == 50


def test_proxies_of_the_environment_carry_no_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(answer(b"proxied")) as proxy, listening(answer(b"straight")) as listener:
        for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "socks_proxy"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.upper(), proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.setenv(name, "")
        to = io.BytesIO()
        fetch(listener.url, private_origins=[listener.origin], to=to, max_bytes=100, deadline=2)
        assert to.getvalue() == b"straight"
        with pytest.raises(NotFetched):
            fetch("http://proxied.invalid/", private_origins=[], to=to, max_bytes=100, deadline=2)
        assert proxy.heard == []
