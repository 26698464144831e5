"""A server on this machine that keeps what it is sent, byte for byte, and answers with a short text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Heard:
    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def parts(self) -> list[tuple[str, str, bytes]]:
        """Name, file name ("" for none) and bytes of each part."""
        boundary = self.headers.get_param("boundary")
        pieces = self.body.split(b"--" + str(boundary).encode())
        assert (pieces[0], pieces[-1]) == (b"", b"--\r\n")
        return [part_of(piece[2:-2]) for piece in pieces[1:-1]]


def part_of(piece: bytes) -> tuple[str, str, bytes]:
    head, _, data = piece.partition(b"\r\n\r\n")
    words = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
    return words["name"], words.get("filename", ""), data


@dataclass
class Recorder:
    url: str = ""
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def recording() -> Iterator[Recorder]:
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            recorder.heard.append(Heard(self.command, self.path, self.headers, self.content()))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = answer

        def content(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made = b""
            while size := int(self.rfile.readline(), 16):
                made += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return made

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    recorder.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
