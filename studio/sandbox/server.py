"""A small threaded HTTP/1.1 server whose answers can really hang, break off or never come."""

from __future__ import annotations

import socket
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from studio.sandbox.app import App
from studio.sandbox.talking import Socket
from studio.sandbox.wire import LARGEST_BODY, Broken, Switched, Talk

HANG = 600.0
IDLE = 75.0


class Server(ThreadingHTTPServer):
    """Serves one app. Use as a context: leaving it stops all. Raises OSError when the port is taken."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, app: App, host: str, port: int) -> None:
        self.app = app
        super().__init__((host, port), Handler)
        self._threads_of_ours = [
            threading.Thread(target=self.serve_forever, args=(0.1,), name="server", daemon=True),
            threading.Thread(target=app.world.keep_time, args=(app.stopped,), name="clock", daemon=True),
        ]

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def __enter__(self) -> Server:
        for thread in self._threads_of_ours:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.app.stopped.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; all else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection. An answer without a length is an event stream and goes in chunks; connections stay open."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    disable_nagle_algorithm = True
    is_chunked = False  # the answer that is being written has no length
    wbufsize = 64 * 1024

    def handle_any(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            return self.send_error(HTTPStatus.LENGTH_REQUIRED)
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            return self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            chunks = self.server.app(self._environ(length), self._start)
            for chunk in chunks:
                self._write(chunk)
            if self.is_chunked:
                self.wfile.write(b"0\r\n\r\n")
        except Switched as switched:
            self._talk(switched.talk, switched.pause)
        except Broken as broken:
            self._break(broken)
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

    def _start(self, status: str, headers: list[tuple[str, str]]) -> None:
        code, _, phrase = status.partition(" ")
        self.is_chunked = all(name != "Content-Length" for name, _ in headers)
        self.send_response(int(code), phrase)
        for name, value in [*headers, *([("Transfer-Encoding", "chunked")] if self.is_chunked else [])]:
            self.send_header(name, value)
        self.end_headers()

    def _write(self, chunk: bytes) -> None:
        if self.is_chunked:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        else:
            self.wfile.write(chunk)

    def _break(self, broken: Broken) -> None:
        self.close_connection = True
        if broken.kind == "hang":
            self.connection.settimeout(HANG)
            self.connection.recv(1)  # ends when the caller gives up
        elif broken.kind == "cut":
            body = broken.answer.body
            length = ("Content-Length", str(len(body)))
            self._start("200 OK", [("Content-Type", broken.answer.content_type), length])
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def _talk(self, talk: Talk, pause: float) -> None:
        self.close_connection = True
        web_socket = Socket(self.connection, self.path, dict(self.headers.items()))
        try:
            if web_socket.accept():
                web_socket.hold(talk, partial(self.server.app.stopped.wait, pause))
        except Broken as broken:
            if broken.kind == "leave":
                web_socket.leave()
            else:
                self._break(broken)

    def _environ(self, length: str) -> dict[str, Any]:
        parts = urlsplit(self.path)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        return headers | {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": length,
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.server_address[1]),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
            "sandbox.socket": True,
        }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the ledger is the log."""
