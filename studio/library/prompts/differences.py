"""What differs between two texts, word by word; in Chinese, Japanese and Korean sign by sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["same", "gone", "new"]
WIDE = "\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
WORDS = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+|\s+|[^\w\s]")
MOST = 1000  # words that may differ before two texts are simply two texts


class Piece(NamedTuple):
    """Some text that both have (`same`), only the first (`gone`) or only the second (`new`)."""

    kind: Kind
    text: str


def pieces(one: str, other: str) -> list[Piece]:
    """In their order; where something was replaced, what is gone comes first. `same` and `gone` together are the first
    text, `same` and `new` the second."""
    before, after = WORDS.findall(one), WORDS.findall(other)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    middle = steps(before[start : len(before) - end], after[start : len(after) - end])
    same: Kind = "same"
    head, tail = [(same, word) for word in before[:start]], [(same, word) for word in before[len(before) - end :]]
    return joined([*head, *middle, *tail])


def steps(before: list[str], after: list[str]) -> list[tuple[Kind, str]]:
    """The fewest words gone and new that lead from one to the other (Myers 1986); all of them where there are more than
    `MOST`, since the way is squared in them."""
    reach, trail = {1: 0}, list[dict[int, int]]()
    for distance in range(min(len(before) + len(after), MOST) + 1):
        trail.append(dict(reach))
        for line in range(-distance, distance + 1, 2):
            down = line == -distance or (line != distance and reach[line - 1] < reach[line + 1])
            x = reach[line + 1] if down else reach[line - 1] + 1
            y = x - line
            while x < len(before) and y < len(after) and before[x] == after[y]:
                x, y = x + 1, y + 1
            reach[line] = x
            if x >= len(before) and y >= len(after):
                return list(reversed(list(walked(before, after, trail))))
    return [*(("gone", word) for word in before), *(("new", word) for word in after)]


def walked(before: list[str], after: list[str], trail: list[dict[int, int]]) -> Iterator[tuple[Kind, str]]:
    """The way back from the end of both texts."""
    x, y = len(before), len(after)
    for distance in range(len(trail) - 1, -1, -1):
        reach, line = trail[distance], x - y
        down = line == -distance or (line != distance and reach[line - 1] < reach[line + 1])
        from_x = reach[line + 1] if down else reach[line - 1]
        from_y = from_x - (line + 1 if down else line - 1)
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            yield "same", before[x]
        if distance == 0:
            return
        if down:
            y -= 1
            yield "new", after[y]
        else:
            x -= 1
            yield "gone", before[x]


def joined(words: list[tuple[Kind, str]]) -> list[Piece]:
    """Neighbours of a kind as one. Space alone between two changes counts as changed: it reads better."""
    made: list[Piece] = []
    gone: list[str] = []
    new: list[str] = []

    def settle() -> None:
        for kind, texts in (("gone", gone), ("new", new)):
            if texts:
                made.append(Piece(kind, "".join(texts)))  # type: ignore[arg-type]
                texts.clear()

    for place, (kind, text) in enumerate(words):
        between = gone and new and place + 1 < len(words) and words[place + 1][0] != "same"
        if kind == "same" and text.isspace() and between:
            gone.append(text)
            new.append(text)
        elif kind == "same":
            settle()
            if made and made[-1].kind == "same":
                made[-1] = Piece("same", made[-1].text + text)
            else:
                made.append(Piece("same", text))
        else:
            (gone if kind == "gone" else new).append(text)
    settle()
    return made
