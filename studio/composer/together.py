"""Texts of a form that are patterns, or go as they are typed: what stands in them, and what is drawn of them."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, Self

from studio.composer.drafts import Draft
from studio.composer.texts import Spot, turned
from studio.composer.wishes import KEPT, RANDOM, Wish
from studio.library import patterns
from studio.library.prompts.patterns import Reading

LABEL = 160  # characters by which a text is shown in the list; of a longer one, what was chosen
EMPTY = "“”"  # an empty text, in any language


class Part(NamedTuple):
    """One text of the form. What a preset holds fast (`fixed`) is as the preset means it."""

    spot: Spot
    reading: Reading
    fixed: bool

    @property
    def has_signs(self) -> bool:
        return self.reading.is_pattern or bool(self.reading.problem)


@dataclass(frozen=True)
class Together:
    """`at` is the field beneath which all of it stands. `active`: some of the texts are read as patterns, together."""

    at: str
    draft: Draft
    parts: tuple[Part, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)

    @property
    def wish(self) -> Wish:
        return self.draft.wish

    @property
    def fixed(self) -> bool:
        return self.draft.is_fixed(self.at)

    @cached_property
    def free(self) -> list[Part]:
        """Those that a person can want as they are typed."""
        return [part for part in self.parts if not part.fixed]

    @cached_property
    def taken(self) -> list[Part]:
        """Those that are drawn."""
        return [part for part in self.parts if part.reading.is_pattern and (part.fixed or not self.wish.off)]

    @property
    def off(self) -> bool:
        """The person wants them as they are typed."""
        return self.wish.off and bool(self.free)

    @property
    def active(self) -> bool:
        return bool(self.taken)

    @cached_property
    def tree(self) -> patterns.Tree:
        return patterns.joined([part.reading.tree for part in self.taken])

    @property
    def text(self) -> str:
        return self.tree.text

    @property
    def count(self) -> int:
        return patterns.count(self.tree)

    @property
    def others(self) -> bool:
        """Are there more texts than one, so that each needs its name?"""
        return len(self.parts) > 1

    @property
    def title(self) -> str:
        return " · ".join(part.spot.title for part in self.taken)

    @cached_property
    def kept(self) -> patterns.Drawn | None:
        """What the earlier task drew, with the values that stand there now; None where the text is another one."""
        choices = self.wish.choices() if self.active else None
        if choices is None or (self.fixed_in_part and not self.takes_only_known(choices)):
            return None
        choices = patterns.Choices(self.values, choices.picks)
        try:
            return patterns.Drawn(patterns.draw(self.tree, choices), choices)
        except patterns.NotDrawable:
            return None

    @property
    def fixed_in_part(self) -> bool:
        return any(part.fixed for part in self.taken)

    def takes_only_known(self, choices: patterns.Choices) -> bool:
        """What a preset holds fast says the team's words: a line that the browser brings is one of the list's."""
        brought = {tuple(pick) for pick in choices.picks if isinstance(pick, patterns.Line)}
        return brought <= patterns.lines_of(self.tree.whole)

    @property
    def how(self) -> str:
        return "all" if self.wish.how == KEPT and self.kept is None else self.wish.how

    @property
    def several(self) -> bool:
        return self.active and self.count > 1

    @property
    def of(self) -> str:
        """A name for the list: ticks of another one say nothing about this one."""
        said = (self.text, self.how, self.wish.n_text, self.wish.seed_text, self.count)
        return f"{zlib.crc32(repr(said).encode()):x}"

    @cached_property
    def left(self) -> frozenset[int]:
        return self.wish.left if self.wish.of == self.of else frozenset()

    def drawn(self) -> Iterator[patterns.Drawn]:
        """All texts that are asked for, those that are left out among them, one at a time."""
        if self.how == KEPT and self.kept:
            return iter([self.kept])
        if self.how == RANDOM and not self.wish.wrong:
            return patterns.sampled(self.tree, self.wish.n or 1, self.wish.seed or 0, self.values)
        return patterns.expand(self.tree, self.values)

    def chosen(self) -> Iterator[patterns.Drawn]:
        """Those that are not left out."""
        return (each for place, each in enumerate(self.drawn()) if place not in self.left)

    @property
    def number(self) -> int:
        """How many are chosen."""
        if not self.active:
            return 1
        if self.how == KEPT:
            return 1 - len(self.left)
        asked = min(self.wish.n or 1, self.count) if self.how == RANDOM else self.count
        return asked - len(self.left)

    @cached_property
    def next(self) -> patterns.Drawn | None:
        """The text that Run sends; None where all are left out."""
        return next(self.chosen(), None) if self.active else None

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """What stands in the body instead of what is typed."""
        drawn = self.next or (next(self.drawn(), None) if self.active else None)
        return self.put(drawn) if drawn else {}

    def put(self, drawn: patterns.Drawn) -> dict[str, Any]:
        """The values that hold these texts, by path."""
        texts = dict(zip((part.spot.path for part in self.taken), drawn.texts, strict=True))
        made = turned(self.draft.operation, self.draft.values, lambda spot: texts.get(spot.path, spot.text))
        return {part.spot.at: made[part.spot.at] for part in self.taken}

    def label(self, drawn: patterns.Drawn, left_open: Collection[str] = ()) -> str:
        """Its name in a list; the variables that are `left_open` stand in it by their own names."""
        if left_open:
            names = {name: f"{{{{{name}}}}}" for name in left_open}
            choices = patterns.Choices({**drawn.choices.values, **names}, drawn.choices.picks)
            drawn = patterns.Drawn(patterns.draw(self.tree, choices), choices)
        if len(drawn.text) <= LABEL:
            return " · ".join(" ".join(text.split()) or EMPTY for text in drawn.texts)
        told = (each.text for each in patterns.told(self.tree, drawn.choices) if each.kind != "variable")
        return " · ".join(" ".join(text.split()) or EMPTY for text in told)[:LABEL]

    def record(self) -> dict[str, Any]:
        """What a task keeps, so that its texts can be drawn again; empty where all went as it was typed."""
        if self.next is None:
            return {}
        seed = {"seed": self.wish.seed} if self.how == RANDOM else {}
        texts = [[part.spot.path, part.reading.text] for part in self.taken]
        return {"texts": texts} | self.next.choices.as_json() | seed

    def without(self, ats: Collection[str]) -> Self:
        """The same, where the values of these fields are none of its business."""
        return replace(self, parts=tuple(part for part in self.parts if part.spot.at not in ats)).filled()

    def filled(self) -> Self:
        """With the variables' values. For the preview of what is not filled in yet its name stands there; Run waits."""
        given = {name: value for name, value in self.wish.values.items() if value}
        lacking = patterns.missing(self.tree, given)
        values = patterns.filled(self.tree, given | {name: f"{{{{{name}}}}}" for name in lacking})
        return replace(self, lacking=lacking, values=values)
