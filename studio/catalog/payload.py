"""Raw payloads as values, and values as words, numbers and lists. Nothing here ever raises."""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import jmespath
import jmespath.exceptions

from . import exact, storable
from .conditions import word
from .schema import Expression, Expressions

STREAM_STARTS = ("data:", "event:", "id:", ":")
LONGEST_TEXT = 2000
LONGEST_ID = 200
MOST_UNPACKED = 8 * 1024 * 1024  # bytes of JSON, as many as of a plain answer
GZIP = 31  # zlib's word for it
_HALF = re.compile("[\ud800-\udfff\0]")  # no id has any
_LINE_END = re.compile("[\r\n]+")  # and no other: U+2028 may stand in a text
_PERCENT = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,20})?)\s*+(%?)\s*+")
_PROXY_WORDS = {
    520: "Unknown Error",
    521: "Web Server Is Down",
    522: "Connection Timed Out",
    523: "Origin Is Unreachable",
    524: "A Timeout Occurred",
    525: "SSL Handshake Failed",
    529: "Site Is Overloaded",
}


def parsed(payload: object, *, form: bool) -> object:
    """JSON out of text or bytes; with `form` also form parts, those that hold JSON read too.

    What is neither comes back as text or bytes. The events of a stream keep their half characters: the other half may
    stand in the next one.
    """
    if isinstance(payload, bytes | bytearray | memoryview):
        raw = bytes(payload)
        try:
            payload = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw
    if not isinstance(payload, str):
        return payload
    text = payload.strip().removeprefix("\ufeff")
    if text[:1] in {"{", "["}:
        return storable.storable(_json(text, payload))
    if text.startswith(STREAM_STARTS):
        return _events(text) or payload
    if text == "null":
        return None
    if form and "=" in text and "\n" not in text and "<" not in text:
        parts = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=None))
        read = {name: _json(part, part) if part[:1] in {"{", "["} else part for name, part in parts.items()}
        return {storable.text(name): storable.storable(part) for name, part in read.items()} or payload
    return payload


class Events(list[Any]):
    """The events of a stream, in order: the JSON of its `data:` lines, and `[DONE]` as that text."""

    @property
    def error(self) -> dict[str, Any] | None:
        """The event that says that the rest will not come."""
        return next((each for each in self if isinstance(each, dict) and each.get("error")), None)


def _events(text: str) -> Events:
    events = Events()
    for line in _LINE_END.split(text):
        data = line.strip()
        while data.startswith("data:"):  # some gateways write it twice
            data = data[5:].strip()
        if line.startswith("data:") and data.startswith("{") and (event := _json(data, "")):
            events.append(event)
        elif line.startswith("data:") and data == "[DONE]":
            events.append(data)
    return events


def _json(text: str, otherwise: str) -> object:
    try:
        return exact.loads(text)
    except ValueError:
        pass
    try:
        value = json.loads(text, parse_constant=lambda _: None, strict=False)  # kinder: NaN, a key twice, half a sign
        storable.storable(value)  # not too deep
    except (ValueError, RecursionError):
        return otherwise
    return value


@cache
def _names(text: str) -> tuple[str, ...] | None:
    """The members that an expression goes through, where it does nothing else: nearly all are so, and the interpreter
    takes ten times as long for it."""
    return _members(jmespath.compile(text).parsed)


def _members(node: Mapping[str, Any]) -> tuple[str, ...] | None:
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] != "subexpression":
        return None
    inner = [_members(child) for child in node["children"]]
    return None if None in inner else tuple(name for names in inner if names for name in names)


def find(expression: Expression, payload: object) -> Any:
    """What an expression finds; None where it finds nothing or does not fit the payload."""
    if (names := _names(expression.expression)) is not None:
        for name in names:
            payload = payload.get(name) if isinstance(payload, dict) else None
        return payload
    try:
        return expression.search(payload)
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, AttributeError, LookupError):
        return None
    except (RecursionError, OverflowError, ArithmeticError):
        return None


def first(expressions: Expressions, payload: object) -> Any:
    """The first finding that says something: no null, no empty text, no empty list, not false."""
    for expression in expressions:
        found = find(expression, payload)
        if found is not None and found is not False and found not in ("", [], {}):
            return found
    return None


def clean(text: str) -> str:
    """Text of bearable length that any database keeps."""
    return storable.text(text[:LONGEST_TEXT]).strip()


def sentence(value: object) -> str:
    """The words of an error in whatever shape it comes: text, a list of texts, an object with a message."""
    if isinstance(value, list):
        return clean("; ".join(filter(None, (sentence(item) for item in value[:20] if not isinstance(item, list)))))
    if isinstance(value, dict):
        inner = (value.get(key) for key in ("message", "msg", "error", "detail"))
        return next((clean(each) for each in inner if isinstance(each, str) and each.strip()), "")
    if isinstance(value, bool) or value is None:
        return ""
    return clean(word(value))


def ids(value: object, separator: str) -> tuple[str, ...]:
    """Gateway ids as texts, each once, in order."""
    words: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        text = "" if isinstance(item, bool) else word(item).strip()
        words += text.split(separator) if separator else [text]
    whole = (text.strip() for text in words)
    return tuple(dict.fromkeys(t for t in whole if 0 < len(t) <= LONGEST_ID and not _HALF.search(t)))


def flat(value: object) -> list[str]:
    """All texts in nested lists, in order."""
    texts: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, str) and item.strip():
            texts.append(item)
    return texts


def whole(value: object) -> list[str]:
    """A value as one JSON text, its numbers as they were written; none where there is none."""
    try:
        return [] if value is None else [exact.dumps(value)]
    except (ValueError, TypeError, RecursionError):
        return []


def unpacked(value: object) -> list[str]:
    """The JSON text inside base64 of gzip, as it stands there; none where there is none, or too much.

    Our own reader, which keeps numbers as they are written, takes seconds for a megabyte of brackets: the text is kept.
    """
    try:
        packed = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
        text = zlib.decompressobj(GZIP).decompress(packed, MOST_UNPACKED + 1)
        if len(text) > MOST_UNPACKED or json.loads(text, parse_constant=_refuse) is None:
            return []
        return [text.decode().strip()]
    except (ValueError, zlib.error, RecursionError):
        return []


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def joined(pieces: object, *, data: bool = False) -> list[str]:
    """Pieces `{"by", "text"}` put together: one text for each `by`, in the order of its numbers. `data` is base64."""
    texts: dict[str, list[str]] = {}
    order: dict[str, float] = {}
    for piece in pieces if isinstance(pieces, list) else []:
        if isinstance(piece, dict) and isinstance(text := piece.get("text"), str):
            by = word(piece.get("by"))
            order.setdefault(by, number(by) or 0.0)
            texts.setdefault(by, []).append(text)
    join = glued if data else "".join
    whole = (join(texts[by]) for by in sorted(texts, key=order.__getitem__))
    return [text for text in whole if text.strip()]


def glued(pieces: Sequence[str]) -> str:
    """Base64 in pieces as one text. A piece may be whole by itself: then what fills up its end stands in the middle."""
    if any("=" in piece for piece in pieces[:-1]):
        try:
            return base64.b64encode(b"".join(base64.b64decode(piece, validate=True) for piece in pieces)).decode()
        except ValueError:
            pass
    return "".join(pieces)


def number(value: object) -> float | None:
    """A finite number out of a number or its text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def percent(value: object, *, fraction: bool) -> int | None:
    """Progress 0 to 100 out of 35, "35%", "0.35" or 0.35; None for words, and for what is out of reason."""
    text = value if isinstance(value, str) else "" if isinstance(value, bool) else repr(number(value))
    match = _PERCENT.fullmatch(text)
    if not match:
        return None
    share = float(match[1]) * (100 if fraction and not match[2] else 1)
    return min(100, int(share + 1e-9))


def money(value: object) -> Decimal | None:
    """A cost as it was written, exact."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value.literal if isinstance(value, exact.Number) else word(value).strip()
    try:
        amount = Decimal(text) if len(text) <= 40 else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and -15 < amount.adjusted() < 15 else None


def yes_or_no(value: object) -> bool | None:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(word(value).lower())


def status_words(status: int) -> str:
    """ "HTTP 502 Bad Gateway"."""
    try:
        words = HTTPStatus(status).phrase
    except ValueError:
        words = _PROXY_WORDS.get(status, "")
    return f"HTTP {status} {words}".strip()
