"""The product of the axes: each cell with its values, its exact body, and the sentence why where it cannot run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from math import prod
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from studio import catalog
from studio.batches.planning.points import MOST_CELLS, Axis, NotPlanned, Point
from studio.catalog import paths
from studio.languages import NOTHING, in_both, same
from studio.library import patterns

VARIABLE = re.compile(r"\{\{\s*([\w-]+)\s*(?:\|[^{}]*)?\}\}")
Put = Callable[[Mapping[str, Any]], tuple[dict[str, Any], catalog.Extras]]
Build = Callable[[Mapping[str, Any], catalog.Extras], catalog.Built]
Sign = Callable[[Mapping[str, Any], str], str]


@dataclass(slots=True)
class Cell:
    """`place` has one index for each axis. `changed` are the values that the axes set, by path; `why` says why it
    cannot run, `hint` what its rules only warn about. `digest` is the same for the same body; `drawn` is what the
    patterns draw its texts with, as a task keeps it, with `"texts"` where the cell has patterns of its own."""

    number: int  # from 1, in the order of the grid
    place: tuple[int, ...]
    changed: Mapping[str, Any]
    body_text: str = ""
    digest: str = ""
    why: catalog.Text = NOTHING
    hint: catalog.Text = NOTHING
    drawn: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Box:
    """The prompt of the form: its path, "" for none. Where patterns stand in the form, their `tree`, the `choices` of
    the texts that go where no axis says otherwise, the variables that the form leaves `lacking`, how what is drawn is
    `put` into values, and the `written` patterns by path, in the tree's order: searched are those of the prompt."""

    at: str = ""
    tree: patterns.Tree | None = None
    choices: patterns.Choices | None = None
    lacking: frozenset[str] = frozenset()
    put: Callable[[patterns.Drawn], Mapping[str, Any]] = lambda drawn: {}
    written: Mapping[str, patterns.Pattern] = field(default_factory=dict)


class Change(NamedTuple):
    """What a cell changes of the form; `drawn` as in `Cell`, `why` what its prompt lacks."""

    values: dict[str, Any]
    drawn: Mapping[str, Any]
    why: catalog.Text = NOTHING


class Judged(NamedTuple):
    """A body, its digest, why it cannot run, and a warning that the form alone does not have."""

    text: str
    digest: str
    why: catalog.Text
    hint: catalog.Text


@dataclass(frozen=True)
class Plan:
    axes: tuple[Axis, ...]
    cells: list[Cell] = field(default_factory=list)

    @property
    def runs(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.why]

    @property
    def excluded(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.why]


class Maker:
    """Builds and judges each different set of values once: swaps that find nothing cost no second look.

    `put` gives the form's values and extras with these in it, `build` makes their body as `begin` will, `sign` the
    digest of values and their body. `own` are the warnings that the form has by itself, rules by path, which are no
    news in a cell.
    """

    def __init__(self, put: Put, build: Build, sign: Sign, own: Mapping[str, str]) -> None:
        self.put, self.build, self.sign, self.own = put, build, sign, own
        self.made: dict[str, Judged] = {}

    def cell(self, number: int, place: tuple[int, ...], change: Change) -> Cell:
        key = catalog.dumps(change.values)
        if key not in self.made:
            self.made[key] = self.judge(change.values)
        text, digest, why, hint = self.made[key]
        return Cell(number, place, change.values, text, digest, change.why or why, hint, change.drawn)

    def judge(self, changed: Mapping[str, Any]) -> Judged:
        values, extras = self.put(changed)
        built = self.build(values, extras)
        text = catalog.dumps(built.body)
        errors = (each for each in built.problems if each.level == "error")
        warnings = (each for each in built.problems if each.level == "warning" and self.own.get(each.path) != each.rule)
        why, hint = next(errors, None), next(warnings, None)
        return Judged(
            text,
            self.sign(values, text),
            why.message if why else NOTHING,
            hint.message if hint else NOTHING,
        )


def size(axes: Sequence[Axis]) -> int:
    return prod(len(axis.points) for axis in axes)


def repeats(number: int) -> Axis:
    return Axis(in_both(lambda: _("Repeat")), tuple(Point(same(f"#{place}")) for place in range(1, number + 1)))


def plan(axes: Sequence[Axis], box: Box, maker: Maker, repeat: int = 1) -> Plan:
    """The cells of these axes over the maker's form, the last axis varying fastest; each `repeat` times in a row.
    Raises `NotPlanned`."""
    refuse_too_many(size(axes) * repeat)
    check_swaps(axes, box.at, maker.put)
    cells: list[Cell] = []
    for place in product(*(range(len(axis.points)) for axis in axes)):
        changed = change([axis.points[index] for axis, index in zip(axes, place, strict=True)], box, maker.put)
        cells.append(maker.cell(len(cells) * repeat + 1, place, changed))
    mark_doubles(cells)
    if repeat == 1:
        return Plan(tuple(axes), cells)
    again = [replace(c, number=c.number + i, place=(*c.place, i)) for c in cells for i in range(repeat)]
    return Plan((*axes, repeats(repeat)), again)


def refuse_too_many(number: int) -> None:
    if number > MOST_CELLS:
        raise NotPlanned(
            _("This makes %(number)s cells; a batch has at most %(most)s. Take some values away.")
            % {"number": f"{number:,}", "most": f"{MOST_CELLS:,}"}
        )


def change(points: Sequence[Point], box: Box, put: Put) -> Change:
    """What these points make of the form: values first, then the prompt's variables, then search and replace."""
    changed: dict[str, Any] = {}
    for point in points:
        changed |= point.values
    words = {name: text for point in points for name, text in point.words.items()}
    swaps = [point.swap for point in points if point.swap]
    choices = next((point.choices for point in points if point.choices), box.choices)
    if words and box.tree and choices:
        choices = patterns.Choices({**choices.values, **words}, choices.picks)
        changed |= box.put(patterns.Drawn(patterns.draw(box.tree, choices), choices))
    if box.at and (words or swaps):
        value = put(changed)[0].get(box.at)
        if not (box.tree and choices):
            value = in_texts(value, lambda text: VARIABLE.sub(lambda it: words.get(it[1], it[0]), text))
        changed[box.at] = in_texts(value, partial(patterns.swap, swaps=swaps))
    lacking = next(iter(sorted(box.lacking - words.keys())), "")
    why = in_both(lambda: _("Fill in “%(name)s”.") % {"name": lacking}) if lacking else NOTHING
    drawn = drawn_again(box, box.tree, choices, swaps) if box.tree and choices else {}
    return Change(changed, drawn, why)


def drawn_again(box: Box, tree: patterns.Tree, choices: patterns.Choices, swaps: patterns.Swaps) -> dict[str, Any]:
    """What the cell keeps, so that its texts can be drawn again: choices, and patterns where its own differ."""
    if not swaps:
        return choices.as_json()
    written = list(box.written.values())
    texts = patterns.Drawn(patterns.draw(tree, choices), choices).texts
    found = patterns.swapped(written, choices, texts, swaps)
    own = found.texts != [each.text for each in written]
    named = {"texts": [list(each) for each in zip(box.written, found.texts, strict=True)]} if own else {}
    return found.choices.as_json() | named


def in_texts(value: Any, turn: Callable[[str], str]) -> Any:
    """The same value with each of its texts turned; keys of objects are no texts."""
    if isinstance(value, str):
        return turn(value)
    if isinstance(value, list):
        return [in_texts(each, turn) for each in value]
    if isinstance(value, dict):
        return {key: in_texts(each, turn) for key, each in value.items()}
    return value


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def variables(prompts: Sequence[Any]) -> list[str]:
    """The names of the `{{variables}}` in these prompts, each once."""
    found = [name for value in prompts for text in texts(value) for name in VARIABLE.findall(text)]
    return list(dict.fromkeys(found))


def check_swaps(axes: Sequence[Axis], prompt: str, put: Put) -> None:
    """What is searched for must be somewhere: a typing error would else pay for the same picture many times."""
    if not any(point.swap for axis in axes for point in axis.points):
        return
    brought = [p.values for axis in axes for p in axis.points if any(paths.is_within(prompt, at) for at in p.values)]
    prompts = [put(values)[0].get(prompt) for values in ({}, *brought)]
    words = [word for axis in axes for point in axis.points for word in point.words.values()]
    taken = [point.swap[1] for axis in axes for point in axis.points if point.swap]
    there = [*(text for value in prompts for text in texts(value)), *words]
    for axis in axes:
        searched = next((point.swap[0] for point in axis.points if point.swap), None)
        others = [text for text in taken if text != searched]
        if searched and not any(searched in text for text in [*there, *others]):
            raise NotPlanned(_("Search and replace: the prompt does not hold “%(text)s”.") % {"text": searched})


def like(number: int) -> catalog.Text:
    return in_both(lambda: _("It has the same body as cell %(number)s.") % {"number": number})


def mark_doubles(cells: Sequence[Cell]) -> None:
    """A rule may leave out the very value by which two cells differ: then one body would be paid for twice."""
    first: dict[str, Cell] = {}
    for cell in cells:
        if not cell.why and (other := first.setdefault(cell.digest, cell)) is not cell:
            cell.why = like(other.number)
