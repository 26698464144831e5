"""Health with real processes: what stands still is noticed, what goes on again too, and busy threads hide nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import httpx
import pytest

from studio.asgi import THREADS
from studio.health.checks import CLOCK_LATE, QUEUE_LATE
from tests import plain
from tests.postgresql import free_port
from tests.processes import House, eventually, house
from tests.test_up import READY, child

pytestmark = pytest.mark.slow
TOKEN = "a-token-of-a-machine"
CLOCK = "\0up\0"
ADDRESSES = f"""
from django.conf import settings
from studio.tasks.address import mac
print(*(f"/callback/{{n:032x}}/{{mac(f'{{n:032x}}', settings.SECRET_KEY)}}/" for n in range({THREADS})))
"""
CALLBACK = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def failing(address: str) -> set[str]:
    """The names of the checks that fail; the status says the same."""
    answer = plain.get(f"{address}/readyz", timeout=10)
    names = {name for name, word in answer.json()["checks"].items() if word != "ok"}
    assert answer.status_code == (503 if names else 200)
    return names


def figure(address: str, name: str) -> float:
    text = plain.get(f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20).text
    found = re.search(rf"^studio_{re.escape(name)} (\S+)$", text, re.M)
    assert found, text
    return float(found.group(1))


@contextmanager
def standing_still(studio: House, word: str) -> Iterator[None]:
    """The program whose command line holds that word, with all its processes; not in the middle of a job."""
    group = os.getpgid(child(studio, word))

    def stopped() -> bool:
        os.killpg(group, signal.SIGSTOP)
        if any(mark.stat().st_size for mark in (studio.folder / "workers").glob("*")):
            os.killpg(group, signal.SIGCONT)
            return False
        return True

    eventually(stopped)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # `up` lost its patience
            os.killpg(group, signal.SIGCONT)


@contextmanager
def busy_threads(studio: House, address: str) -> Iterator[None]:
    """Every thread for pages has a callback to keep, and waits for a database that somebody else writes to."""
    port, paths = int(address.rpartition(":")[2]), studio.do(ADDRESSES).split()
    with ExitStack() as stack:
        writer = stack.enter_context(closing(sqlite3.connect(studio.folder / "studio.sqlite3", isolation_level=None)))
        writer.execute("BEGIN IMMEDIATE")
        for path in paths:
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(CALLBACK % path.encode())
        yield


def keeps_waiting(address: str) -> bool:
    try:
        plain.get(f"{address}/accounts/login/", timeout=0.5)
    except httpx.TimeoutException:
        return True
    return False


def test_what_stands_still_is_noticed_and_so_is_what_goes_on() -> None:
    with house(STUDIO_METRICS_TOKEN=TOKEN) as studio:
        port = free_port()
        studio.manage("up", "--no-sandbox", "--port", str(port)).says(READY, within=90)
        address = f"http://127.0.0.1:{port}"
        eventually(lambda: not failing(address), within=60, what="a fresh studio is not ready")

        with busy_threads(studio, address):
            eventually(lambda: keeps_waiting(address), what="pages are answered beside threads that are all busy")
            assert plain.get(f"{address}/livez", timeout=2).text == "ok"
            assert failing(address) == set()
            assert figure(address, "streams_open") == 0

        with standing_still(studio, "workers"):
            eventually(lambda: figure(address, 'queue_jobs{state="waiting"}') > 0)
            with standing_still(studio, CLOCK):
                eventually(lambda: "clock" in failing(address), within=CLOCK_LATE + 45)
                eventually(lambda: failing(address) == {"clock", "queue"}, within=QUEUE_LATE + 45)
        eventually(lambda: not failing(address), within=60, what="it goes on and is not ready")
