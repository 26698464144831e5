"""Addresses in a body, followed as a real gateway would: what it cannot fetch, it cannot use.

Only those on this machine, where the studio is: a sandbox has no business in the internet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

HERE = {"127.0.0.1", "localhost", "::1"}
SECONDS = 5.0
MOST = 1024 * 1024 * 1024
UNREACHED = "media-unreachable"  # noted on the call whose file could not be fetched


def look(body: Any, callback_url: str) -> list[str]:
    """The SHA-256 of each file behind the addresses of a body, in their order; "" for one that cannot be fetched."""
    return [fetched(url) for url in addresses(body) if url != callback_url]


def addresses(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from addresses(inner)
    elif isinstance(value, str) and value.startswith(("http://", "https://")) and host(value) in HERE:
        yield value


def host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def fetched(url: str) -> str:
    digest = hashlib.sha256()
    return digest.hexdigest() if read(url, digest.update, MOST) else ""


def read(url: str, take: Callable[[bytes], object], most: int) -> bool:
    """Hand the bytes of a file to `take`, piece by piece. False where it is not there, or larger than `most`."""
    size = 0
    try:
        with httpx.Client(trust_env=False, timeout=SECONDS) as client, client.stream("GET", url) as answer:
            if answer.status_code != 200:
                return False
            for chunk in answer.iter_raw():
                take(chunk)
                size += len(chunk)
                if size > most:
                    return False
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False
    return True
