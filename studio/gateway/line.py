"""One open connection to the gateway, and the transport that makes a new one for each request."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import httpcore
import httpx

from studio.gateway.deadline import Deadline


class Line(httpcore.NetworkStream):
    """A socket whose every step is cut to what is left of the deadline: who drips bytes cannot outlive it."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self.socket = connected
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with told_as(httpcore.ReadTimeout, httpcore.ReadError):
            self.socket.settimeout(self.deadline.left(timeout))
            return self.socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        with told_as(httpcore.WriteTimeout, httpcore.WriteError):
            while rest:
                self.socket.settimeout(self.deadline.left(timeout))
                rest = rest[self.socket.send(rest) :]

    def close(self) -> None:
        self.socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Line:
        try:
            with told_as(httpcore.ConnectTimeout, httpcore.ConnectError):
                self.socket.settimeout(self.deadline.left(timeout))
                return Line(ssl_context.wrap_socket(self.socket, server_hostname=server_hostname), self.deadline)
        except BaseException:
            self.close()
            raise


@contextmanager
def told_as(timeout: type[Exception], other: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as fault:
        raise timeout(str(fault)) from fault
    except OSError as fault:
        raise other(str(fault)) from fault


class Wire(httpx.BaseTransport):
    """Carries one request over one new connection through the given backend; no proxy, no retry, nothing kept open."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=certificates(), max_keepalive_connections=0, retries=0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self.pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        body = Body(answer.stream)  # type: ignore[arg-type]
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        self.pool.close()


class Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self.stream

    def close(self) -> None:
        close = getattr(self.stream, "close", None)
        if close:
            close()


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The body as it comes; in one piece from a replaced transport that has read it already."""
    return iter([response.content]) if response.is_stream_consumed else response.iter_raw()


@cache
def certificates() -> ssl.SSLContext:
    """The trusted certificates: read once, as reading them takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)
