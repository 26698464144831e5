"""The parts of a form: as curl's `--form` writes one, and as a browser records all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\]|\\(?!["\\]))*)"')
_UP_TO_NEXT = re.compile(r"[^;]*")
_ABOUT = re.compile(r";[ \t]*(type|filename|headers|encoder)=[ \t]*", re.IGNORECASE)
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_SAID = re.compile(r';\s*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BROWSERS = {"%22": '"', "%0D": "\r", "%0A": "\n"}  # how they write these in a name


class Part(NamedTuple):
    """`file` is the name of the file that it was, "" for a text."""

    name: str
    text: str
    file: str = ""


def option_text(value: str) -> tuple[str, str]:
    """The text that curl sends for what stands behind `name=`, and what it cuts off besides what tells of the part (its
    type, a name of a file, headers, an encoder)."""
    text, at, cut = _word(value, len(value) - len(value.lstrip(" \t")))
    in_type = False
    while at < len(value):
        about = _ABOUT.match(value, at)
        if about or not in_type:
            word, at, more = _word(value, about.end() if about else at + 1)
            cut += more if about else f";{word}{more}"
            in_type = bool(about and about[1].lower() == "type")
        else:  # more of the type, as a charset
            at = _end(value, at + 1)
    return text, cut.strip()


def _word(value: str, at: int) -> tuple[str, int, str]:
    """What stands here up to the next semicolon, where that is, and what follows closing quotation marks before it."""
    if found := _QUOTED.match(value, at):
        end = _end(value, found.end())
        return re.sub(r'\\(["\\])', r"\1", found[1]), end, value[found.end() : end].strip()
    end = _end(value, at)
    return value[at:end].rstrip(), end, ""


def _end(value: str, at: int) -> int:
    found = _UP_TO_NEXT.match(value, at)
    return found.end() if found else at


def boundary_of(content_type: str) -> str:
    """What parts the parts of a body of this type; "" where it has none."""
    found = _BOUNDARY.search(content_type) if "multipart/" in content_type.lower() else None
    return (found[1] or found[2]) if found else ""


def recorded(text: str, boundary: str) -> Iterator[Part]:
    """The parts of a body as it went over the wire; a file that was not chosen is none."""
    line = re.compile(rf"(?:^|\r?\n)--{re.escape(boundary)}(?:--)?[ \t]*(?=\r?\n|$)")
    for piece in line.split(text)[1:]:
        head, blank, body = _parted(piece)
        said = {name.lower(): _plain(word) for name, word in _SAID.findall(head)}
        if blank and "name" in said and said.get("filename") != "":
            yield Part(said["name"], body, said.get("filename", ""))


def _parted(piece: str) -> tuple[str, str, str]:
    blank = re.search(r"\r?\n\r?\n", piece)
    return (piece[: blank.start()], blank[0], piece[blank.end() :]) if blank else (piece, "", "")


def _plain(word: str) -> str:
    for written, sign in _BROWSERS.items():
        word = word.replace(written, sign)
    return re.sub(r'\\(["\\])', r"\1", word)
