"""The prompt's box: what stands there is a pattern, or goes as it is typed; what it draws is what the body holds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from studio.composer.drafts import Draft
from studio.composer.notes import Reason
from studio.composer.wishes import KEPT, RANDOM, SHOWN, Wish
from studio.library import patterns
from studio.library.prompts.patterns import Reading, read
from studio.library.prompts.word_lists import lists_for

Lists = Callable[[str], Mapping[str, Sequence[str]]]  # the word lists that a text names
LABEL = 160  # characters by which a text is shown in the list; of a longer one, what was chosen


@dataclass(frozen=True)
class Input:
    """The input of one variable."""

    variable: patterns.Variable
    value: str

    @property
    def name(self) -> str:
        return self.variable.name

    @property
    def id(self) -> str:
        return f"pv-{self.variable.name}"


@dataclass(frozen=True)
class Listed:
    """One text of the list."""

    place: int
    label: str
    taken: bool


@dataclass
class Prompted:
    """`at` is the field; `text` what stands in it. `active`: it is read as a pattern."""

    at: str
    wish: Wish
    reading: Reading
    fixed: bool = False
    values: dict[str, str] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def off(self) -> bool:
        """The person wants it as it is typed. What a preset holds fast is as the preset means it."""
        return self.wish.off and not self.fixed

    @property
    def active(self) -> bool:
        return self.reading.is_pattern and not self.off

    @property
    def has_signs(self) -> bool:
        return self.reading.is_pattern or bool(self.reading.problem)

    @property
    def tree(self) -> patterns.Tree:
        return self.reading.tree

    @property
    def inputs(self) -> list[Input]:
        return [Input(each, self.wish.values.get(each.name, "")) for each in self.reading.variables]

    @cached_property
    def kept(self) -> patterns.Drawn | None:
        """What the earlier task drew, with the values that stand there now; None where the text is another one."""
        choices = self.wish.choices() if self.active else None
        if choices is None:
            return None
        choices = patterns.Choices(self.values, choices.picks)
        try:
            return patterns.Drawn(patterns.draw(self.tree, choices), choices)
        except patterns.NotDrawable:
            return None

    @property
    def how(self) -> str:
        return "all" if self.wish.how == KEPT and self.kept is None else self.wish.how

    @property
    def several(self) -> bool:
        return self.active and self.reading.count > 1

    @property
    def of(self) -> str:
        """A name for the list: ticks of another one say nothing about this one."""
        said = (self.text, self.how, self.wish.n_text, self.wish.seed_text, self.reading.count)
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
        asked = min(self.wish.n or 1, self.reading.count) if self.how == RANDOM else self.reading.count
        return asked - len(self.left)

    @cached_property
    def next(self) -> patterns.Drawn | None:
        """The text that Run sends; None where all are left out."""
        return next(self.chosen(), None) if self.active else None

    @property
    def next_label(self) -> str:
        return self.label(self.next) if self.next else ""

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """What stands in the body instead of what is typed."""
        drawn = self.next or (next(self.drawn(), None) if self.active else None)
        return {self.at: drawn.text} if drawn else {}

    @cached_property
    def listed(self) -> list[Listed]:
        if not (self.wish.shown and self.several):
            return []
        first = islice(self.drawn(), SHOWN)
        return [Listed(place, self.label(each), place not in self.left) for place, each in enumerate(first)]

    @property
    def unlisted(self) -> bool:
        """Are there more than the list shows?"""
        return self.how not in {RANDOM, KEPT} and self.reading.count > SHOWN

    def label(self, drawn: patterns.Drawn) -> str:
        if len(drawn.text) <= LABEL:
            return " ".join(drawn.text.split()) or _("empty")
        told = (each.text for each in patterns.told(self.tree, drawn.choices) if each.kind != "variable")
        return " · ".join(" ".join(text.split()) or _("empty") for text in told)[:LABEL]

    @property
    def left_text(self) -> str:
        return ",".join(map(str, sorted(self.left)))

    @property
    def reasons(self) -> list[Reason]:
        """What stops a run."""
        if not self.active:
            return []
        made = [Reason(_("Fill in “%(name)s”.") % {"name": each}, f"pv-{each}", missing=True) for each in self.lacking]
        if self.wish.wrong and self.several:
            made.append(Reason(self.wish.wrong, "pattern-n"))
        if self.next is None:
            made.append(Reason(_("Choose at least one of the texts."), "pattern-show"))
        return made

    @property
    def shape(self) -> str:
        """Changes exactly when the markup of the inputs must be made anew."""
        drawn = (self.active, self.off, self.fixed, self.has_signs, self.several, self.kept is not None)
        said = (*drawn, self.reading.variables if self.active else (), bool(self.reading.unknown))
        return f"{zlib.crc32(repr(said).encode()):x}"

    @property
    def list_shape(self) -> str:
        said = [(each.place, each.label) for each in self.listed]
        return f"{zlib.crc32(repr((said, self.of, self.unlisted)).encode()):x}"

    @property
    def is_quiet(self) -> bool:
        """Nothing is to be said about this text."""
        return not self.has_signs and not self.reading.unknown

    def record(self) -> dict[str, Any]:
        """What a task keeps, so that its text can be drawn again; empty for a text that went as it was typed."""
        if self.next is None:
            return {}
        seed = {"seed": self.wish.seed} if self.how == RANDOM else {}
        return {"at": self.at, "text": self.text} | self.next.choices.as_json() | seed


def prompted(draft: Draft, lists: Lists) -> Prompted | None:
    """None for an operation without a text that is its prompt."""
    at = draft.prompt_at
    if at is None:
        return None
    text = draft.values.get(at)
    reading = read(text, lists(text)) if isinstance(text, str) else read("", {})
    made = Prompted(at, draft.wish, reading, draft.is_fixed(at))
    if made.active:
        given = {name: value for name, value in draft.wish.values.items() if value}
        made.lacking = patterns.missing(made.tree, given)
        # The preview of what is not filled in yet; Run waits.
        made.values = patterns.filled(made.tree, given | {name: f"{{{{{name}}}}}" for name in made.lacking})
    return made


def pattern_parts(prompted: Prompted | None, post: QueryDict, *, anew: bool) -> dict[str, Any]:
    """Which parts beneath the box must be swapped into the page that posted this."""
    if prompted is None:
        return {}
    ask = anew or post.get("p:shape", "") != prompted.shape
    return {
        "pattern": prompted,
        "pattern_ask": ask,
        "pattern_told": ask or not prompted.is_quiet,
        "pattern_list": ask or (prompted.several and post.get("p:list", "") != prompted.list_shape),
    }


def drawn(draft: Draft) -> dict[str, Any]:
    """The values with the text that Run would send. Needs the team's scope."""
    made = prompted(draft, lists_for)
    return draft.values | (made.resolved if made else {})


def meant(draft: Draft) -> dict[str, Any]:
    """The values for what knows nothing of a box that is switched off: a preset, another operation. The text that goes
    as it is typed is written so that it draws itself."""
    at = draft.prompt_at
    text = draft.values.get(at) if at else None
    if not at or not draft.wish.off or not isinstance(text, str) or draft.is_fixed(at):
        return draft.values
    return draft.values | {at: patterns.escape(text)}
