"""The program itself: it starts, speaks on a real socket, breaks answers for real and stops at once."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from studio.sandbox.app import App, make_app
from studio.sandbox.server import Server
from tests import plain
from tests.sandbox.rig import Rig

ROOT = Path(__file__).parents[2]


def start(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "studio.sandbox", *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(make_app(speed=2000, ticking=True), "127.0.0.1", 0) as server:
        yield server


@pytest.fixture
def served(server: Server) -> Iterator[Rig]:
    with httpx.Client(base_url=server.url, timeout=5, verify=False) as client:
        rig = Rig(client)
        client.post("/_sandbox/wipe")
        rig.play()
        yield rig


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_answers_and_stops_within_a_second(sign: signal.Signals) -> None:
    with start("--port", "0", "--speed", "40") as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        told = plain.get(f"{found[0]}/_sandbox/state").json()
        assert told["speed"] == 40.0
        asked = time.monotonic()
        os.kill(program.pid, sign)
        assert program.wait(5) == 0
        assert time.monotonic() - asked < 1
        assert program.communicate()[1] == ""


@pytest.mark.slow
def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start("--port", str(port)) as program:
            out, err = program.communicate(timeout=10)
    assert (program.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in err


@pytest.mark.slow
def test_it_knows_no_django_and_nothing_else_of_ours() -> None:
    code = """
import sys
import studio.sandbox.__main__
ours = {name.split(".")[1] for name in sys.modules if name.startswith("studio.")}
assert ours == {"sandbox"}, ours
assert not [name for name in sys.modules if name.split(".")[0] == "django"]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_task_runs_by_itself_and_calls_back(served: Rig) -> None:
    """The sandbox calls itself back: its own 404 is the answer that is noted."""
    served.generate(callback_url=f"{served.client.base_url}/callback/one/")
    statuses: list[int] = []
    for _ in range(400):
        statuses = [line["status"] for line in served.client.get("/_sandbox/state").json()["tasks"][0]["callbacks"]]
        if statuses == [404] * 3:
            break
        time.sleep(0.01)
    assert statuses == [404] * 3


def test_an_early_callback_is_there_before_the_answer(served: Rig) -> None:
    served.play(early_callback=1)
    served.generate(callback_url=f"{served.client.base_url}/callback/early/")
    told = served.client.get("/_sandbox/state").json()["tasks"][0]["callbacks"]
    assert [(line["says"], line["status"]) for line in told] == [("running", 404), ("succeeded", 404)]


def test_an_answer_that_never_comes_is_a_timeout(served: Rig) -> None:
    served.play(hang=1)
    served.client.timeout = 0.3
    with pytest.raises(httpx.ReadTimeout):
        served.generate()
    assert served.ledger()["charged"] == "60"


@pytest.mark.parametrize(("name", "points"), [("no-answer", "60"), ("no-answer-before", "0")])
def test_a_connection_that_closes_without_an_answer(served: Rig, name: str, points: str) -> None:
    served.play(**{name: 1})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        served.generate()
    assert served.ledger()["charged"] == points


def test_an_answer_that_breaks_off_half_way(served: Rig) -> None:
    served.play(cut_answer=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        served.generate()
    assert served.ledger()["charged"] == "60"


def test_one_connection_serves_many_requests(served: Rig) -> None:
    with socket.create_connection(("127.0.0.1", served.client.base_url.port or 0), timeout=5) as line:
        for _ in range(3):
            line.sendall(b"HEAD / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("head", "status"),
    [("Transfer-Encoding: chunked", 411), ("Content-Length: much", 411), (f"Content-Length: {2**40}", 413)],
)
def test_a_body_without_a_fair_length_is_refused(served: Rig, head: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", served.client.base_url.port or 0), timeout=5) as line:
        line.sendall(f"POST /runway/v1/feed HTTP/1.1\r\nHost: sandbox\r\n{head}\r\n\r\n".encode())
        assert line.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())


def test_films_are_served_in_parts_over_the_socket(served: Rig) -> None:
    task_id = served.begin()
    served.step(1)
    task = served.feed(task_id)["data"]
    answer = served.client.get(task["poster"], headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (206, b"\xff\xd8")
    assert task["poster"].startswith(str(served.client.base_url))


def test_its_address_can_be_told(app: App) -> None:
    with httpx.Client(
        transport=httpx.WSGITransport(app=make_app(base="https://sandbox.example.com/")), base_url="http://inside"
    ) as client:
        assert Rig(client).finished()["video_url"].startswith("https://sandbox.example.com/media/")
