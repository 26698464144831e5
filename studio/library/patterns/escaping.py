"""A text as a pattern that draws exactly that text."""

from __future__ import annotations

import re

from studio.library.patterns.drawing import NotDrawable, nth
from studio.library.patterns.reading import PatternProblem, parse
from studio.library.patterns.tree import count

SIGNS = re.compile(r"(\\+)([{}]|_{2,})?|([{}]|_{2,})")


def escape(text: str) -> str:
    """What draws itself is left as it is. A team that makes a word list later changes nothing: underscores that could
    name one are shielded where anything is."""
    return text if draws_itself(text) else SIGNS.sub(shielded, text)


def shielded(mark: re.Match[str]) -> str:
    slashes, sign = mark[1] or "", mark[2] or mark[3]
    return f"{slashes}{slashes}\\{sign}" if sign else slashes


def draws_itself(text: str) -> bool:
    try:
        tree = parse(text)
        return not tree.unknown and count(tree) == 1 and nth(tree, 0).text == text
    except (NotDrawable, PatternProblem):
        return False
