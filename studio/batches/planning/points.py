"""An axis is a list of points; a point says what it changes in the form's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.catalog import Text
from studio.languages import same
from studio.library.patterns import Choices, Drawn

MOST_CELLS = 1000
SHOWN = 60  # letters of a label


class NotPlanned(ValueError):
    """This cannot be planned; the text is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place on an axis.

    `values` are put into the form by path, `words` into the prompt's `{{variables}}` by name, and then the first text
    of `swap` is replaced in the prompt by the second. `choices` are those that the patterns were drawn with.
    """

    label: Text
    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    swap: tuple[str, str] | None = None
    choices: Choices | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    title: Text
    points: tuple[Point, ...]


def short(text: str) -> str:
    """A value as a heading: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def of_prompts(
    title: Text, texts: Iterable[Drawn], put: Callable[[Drawn], Mapping[str, Any]], label: Callable[[Drawn], str]
) -> Axis:
    """The axis of the texts that patterns draw; `put` gives the values that hold them."""
    return Axis(title, tuple(Point(same(short(label(each))), put(each), choices=each.choices) for each in texts))
