"""Small gateways on real loopback sockets: each takes one connection and answers as its script says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[socket.socket, bytes], None]


@dataclass
class Listener:
    port: int
    heard: list[bytes] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.origin}"


@contextmanager
def listening(script: Script) -> Iterator[Listener]:
    """A server for as long as the block lasts; `script` gets each connection with the request that was read from it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        listener = Listener(server.getsockname()[1])

        def work() -> None:
            while not listener.stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    request = read_request(connection)
                    listener.heard.append(request)
                    script(connection, request)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.stop.set()
            thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Script:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def raw(data: bytes) -> Script:
    return lambda connection, _: connection.sendall(data)


def dripping(head: bytes, listener_stop: threading.Event, drop: bytes = b" ") -> Script:
    """A byte every 20 ms for as long as anybody listens."""

    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while not listener_stop.wait(0.02):
            connection.sendall(drop)

    return script
