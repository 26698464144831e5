"""A conversation as one text: who speaks stands on a line of its own, in brackets, before what is said.

    [system]
    Answer in one sentence.

    [user]
    Why is the sky blue?

Without such a line before it, a text is what the first speaker says. Which members hold who and what, the catalog says.
"""

from __future__ import annotations

import re
from typing import Any

from studio import catalog

SPEAKER = re.compile(r"^\[([A-Za-z_]{1,20})\][ \t]*$", re.MULTILINE)


def write(spoken: catalog.Spoken, value: Any) -> str:
    """The text of a conversation; "" for what is none, or holds more than texts."""
    lines = value if isinstance(value, list) else []
    plain = [line for line in lines if isinstance(line, dict) and set(line) == {spoken.by, spoken.says}]
    if not plain or len(plain) != len(lines) or not all(isinstance(v, str) for line in plain for v in line.values()):
        return ""
    if len(plain) == 1 and plain[0][spoken.by] == spoken.first:
        return str(plain[0][spoken.says])
    return "\n\n".join(f"[{line[spoken.by]}]\n{line[spoken.says]}" for line in plain)


def read(spoken: catalog.Spoken, text: str) -> list[dict[str, str]]:
    """The conversation in a text; none in a blank one. Who is named speaks, if only an empty text so far."""
    first, *rest = SPEAKER.split(text)
    opening = first.strip("\n") if rest else first
    said = [*([(spoken.first, opening)] if first.strip() else []), *zip(rest[::2], rest[1::2], strict=True)]
    return [{spoken.by: by, spoken.says: words.strip("\n") if rest else words} for by, words in said]
