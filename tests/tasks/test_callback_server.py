"""The callbacks' door of a real web server under abuse: bodies without an end, bodies that drip, floods."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from studio.asgi import THREADS
from studio.files.spooling import EACH
from studio.tasks.desk import PER_MINUTE
from tests import plain
from tests.postgresql import free_port
from tests.processes import House, eventually, house

pytestmark = pytest.mark.slow
FLOOD = 1000  # callbacks to one address
WIRES = 16  # connections on which they come: more than the server has threads
QUICK = 2.0  # seconds that a page of others may take meanwhile, where other tests run beside
MEGABYTE = 1024 * 1024
ADDRESSES = """
from django.conf import settings
from studio.tasks.address import mac
print(*(f"/callback/{n:032x}/{mac(f'{n:032x}', settings.SECRET_KEY)}/" for n in range(60)))
"""
KEPT = """
from studio.tasks.models import Callback
from studio.teams.scope import across_teams
with across_teams():
    print(Callback.objects.filter(public_id="{name}").count())
"""
VISITOR = """
from studio.teams.models import User
from studio.teams.scope import across_teams
from studio.teams.signin import new_link
from tests.factories import make_attempt, make_task, make_team
with across_teams():
    team = make_team("Others", owner="olga")
    task = make_task(team, team.people.get())
    make_attempt(task)
print(task.pk, new_link(team.people.get()))
"""

GUEST = """
from studio.teams.signin import new_link
from tests.factories import make_team
print(new_link(make_team("Team of {name}", owner="{name}").people.get()))
"""


@dataclass
class Site:
    house: House
    port: int
    process: int
    paths: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, path: str, *headers: str) -> socket.socket:
        """A connection on which the head of a callback was sent."""
        wire = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        kind = [] if any(each.startswith("Content-Type") for each in headers) else ["Content-Type: application/json"]
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *kind, *headers]
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return wire

    def memory(self) -> int:
        """Megabytes that the server has ever held."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

    def kept(self, path: str) -> int:
        return int(self.house.do(KEPT.format(name=path.split("/")[2])))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    port = free_port()
    with house(STUDIO_PUBLIC_URL=f"http://127.0.0.1:{port}", STUDIO_DEBUG="1") as made:
        assert made.run("manage.py", "migrate", "-v0", within=60).returncode == 0
        web = made.start("-m", "uvicorn", "studio.asgi:application", "--port", str(port), "--no-access-log")
        site = Site(made, port, web.process.pid, made.do(ADDRESSES).split())
        eventually(lambda: answers(site), within=60, what="the web server does not answer")
        yield site


def answers(site: Site) -> bool:
    try:
        return plain.post(site.url + site.paths[-1], content=b"{}").status_code == 200
    except httpx.HTTPError:
        return False


def test_of_a_gigabyte_no_more_is_read_than_is_ever_kept(site: Site) -> None:
    """Told in its head or sent in chunks, at a right address or a wrong one: one answer, and the end."""
    chunk = b"100000\r\n" + bytes(MEGABYTE) + b"\r\n"
    before = site.memory()
    for path, status in ((site.paths[0], b"413"), (site.paths[0][:-2] + "x/", b"404")):
        for header, piece in (("Transfer-Encoding: chunked", chunk), ("Content-Length: 1073741824", bytes(MEGABYTE))):
            with site.connect(path, header) as wire:
                sent = 0
                try:
                    while sent < 1024:
                        wire.sendall(piece)
                        sent += 1
                except ConnectionError:
                    pass
                assert sent < 64  # what the system's own buffers hold
                assert wire.recv(100).split()[1] == status
    assert site.memory() - before <= 20
    assert site.kept(site.paths[0]) == 0


def test_bodies_that_drip_hold_up_nobody(site: Site) -> None:
    """More of them than there are threads, callbacks and forms."""
    wires = [site.connect(path, "Content-Length: 1000") for path in site.paths[: THREADS + 4]]
    wires += [site.connect("/accounts/login/", "Content-Length: 1000", "Cookie: csrftoken=a") for _ in range(THREADS)]
    try:
        for _ in range(3):
            for wire in wires:
                wire.sendall(b"{")
            assert plain.post(site.url + site.paths[50], content=b"{}", timeout=5).status_code == 200
            assert plain.get(f"{site.url}/accounts/login/", timeout=5).status_code == 200
        wires[0].sendall(b" " * 997)
        assert wires[0].recv(100).startswith(b"HTTP/1.1 200")
    finally:
        for wire in wires:
            wire.close()
    assert (site.kept(site.paths[0]), site.kept(site.paths[1])) == (1, 0)


def test_large_forms_that_drip_hold_up_nobody_and_fill_no_disk(site: Site) -> None:
    """More of them than there are threads, each with a file of a terabyte as its part, or with a form of 2 MB."""
    cookie = plain.get(f"{site.url}/accounts/login/").cookies["csrftoken"]
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    parts = ["Content-Type: multipart/form-data; boundary=x", f"Content-Length: {10**12}"]
    form = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 2000000"]
    wires = []
    for number in range(2 * THREADS + 4):
        wires.append(site.connect("/accounts/login/", f"Cookie: csrftoken={cookie}", *(form, parts)[number % 2]))
        wires[-1].sendall(head + bytes(330 * 1024))
    try:
        for _ in range(3):
            for number, wire in enumerate(wires):
                if not number % 2:
                    wire.sendall(bytes(6144))
            assert plain.post(site.url + site.paths[51], content=b"{}", timeout=5).status_code == 200
            assert plain.get(f"{site.url}/accounts/login/", timeout=5).status_code == 200
        assert {wire.recv(100).split()[1] for wire in wires[1::2]} == {b"400"}  # 413 without STUDIO_DEBUG
    finally:
        for wire in wires:
            wire.close()


UPLOADS = """
from studio.files.models import File
from studio.teams.scope import across_teams
with across_teams():
    print(*File.objects.values_list("size", flat=True))
"""


def test_uploads_that_drip_keep_no_thread_and_no_place_of_others(site: Site) -> None:
    visitors = [plain.get(site.house.do(GUEST.format(name=name))).cookies for name in ("uma", "ugo")]
    token = plain.get(f"{site.url}/compose/", cookies=visitors[0]).cookies.get("csrftoken", "a" * 32)

    def heads(cookies: httpx.Cookies) -> list[str]:
        told = "; ".join(f"{name}={value}" for name, value in cookies.items() if name != "csrftoken")
        return [f"Cookie: {told}; csrftoken={token}", f"X-CSRFToken: {token}", "X-File-Name: a.txt"]

    wires = [
        site.connect("/files/add/?takes=file", *heads(visitors[0]), "Content-Length: 1000000")
        for _ in range(THREADS + 4)
    ]
    try:
        for _ in range(3):
            for wire in wires:
                wire.sendall(b"x")
            assert plain.get(f"{site.url}/accounts/login/", timeout=5).status_code == 200
        answered = [wire for wire in wires if ended(wire)]
        assert len(answered) == THREADS + 4 - EACH
        with site.connect("/files/add/?takes=file", *heads(visitors[1]), "Content-Length: 5") as wire:
            wire.sendall(b"hello")
            assert wire.recv(100).split()[1] == b"200"
    finally:
        for wire in wires:
            wire.close()
    assert site.house.do(UPLOADS) == "5"


def ended(wire: socket.socket) -> bool:
    """Whether it was answered, with a sentence."""
    wire.settimeout(1)
    try:
        return wire.recv(100).split()[1] == b"422"
    except TimeoutError:
        return False


def test_a_flood_on_one_address_is_bounded_and_harms_nobody_else(site: Site) -> None:
    """Beyond what one address may bring a minute, it is told to come later; others call and read as if nothing was."""
    target, over = site.paths[10], threading.Event()
    task, link = site.house.do(VISITOR).split()
    signed_in = plain.get(link).cookies
    before = site.memory()

    def pour(count: int) -> Counter[int]:
        with httpx.Client(base_url=site.url, timeout=60) as client:
            return Counter(client.post(target, content=b'{"task_id": "g"}').status_code for _ in range(count))

    def again_and_again(ask: Callable[[httpx.Client, int], int]) -> list[float]:
        """The seconds that each took, sorted."""
        took: list[float] = []
        with httpx.Client(base_url=site.url, timeout=60, cookies=signed_in) as client:
            while not over.is_set() or len(took) < 20:
                began = time.monotonic()
                assert ask(client, len(took)) == 200
                took.append(time.monotonic() - began)
                time.sleep(0.05)
        return sorted(took)

    others: dict[str, Callable[[httpx.Client, int], int]] = {
        "a callback": lambda client, n: client.post(site.paths[20 + n % 30], content=b"{}").status_code,
        "/livez": lambda client, _: client.get("/livez").status_code,
        "a task page": lambda client, _: client.get(f"/tasks/{task}/").status_code,
    }
    with ThreadPoolExecutor(WIRES + len(others)) as pool:
        began = time.monotonic()
        waiting = {name: pool.submit(again_and_again, ask) for name, ask in others.items()}
        got = sum((each.result() for each in [pool.submit(pour, FLOOD // WIRES) for _ in range(WIRES)]), Counter[int]())
        seconds = time.monotonic() - began
        over.set()
        took = {name: each.result() for name, each in waiting.items()}
    grown = site.memory() - before
    p95 = {name: each[len(each) * 95 // 100] for name, each in took.items()}
    print(f"{got.total()} in {seconds:.1f} s: {dict(got)}; p95 {p95}; {grown} MB more")
    assert set(got) <= {200, 429}
    assert got.total() == FLOOD // WIRES * WIRES
    minutes = 1 + int(seconds // 60)
    assert PER_MINUTE <= got[200] <= (PER_MINUTE + THREADS) * minutes
    assert site.kept(target) == got[200]
    assert {name: each for name, each in p95.items() if each > QUICK} == {}
    assert grown <= 40
