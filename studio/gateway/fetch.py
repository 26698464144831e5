"""Fetching a result from the link that the gateway gave: an address we do not trust, with no credentials."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import httpx

from studio.gateway.client import TIMED_OUT
from studio.gateway.deadline import Deadline
from studio.gateway.errors import DEAD_LINK, Blocked, NotFetched, gettext_noop
from studio.gateway.guard import Guard, Resolver, resolve
from studio.gateway.line import Wire, pieces

MOST_REDIRECTS = 3
WEB_PORTS = (80, 443)

BAD_LINK = gettext_noop("The result's link is not a web address.")
TOO_MANY_REDIRECTS = gettext_noop("The result's link leads from one address to the next without end.")
NOT_THERE = gettext_noop("The result's link no longer works.")
BAD_STATUS = gettext_noop("The server of the result's link answered with an error.")
PACKED = gettext_noop("The file came compressed although that was not asked for.")
TOO_LARGE = gettext_noop("The file is larger than the studio keeps.")
NOT_IN_TIME = gettext_noop("The file did not come in time.")
BROKEN_OFF = gettext_noop("The connection broke before the whole file was here.")
EMPTY = gettext_noop("The file is empty.")


@dataclass(frozen=True)
class Fetched:
    """`media_type` is what the server claims, without parameters: never trust it. `size` is in bytes."""

    media_type: str
    size: int
    sha256: str


def fetch(
    url: str,
    *,
    private_origins: Sequence[str],
    to: BinaryIO,
    max_bytes: int,
    deadline: float,
    transport: httpx.BaseTransport | None = None,
    resolver: Resolver = resolve,
) -> Fetched:
    """Write the file behind a link into `to`; `deadline` is in seconds, for all redirects together.

    Raises `Blocked` (a private address, now or after a redirect) or `NotFetched`. What `to.write` raises comes through.
    """
    limit = Deadline(deadline)
    guard = Guard(limit, private_origins, ports=WEB_PORTS, resolver=resolver)
    here = url
    for _ in range(MOST_REDIRECTS + 1):
        line = transport or Wire(guard)
        try:
            with answered(line, here, limit) as response:
                if not response.has_redirect_location:
                    media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
                    size, sha256 = pour(response, to, max_bytes, limit)
                    return Fetched(media_type, size, sha256)
                here = next_address(here, response.headers["location"])
        finally:
            if line is not transport:
                line.close()
    raise NotFetched(TOO_MANY_REDIRECTS, permanent=True)


@contextmanager
def answered(line: httpx.BaseTransport, url: str, limit: Deadline) -> Iterator[httpx.Response]:
    request = request_for(url)
    with told_plainly():
        response = line.handle_request(request)
    try:
        yield response
    finally:
        response.close()


def request_for(url: str) -> httpx.Request:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "prompt-studio"}
    try:
        request = httpx.Request("GET", url, headers=headers)
    except (httpx.InvalidURL, ValueError) as fault:
        raise NotFetched(BAD_LINK, permanent=True) from fault
    if request.url.scheme not in {"http", "https"} or not request.url.host or request.url.userinfo:
        raise NotFetched(BAD_LINK, permanent=True)
    return request


def next_address(here: str, location: str) -> str:
    try:
        return str(httpx.URL(here).join(location))
    except (httpx.InvalidURL, ValueError) as fault:
        raise NotFetched(BAD_LINK, permanent=True) from fault


def pour(response: httpx.Response, to: BinaryIO, max_bytes: int, limit: Deadline) -> tuple[int, str]:
    """The body into `to`, counted and hashed on its way: (bytes, SHA-256 in hex)."""
    check_head(response, max_bytes)
    size, digest = 0, hashlib.sha256()
    for chunk in chunks(response, limit):
        size += len(chunk)
        if size > max_bytes:
            raise NotFetched(TOO_LARGE, permanent=True)
        digest.update(chunk)
        to.write(chunk)
    if not size:
        raise NotFetched(EMPTY)
    return size, digest.hexdigest()


def check_head(response: httpx.Response, max_bytes: int) -> None:
    if response.status_code in DEAD_LINK:
        raise NotFetched(NOT_THERE, status=response.status_code)
    if response.status_code != 200:
        raise NotFetched(BAD_STATUS, status=response.status_code)
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise NotFetched(PACKED, status=200)
    claimed = response.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed) > max_bytes:
        raise NotFetched(TOO_LARGE, status=200, permanent=True)


def chunks(response: httpx.Response, limit: Deadline) -> Iterator[bytes]:
    stream = pieces(response)
    while True:
        with told_plainly():
            chunk = next(stream, None)
            limit.left()
        if chunk is None:
            return
        yield chunk


@contextmanager
def told_plainly() -> Iterator[None]:
    """What the HTTP library raises, as `NotFetched`."""
    try:
        yield
    except Blocked:
        raise
    except TIMED_OUT as fault:
        raise NotFetched(NOT_IN_TIME) from fault
    except Exception as fault:
        raise NotFetched(BROKEN_OFF) from fault


def link_dies_at(url: str) -> datetime | None:
    """When a signed link expires, by the parameters that the usual stores sign with; None where it does not say."""
    try:
        query = {name.lower(): values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
        return read_expiry(query)
    except (ValueError, LookupError, TypeError, ArithmeticError, OSError):
        return None


def read_expiry(query: dict[str, str]) -> datetime | None:
    for maker in ("x-amz", "x-goog", "x-oss", "x-tos"):
        if f"{maker}-date" in query and f"{maker}-expires" in query:
            signed = datetime.strptime(query[f"{maker}-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed + timedelta(seconds=int(query[f"{maker}-expires"]))
    if "q-sign-time" in query:
        return moment(query["q-sign-time"].split(";")[1])
    if "se" in query and "sig" in query:
        found = datetime.fromisoformat(query["se"].replace("Z", "+00:00"))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if "_jwt" in query:
        claims = query["_jwt"].split(".")[1]
        return moment(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    return next((moment(query[name]) for name in ("expires", "exp", "expire", "e") if name in query), None)


def moment(unix: str | int) -> datetime | None:
    """Unix seconds as a moment; other numbers (a count of seconds, milliseconds) say nothing certain."""
    seconds = int(unix)
    return datetime.fromtimestamp(seconds, UTC) if 1_000_000_000 < seconds < 10_000_000_000 else None
