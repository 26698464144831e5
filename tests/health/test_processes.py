"""Health with real processes: what stands still is noticed, what goes on again too, and busy threads hide nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest

from studio.arriving import AHEAD
from studio.asgi import THREADS
from studio.health.checks import CLOCK_LATE, QUEUE_LATE
from tests import plain
from tests.postgresql import free_port
from tests.processes import House, eventually, house
from tests.test_up import READY, child

pytestmark = pytest.mark.slow
TOKEN = "a-token-of-a-machine"
CLOCK = "\0up\0"
# Only with a cookie is the body read at all: the token that must be like it stands in the form.
HALF_A_FORM = b"\r\n".join(
    (
        b"POST /accounts/login/ HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Cookie: csrftoken=" + b"a" * 32,
        b"Content-Length: 1000000",
        b"",
        b"half=" + bytes(AHEAD),  # what comes before a thread is taken, and some more
    )
)


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
def busy_threads(address: str) -> Iterator[None]:
    """Every thread for pages waits for a form that does not come."""
    port = int(address.rpartition(":")[2])
    with ExitStack() as stack:
        for _ in range(THREADS):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(HALF_A_FORM)
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

        with busy_threads(address):
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
