"""The parts of a form: as curl's `--form` writes one, and as a browser records all of them."""

from __future__ import annotations

import re
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


def recorded(text: str, content_type: str) -> list[Part]:
    """The parts of a body of this type, as it went over the wire; none where it has no parts."""
    said = _BOUNDARY.search(content_type) if "multipart/" in content_type.lower() else None
    if said is None:
        return []
    line = re.compile(rf"(?:^|\r?\n)--{re.escape(said[1] or said[2])}(?:--)?[ \t]*(?=\r?\n|$)")
    return [part for piece in line.split(text)[1:] if (part := _part(piece))]


def _part(piece: str) -> Part | None:
    """None for what has no name, and for a file that was not chosen."""
    head = re.match(r"(?:\r?\n[^\r\n]+)*", piece)
    blank = re.compile(r"\r?\n\r?\n").match(piece, head.end()) if head else None
    if head is None or blank is None:
        return None
    said = {name.lower(): _plain(word) for name, word in _SAID.findall(head[0])}
    if "name" not in said or said.get("filename") == "":
        return None
    return Part(said["name"], piece[blank.end() :], said.get("filename", ""))


def _plain(word: str) -> str:
    for written, sign in _BROWSERS.items():
        word = word.replace(written, sign)
    return re.sub(r'\\(["\\])', r"\1", word)
