"""What `echo` and `printf` write into a pipe, as bash means it, and what its backslashes mean. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.composer.imports.pasted import MOST

_SIGN = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
_PLACE = re.compile(r"%(.?)", re.DOTALL)


def said(words: list[str]) -> str | None:
    """The output of a command, without the line ends at its end, which no body means; None where nobody knows it."""
    program, given = words[0] if words else "", words[1:]
    if program == "echo":
        return echoed(given).rstrip("\n")
    made = printed(given) if program == "printf" else None
    return None if made is None else made.rstrip("\n")


def echoed(given: list[str]) -> str:
    """Only what stands first is an option; `-e` makes backslashes mean something."""
    is_read, at = False, 0
    while at < len(given) and re.fullmatch("-[neE]+", given[at]):
        is_read = "e" in given[at] or (is_read and "E" not in given[at])
        at += 1
    text = " ".join(given[at:])
    return unescaped(text) if is_read else text


def printed(given: list[str]) -> str | None:
    """The format is written until all values are used. None for a format that is more than texts and whole numbers,
    and where that makes more than anybody pastes."""
    given = given[1:] if given[:1] == ["--"] else given
    if not given or given[0].startswith("-"):
        return None
    pieces, values = _PLACE.split(given[0]), given[1:]
    places = pieces[1::2]  # every second one is the letter behind a percent sign
    if any(letter not in set("sbdi%") for letter in places) or "" in places:
        return None
    at_once = sum(letter != "%" for letter in places)
    texts = [unescaped(text) for text in pieces[::2]]
    made, length, at = list[str](), 0, 0
    while at == 0 or (at_once and at < len(values)):
        left = iter(values[at : at + at_once])
        filled = [one(letter, left) for letter in places] + [""]
        made.append("".join(text + value for text, value in zip(texts, filled, strict=True)))
        length += len(made[-1])
        if length > MOST:
            return None
        at += max(at_once, 1)
    return "".join(made)


def one(letter: str, left: Iterator[str]) -> str:
    """What stands in one place of a format. What has no value is empty, or none at all."""
    if letter == "%":
        return "%"
    value = next(left, "0" if letter in "di" else "")
    return unescaped(value) if letter == "b" else value


def unescaped(text: str) -> str:
    """As bash reads what stands between `$'` and `'`. Bytes that make no character become a sign for that."""
    made, at = list[bytes](), 0
    for found in _SIGN.finditer(text):
        made += text[at : found.start()].encode(errors="replace"), _meant(found)
        at = found.end()
    made.append(text[at:].encode(errors="replace"))
    return b"".join(made).decode(errors="replace")


def _meant(match: re.Match[str]) -> bytes:
    byte, short, long, octal, control, letter = match.groups()
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8) & 255])
    if short or long:
        code = int(short or long, 16)
        return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"
    if control:
        return bytes([ord(control.upper()) & 31])
    return _LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}").encode()
