"""What came back from the gateway, whole; and how its bytes are read."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from studio.catalog.storable import storable

FILES = frozenset({"audio", "image", "video"})
NO_MONEY = ("insufficient_user_quota", "insufficient_quota", "pre_consume_token_quota_failed")


@dataclass(frozen=True)
class Answer:
    """`payload` is the parsed JSON; the text where the body is no JSON; the bytes where it is no text. `seconds` is how
    long the call took. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    payload: object
    seconds: float

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        """An answer from its bytes: fresh from the wire, or from where they were stored."""
        return cls(status, headers, body, read_payload(body, headers.get("content-type", "")), seconds)

    @property
    def stops_key(self) -> bool:
        """No further call with this key makes sense: it is unknown, unpaid or forbidden, or the address redirects."""
        return self.status in {401, 402, 403} or 300 <= self.status < 400 or self.is_out_of_money

    @property
    def is_out_of_money(self) -> bool:
        """A spent balance that comes dressed as 429 "too many requests"."""
        return self.status == 429 and any(code in self.error_words for code in NO_MONEY)

    @property
    def error_words(self) -> str:
        """Codes, types and messages of an error, in lower case, to look for known words in."""
        if not isinstance(self.payload, dict):
            return self.payload.lower() if isinstance(self.payload, str) else ""
        error = self.payload.get("error")
        parts = [self.payload, error if isinstance(error, dict) else {"message": error}]
        return " ".join(str(part.get(name)) for part in parts for name in ("code", "type", "message", "msg")).lower()

    @property
    def retry_after(self) -> float | None:
        """Seconds that the gateway asks us to wait, told as a number or a date; None where it says nothing: a zero or a
        moment that is past, as a clock that goes wrong tells it, is no wait either."""
        text = self.headers.get("retry-after", "").strip()
        try:
            seconds = float(text)
        except ValueError:
            seconds = seconds_until(text)
        return seconds if math.isfinite(seconds) and seconds > 0 else None


def seconds_until(date: str) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def unpack(body: bytes, encoding: str, at_most: int) -> bytes:
    """Undo a compression that we did not ask for; what cannot be undone within `at_most` bytes stays as it came."""
    window = {"gzip": 31, "x-gzip": 31, "deflate": 47}.get(encoding.strip().lower())
    if window is None:
        return body
    unzip = zlib.decompressobj(window)
    try:
        plain = unzip.decompress(body, at_most)
    except zlib.error:
        return body
    return plain if unzip.eof else body


def read_payload(body: bytes, content_type: str = "") -> object:
    """Bytes -> parsed JSON, else text, else the bytes themselves. Never raises; the result can be stored as JSON.

    Forgiving where an answer has been paid for: a byte order mark, a wrong content type, doubled keys (the last
    counts), NaN and Infinity (read as null), halves of a surrogate pair (read as �).
    """
    text = read_text(body, content_type)
    if text is None:
        return body
    try:
        return storable(json.loads(text, parse_constant=lambda _: None, strict=False))
    except (ValueError, RecursionError):
        return storable(text)


def is_stream(headers: Mapping[str, str]) -> bool:
    """Whether the body is an event stream."""
    return kind_of(headers.get("content-type", "")) == "text/event-stream"


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether the body claims to be a file."""
    kind = kind_of(headers.get("content-type", ""))
    return kind == "application/octet-stream" or kind.split("/")[0] in FILES


def kind_of(content_type: str) -> str:
    return content_type.split(";")[0].strip().lower()


def read_text(body: bytes, content_type: str) -> str | None:
    kind = kind_of(content_type)
    if kind == "text/event-stream":  # always UTF-8; one that broke off may end in the middle of a sign
        return body.decode("utf-8-sig", "ignore")
    if kind.split("/")[0] in FILES and not body.lstrip().startswith((b"{", b"[")):
        return None
    header = Message()
    header["content-type"] = content_type
    declared = header.get_content_charset() or ("gb18030" if header.get_content_maintype() == "text" else "")
    for charset in ("utf-8-sig", declared):
        try:
            text = body.decode(charset)
        except (LookupError, ValueError):
            continue
        return None if "\x00" in text and not text.lstrip().startswith(("{", "[")) else text
    return None
