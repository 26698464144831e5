"""What of a text is shown where something was found in it, and which of its letters are meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.search.words import IS_EMOJI, IS_UNSPACED, Term, folded

LOOKED_AT = 20_000  # characters of a text
SHOWN = 180  # characters of it
AHEAD = 40  # characters before the first place


class Piece(NamedTuple):
    text: str
    meant: bool


def marked(text: str, asked: Sequence[Term], shown: int = SHOWN) -> list[Piece]:
    """The part of the text around the first place, in pieces: those that were asked for and those between them."""
    flat = " ".join(text[:LOOKED_AT].split())
    places = places_in(flat, asked)
    start = beginning(flat, places[0][0], shown) if places else 0
    end = min(len(flat), start + shown)
    found, at = ([Piece("… ", False)] if start else []), start
    for first, last in places:
        if last > end:
            break
        found += [Piece(flat[at:first], False), Piece(flat[first:last], True)]
        at = last
    rest = flat[at:end].rstrip() + " …" if end < len(flat) else flat[at:]
    return [piece for piece in [*found, Piece(rest, False)] if piece.text]


def beginning(text: str, first: int, shown: int) -> int:
    """Where the shown part begins: at a word's beginning a little before the first place, if that is far inside."""
    if first < shown - AHEAD:
        return 0
    around = text.rfind(" ", first - AHEAD, first - AHEAD // 2)
    return around + 1 if around >= 0 else first - AHEAD // 2


def places_in(text: str, asked: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand, (first, behind the last), in their order and none over another."""
    if not asked:
        return []
    letters = [folded(letter) for letter in text]
    where = [place for place, letter in enumerate(letters) for _ in letter]  # a letter may be folded to several
    found: list[tuple[int, int]] = []
    for each in pattern(asked).finditer("".join(letters)):
        if each.end() > each.start():
            found.append((where[each.start()], where[each.end() - 1] + 1))
    return [place for number, place in enumerate(found) if not number or place[0] >= found[number - 1][1]]


def pattern(asked: Sequence[Term]) -> re.Pattern[str]:
    """Longer terms first: "boathouse" is not marked as "boat"."""
    texts = sorted({term.text for term in asked}, key=len, reverse=True)
    return re.compile("|".join(beginning_of_word(text) + re.escape(text) for text in texts))


def beginning_of_word(text: str) -> str:
    """What must stand before a term: no letter, unless the term is a word wherever it stands."""
    return "" if IS_UNSPACED.match(text) or IS_EMOJI.match(text) else r"(?<![^\W_])"


def holds(text: str, asked: Sequence[Term]) -> bool:
    return bool(asked) and pattern(asked).search(folded(text[:LOOKED_AT])) is not None
