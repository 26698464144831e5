"""Requests over open connections, timed. Written by hand: a client that costs more than the server measures itself."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
CONNECTIONS = 16


class Timed(NamedTuple):
    """Seconds for all of them, and of each."""

    whole: float
    each: list[float]

    @property
    def rate(self) -> float:
        return len(self.each) / self.whole


class Line:
    """One connection that stays open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, host: str, port: int) -> Line:
        return cls(*await asyncio.open_connection(host, port))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for every other status than 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await self.reader.readexactly(int(length[1])) if length else b""
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{head.decode('latin-1').splitlines()[0]} {body[:200]!r}")
        return body

    def close(self) -> None:
        self.writer.close()


def post(host: str, port: int, path: str, body: bytes, content_type: str = "application/json") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def fire(host: str, port: int, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Timed:
    """All requests, each as soon as one of the connections is free."""
    return await spend(host, port, requests, connections, lambda _place: asyncio.sleep(0, 0.0))


async def paced(host: str, port: int, requests: Sequence[bytes], per_second: float) -> Timed:
    """So many a second, however slow the answers are: each is timed from the moment it should have left."""
    began = time.perf_counter()

    async def wait(place: int) -> float:
        due = began + place / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return due

    return await spend(host, port, requests, CONNECTIONS, wait)


async def spend(
    host: str, port: int, requests: Sequence[bytes], connections: int, wait: Callable[[int], Awaitable[float]]
) -> Timed:
    """`wait` holds a request back until its turn, and tells from when it is timed; 0 for when it left."""
    lines = [await Line.to(host, port) for _ in range(min(connections, len(requests)))]
    todo, took = iter(enumerate(requests)), []

    async def work(line: Line) -> None:
        for place, request in todo:
            from_when = await wait(place) or time.perf_counter()
            await line.ask(request)
            took.append(time.perf_counter() - from_when)

    began = time.perf_counter()
    try:
        await asyncio.gather(*(work(line) for line in lines))
    finally:
        for line in lines:
            line.close()
    return Timed(time.perf_counter() - began, took)
