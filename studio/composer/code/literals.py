"""A text as a literal of a language: read by its compiler, it is that text again, whatever stands in it.

What can be read stays as it is, Chinese and emoji too. What cannot be seen (control characters, marks that turn the
direction of a line) is escaped: in raw form a clipboard or an editor changes it, and a reader is misled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

JOINER = "\u200d"  # between the people of a family emoji
LINES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def is_plain(text: str) -> bool:
    """Can all of it be seen, on one line?"""
    return text.replace(JOINER, "").isprintable()


def quoted(text: str, mark: str, hidden: Callable[[str], str], also: Mapping[str, str] | None = None) -> str:
    """`mark` stands around it; `hidden` writes what cannot be seen, `also` what means something to this language."""
    known = {"\\": "\\\\", mark: f"\\{mark}", **LINES, **(also or {})}
    return mark + "".join(known.get(c) or (c if is_plain(c) else hidden(c)) for c in text) + mark


def braced(c: str) -> str:
    """`\\u{7f}`: Swift, PHP, Ruby, Dart, JavaScript."""
    return f"\\u{{{ord(c):x}}}"


def four_or_eight(c: str) -> str:
    """`\\u007f` or `\\U000e0001`: Go, Python, C#, R."""
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


def utf16(c: str) -> str:
    """`\\u007f`, in two halves where it takes two."""
    data = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at] << 8 | data[at + 1]:04x}" for at in range(0, len(data), 2))


def octal(c: str) -> str:
    """The bytes of UTF-8, three digits each, so that no digit behind them is read as one of theirs."""
    return "".join(f"\\{byte:03o}" for byte in c.encode())


def decimal(c: str) -> str:
    return "".join(f"\\{byte:03d}" for byte in c.encode())
