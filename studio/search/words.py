"""Which words a text holds, and which of them a question asks for. The same in every database, for every language.

Between Chinese, Japanese and Korean characters there are no spaces, and most Chinese words have two characters: from a
run of them every pair is taken, and its last character. So each character begins one word, and a question of one
character asks for the words that begin with it. What has spaces is taken word by word. Each emoji is a word, by its
number: SQLite's index takes only letters apart from what stands between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

LONGEST = 40  # characters of one word; what is longer is known by its beginning
MOST = 8_000  # words of one text: more than a prompt of 10,000 characters has in English, nearly all of it in Chinese
ASKED = 8  # words of one question
UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
EMOJI = "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"  # and signs that stand among them
RUN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}{EMOJI}]+|[{EMOJI}]")
IS_UNSPACED = re.compile(rf"[{UNSPACED}]")
IS_EMOJI = re.compile(rf"[{EMOJI}]")


class Term(NamedTuple):
    """What a text must hold: these words one after the other. `begins`: the last of them is only a beginning."""

    words: tuple[str, ...]
    begins: bool
    text: str  # as a person reads it


def folded(text: str) -> str:
    """Without what people do not mean when they look for something: capitals, full and half width, ligatures."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(texts: Iterable[str]) -> list[str]:
    """The words of these texts in their order, as an index takes them."""
    found: list[str] = []
    for text in texts:
        for run in RUN.findall(folded(text[: 2 * MOST])):
            found += [*pairs(run), run[-1]] if IS_UNSPACED.match(run) else [named(run[:LONGEST])]
            if len(found) >= MOST:
                return found[:MOST]
    return found


def named(run: str) -> str:
    """A word as it stands in the index. No word of a person begins with an underscore, so an emoji's can."""
    return f"_{ord(run):x}" if IS_EMOJI.match(run) else run


def pairs(run: str) -> list[str]:
    return [one + other for one, other in pairwise(run)]


def terms(question: str) -> list[Term]:
    """What is asked for; all of it must be there. The same thing asked twice is asked once."""
    found = [term(run) for run in RUN.findall(folded(question[:400]))]
    return list(dict.fromkeys(found))[:ASKED]


def term(run: str) -> Term:
    run = run[:LONGEST]
    if IS_EMOJI.match(run):
        return Term((named(run),), begins=False, text=run)
    if not IS_UNSPACED.match(run) or len(run) == 1:
        return Term((run,), begins=True, text=run)
    return Term(tuple(pairs(run)), begins=False, text=run)
