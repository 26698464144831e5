"""The word lists that a text names, and what a person types as one."""

from __future__ import annotations

import re

from studio.library.models import WordList

NAMED = re.compile(r"(?=__([^\W_]+(?:[_-][^\W_]+)*)__)")  # also where two names share underscores
MOST_LINES, MOST = 5000, 200_000  # of one list: lines, characters
MOST_LISTS = 500  # of one team


def lists_for(text: str) -> dict[str, tuple[str, ...]]:
    """Those of the team's word lists that may be named in this text. Needs the team's scope."""
    names = set(NAMED.findall(text))
    return {row.name: row.lines for row in WordList.objects.filter(name__in=names)} if names else {}


def as_lines(text: str) -> list[str]:
    """The lines that are meant: without space around them, none empty, none twice."""
    stripped = (line.strip() for line in text.replace("\0", "").splitlines())
    return list(dict.fromkeys(line for line in stripped if line))
