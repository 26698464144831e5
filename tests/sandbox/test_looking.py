"""A running sandbox fetches the files that a body names on this machine, and nothing else."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from studio.sandbox.looking import look


class OneFile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/fox.png" else 404)
        self.end_headers()
        self.wfile.write(b"the fox")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def here() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), OneFile) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_what_can_be_fetched_is_told_by_its_checksum(here: str) -> None:
    body = {"image": f"{here}/fox.png", "callback_url": f"{here}/callback/", "list": [{"uri": f"{here}/gone.png"}]}
    assert look(body, f"{here}/callback/") == [hashlib.sha256(b"the fox").hexdigest(), ""]


def test_nothing_but_this_machine_is_asked() -> None:
    body = {"image": "https://img.example.com/fox.png", "prompt": "see http://127.0.0.1", "n": 1, "m": "http://[x"}
    assert look(body, "") == []
