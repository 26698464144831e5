"""Patterns whose drawn texts were searched and replaced: the patterns and choices that draw what came out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.library.patterns.drawing import NotDrawable, again, draw
from studio.library.patterns.escaping import escape
from studio.library.patterns.reading import PatternProblem
from studio.library.patterns.tree import SEAM, Choices, Line

VARIABLE = re.compile(r"(\{\{[^{}]*\}\})")  # where a variable stands its name is no text
Swaps = Sequence[tuple[str, str]]  # what is searched for, and what is put in its place; one after the other


class Pattern(NamedTuple):
    """A text as it is written, and whether it is one in which is searched."""

    text: str
    searched: bool = True


class Swapped(NamedTuple):
    texts: list[str]
    choices: Choices

    def draws(self, wanted: Sequence[str]) -> bool:
        try:
            return draw(*again(self.texts, self.choices.as_json())) == SEAM.join(wanted)
        except (NotDrawable, PatternProblem):
            return False


def swap(text: str, swaps: Swaps) -> str:
    for searched, put in swaps:
        text = text.replace(searched, put)
    return text


def swapped(written: Sequence[Pattern], choices: Choices, drawn: Sequence[str], swaps: Swaps) -> Swapped:
    """Of texts that were `drawn` with these choices and then searched: the patterns that draw what came out, with
    values and lines of lists in which is replaced what was found there.

    What was found lies now and then across the parts of a pattern, or in a value that a text shares in which nobody
    searched. Nothing draws that then but itself: it stands there as it came out.
    """
    wanted = [swap(text, swaps) if each.searched else text for each, text in zip(written, drawn, strict=True)]
    found = Swapped(
        [in_pattern(each.text, swaps) if each.searched else each.text for each in written], in_choices(choices, swaps)
    )
    if found.draws(wanted):
        return found
    return Swapped([escape(text) for text in wanted], Choices(choices.values))


def in_pattern(text: str, swaps: Swaps) -> str:
    parts = VARIABLE.split(text)
    shielded = [(searched, escape(put)) for searched, put in swaps]
    return "".join(part if at % 2 else swap(part, shielded) for at, part in enumerate(parts))


def in_choices(choices: Choices, swaps: Swaps) -> Choices:
    values = {name: swap(value, swaps) for name, value in choices.values.items()}
    picks = (Line(pick.name, swap(pick.line, swaps)) if isinstance(pick, Line) else pick for pick in choices.picks)
    return Choices(values, tuple(picks))
