"""What a pattern is made of, and what is drawn from it. Counts stand in the tree: nothing is expanded for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import mul
from typing import Any, NamedTuple

SEAM = "\0"  # stands between texts that are drawn together: no text of a person holds it


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a variable."""

    name: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """The place of a word list's line."""

    name: str
    lines: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other: `count` is how many texts they make together."""

    parts: tuple[Node, ...]
    count: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", reduce(mul, (part.count for part in self.parts), 1))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `weights` are thousandths, one for each option; `start` and `end` its place in the text."""

    options: tuple[Sequence, ...]
    weights: tuple[int, ...]
    start: int
    end: int
    count: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "count", sum(option.count for option in self.options))


Node = Literal | Slot | Words | Choice


@dataclass(frozen=True, slots=True)
class Variable:
    """What the text says of a variable, at the first of its places that says it. Without a default it must be given."""

    name: str
    default: str | None = None
    help: str = ""


@dataclass(frozen=True)
class Tree:
    """A text that was read. `unknown` are names between underscores of which there is no list, `odd` what stands in
    double braces and is no variable: both are literal."""

    text: str
    whole: Sequence
    variables: tuple[Variable, ...] = ()
    lists: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    changes: bool = False

    @property
    def is_pattern(self) -> bool:
        """May what is drawn differ from the text? If not, the text is literal."""
        return self.changes


def count(tree: Tree) -> int:
    """How many combinations there are, by choices and lists; exactly. Equal options count each for itself."""
    return tree.whole.count


def lines_of(whole: Sequence) -> set[tuple[str, str]]:
    """All lines that could be taken from word lists, each with its list's name. As deep as choices are nested."""
    found = {(part.name, line) for part in whole.parts if isinstance(part, Words) for line in part.lines}
    inside = [option for part in whole.parts if isinstance(part, Choice) for option in part.options]
    return found.union(*map(lines_of, inside))


class Line(NamedTuple):
    """What was taken from a word list."""

    name: str
    line: str


@dataclass(frozen=True)
class Choices:
    """What was decided: the variables' values, and in the order of the text the number of each option (from 0) and each
    line of a list. What stands in an option that was not chosen is not in it."""

    values: Mapping[str, str]
    picks: tuple[int | Line, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "values": dict(self.values),
            "picks": [pick if isinstance(pick, int) else list(pick) for pick in self.picks],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Choices:
        picks = (pick if isinstance(pick, int) else Line(*pick) for pick in data["picks"])
        return cls(dict(data["values"]), tuple(picks))


class Drawn(NamedTuple):
    text: str
    choices: Choices

    @property
    def texts(self) -> list[str]:
        """One for each text that was joined."""
        return self.text.split(SEAM)


class Told(NamedTuple):
    """One decision in words: `kind` is `variable`, `list` or `choice`; `name` the variable's, the list's, or the
    choice as it is written; `text` what stands in its place."""

    kind: str
    name: str
    text: str
