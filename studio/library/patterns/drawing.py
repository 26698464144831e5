"""Texts from a tree: all of them in a stable order, one by its number, some at random, one again from its choices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from studio.catalog.text import Text
from studio.library.patterns.joining import joined
from studio.library.patterns.reading import parse
from studio.library.patterns.tree import (
    Choice,
    Choices,
    Drawn,
    Line,
    Literal,
    Sequence,
    Slot,
    Told,
    Tree,
    Words,
    count,
)

Picks = list[int | Line]
TRIES = 20  # for each text that is drawn, before the first ones are taken that are left


OTHERS = Text("These choices belong to another text.", "这些选择属于另一段文本。")


class NotDrawable(ValueError):
    """A variable without a value, or choices of another text; `message` is one sentence."""

    def __init__(self, message: Text) -> None:
        self.message = message
        super().__init__(str(message))


def missing(tree: Tree, values: Mapping[str, str] | None = None) -> list[str]:
    """The variables that have neither a value nor a default."""
    given = values or {}
    return [each.name for each in tree.variables if each.default is None and each.name not in given]


def filled(tree: Tree, values: Mapping[str, str] | None = None) -> dict[str, str]:
    """The value of each variable: the given one, else its default. Raises `NotDrawable` where there is neither."""
    given = values or {}
    if names := missing(tree, given):
        text = Text("{name} has no value and no default.", "{name} 没有值，也没有默认值。")
        raise NotDrawable(text.fill(name=", ".join(f"{{{{{name}}}}}" for name in names)))
    return {each.name: given.get(each.name, each.default or "") for each in tree.variables}


def expand(tree: Tree, values: Mapping[str, str] | None = None) -> Iterator[Drawn]:
    """All combinations, one at a time. Raises `NotDrawable`."""
    known = filled(tree, values)
    return (nth(tree, number, known) for number in range(count(tree)))


def nth(tree: Tree, number: int, values: Mapping[str, str] | None = None) -> Drawn:
    """The combination with this number, from 0: the last part varies fastest. Raises `NotDrawable`, and `IndexError`
    where there are not so many."""
    if not 0 <= number < count(tree):
        raise IndexError(number)
    picks: Picks = []
    _decode(tree.whole, number, picks)
    return drawn(tree, Choices(filled(tree, values), tuple(picks)))


def sample(tree: Tree, n: int, seed: int, values: Mapping[str, str] | None = None) -> list[Drawn]:
    """`n` combinations at random by weight, each of them once: no more than there are. Raises `NotDrawable`."""
    return list(sampled(tree, n, seed, values))


def sampled(tree: Tree, n: int, seed: int, values: Mapping[str, str] | None = None) -> Iterator[Drawn]:
    """The same, one at a time."""
    known, source = filled(tree, values), Source(seed)
    n = min(n, count(tree))
    found: set[tuple[int | Line, ...]] = set()
    for picks in _candidates(tree, source, n):
        if len(found) == n:
            return
        if picks not in found:
            found.add(picks)
            yield drawn(tree, Choices(known, picks))


def _candidates(tree: Tree, source: Source, n: int) -> Iterator[tuple[int | Line, ...]]:
    """What chance draws; then, where what is left is so unlikely that it would take forever, all in their order."""
    for _ in range(TRIES * n):
        picks: Picks = []
        _roll(tree.whole, source, picks)
        yield tuple(picks)
    for number in range(count(tree)):
        picks = []
        _decode(tree.whole, number, picks)
        yield tuple(picks)


def drawn(tree: Tree, choices: Choices) -> Drawn:
    return Drawn(draw(tree, choices), choices)


def draw(tree: Tree, choices: Choices) -> str:
    """The text of these choices. Raises `NotDrawable` where they do not belong to this tree."""
    return _told(tree, choices)[0]


def redraw(text: str, data: Mapping[str, Any]) -> str:
    """The text that was drawn from `text` with `Choices.as_json()`, whatever became of the word lists since."""
    return draw(*again([text], data))


def again(texts: Iterable[str], data: Mapping[str, Any]) -> tuple[Tree, Choices]:
    """Tree and choices of these texts together, as they were kept. Raises `PatternProblem`."""
    choices = Choices.from_json(data)
    lists: dict[str, list[str]] = {}
    for pick in choices.picks:
        if isinstance(pick, Line):
            lists.setdefault(pick.name, []).append(pick.line)
    return joined([parse(text, lists) for text in texts]), choices


def told(tree: Tree, choices: Choices) -> list[Told]:
    """Each decision in words, the variables first; what stands in a chosen option comes behind it."""
    values = [Told("variable", each.name, choices.values.get(each.name, "")) for each in tree.variables]
    return values + _told(tree, choices)[1]


def _told(tree: Tree, choices: Choices) -> tuple[str, list[Told]]:
    picks, made = iter(choices.picks), list[Told]()
    try:
        text = _written(tree, tree.whole, choices.values, picks, made)
    except (StopIteration, KeyError, IndexError, TypeError) as fault:
        raise NotDrawable(OTHERS) from fault
    if next(picks, None) is not None:
        raise NotDrawable(OTHERS)
    return text, made


def _written(
    tree: Tree, whole: Sequence, values: Mapping[str, str], picks: Iterator[int | Line], made: list[Told]
) -> str:
    """The text of one sequence; what it decides is added to `made`. As deep as choices are nested, `DEPTH` at most."""
    texts: list[str] = []
    for part in whole.parts:
        if isinstance(part, Literal):
            texts.append(part.text)
        elif isinstance(part, Slot):
            texts.append(values[part.name])
        elif isinstance(part, Words):
            name, line = next(picks)  # type: ignore[misc]  # a number here is a TypeError: of another text
            if name != part.name:
                raise KeyError(name)
            made.append(Told("list", name, line))
            texts.append(line)
        else:
            place = len(made)
            inside: list[Told] = []
            text = _written(tree, part.options[_number(next(picks))], values, picks, inside)
            made[place:] = [Told("choice", tree.text[part.start : part.end], text), *inside]
            texts.append(text)
    return "".join(texts)


def _number(pick: int | Line) -> int:
    if not isinstance(pick, int) or pick < 0:
        raise KeyError(pick)
    return pick


def _decode(whole: Sequence, number: int, picks: Picks) -> None:
    """The picks of the combination with this number: its digits are the parts, the last one the lowest."""
    digits = []
    for part in reversed(whole.parts):
        number, digit = divmod(number, part.count) if part.count > 1 else (number, 0)
        digits.append(digit)
    for part, digit in zip(whole.parts, reversed(digits), strict=True):
        if isinstance(part, Words):
            picks.append(Line(part.name, part.lines[digit]))
        elif isinstance(part, Choice):
            for place, option in enumerate(part.options):
                if digit < option.count:
                    picks.append(place)
                    _decode(option, digit, picks)
                    break
                digit -= option.count


def _roll(whole: Sequence, source: Source, picks: Picks) -> None:
    for part in whole.parts:
        if isinstance(part, Words):
            picks.append(Line(part.name, part.lines[source.below(len(part.lines))]))
        elif isinstance(part, Choice):
            place = source.weighted(part.weights)
            picks.append(place)
            _roll(part.options[place], source, picks)


class Source:
    """Random numbers that follow from a seed alone: the SHA-256 of "seed/counter" as a number of 256 bits, of which the
    remainder is taken. So many bits leave no option any measurable advantage."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.counter = 0

    def below(self, end: int) -> int:
        digest = hashlib.sha256(f"{self.seed}/{self.counter}".encode()).digest()
        self.counter += 1
        return int.from_bytes(digest, "big") % end

    def weighted(self, weights: tuple[int, ...]) -> int:
        """The place of one of them."""
        number = self.below(sum(weights))
        for place, weight in enumerate(weights):
            if number < weight:
                return place
            number -= weight
        raise AssertionError("a number below the sum is within it")
