"""The prompt's box and what stands beneath it: the words that its patterns ask for, and the texts that they make."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from studio.composer.drafts import Draft
from studio.composer.notes import Reason
from studio.composer.plan import box_of
from studio.composer.texts import spots, text_fields, turned
from studio.composer.together import Part, Together
from studio.composer.wishes import KEPT, RANDOM, SHOWN
from studio.library import patterns
from studio.library.prompts.patterns import Reading, read, says_odd

Lists = Callable[[str], Mapping[str, Sequence[str]]]  # the word lists that a text names


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


class Prompted(Together):
    """What the page shows of it."""

    @cached_property
    def has_signs(self) -> bool:
        """Is there anything that can be wanted as it is typed?"""
        return any(part.has_signs for part in self.free)

    @cached_property
    def reading(self) -> Reading:
        """What is drawn, as one text."""
        return Reading(self.tree)

    @cached_property
    def problems(self) -> list[str]:
        """Why texts that look like patterns are none."""
        found = [part for part in self.parts if part.reading.problem]
        return [f"{part.spot.title}: {part.reading.problem}" if self.others else part.reading.problem for part in found]

    @cached_property
    def unknown(self) -> list[str]:
        """The word lists that are named and that there are not."""
        return list(dict.fromkeys(name for part in self.parts for name in part.reading.unknown))

    @cached_property
    def odd(self) -> list[str]:
        """What stands in double braces and is no variable."""
        return list(dict.fromkeys(text for part in self.parts for text in part.reading.odd))

    @property
    def says_odd(self) -> str:
        return says_odd()

    @property
    def inputs(self) -> list[Input]:
        return [Input(each, self.wish.values.get(each.name, "")) for each in self.tree.variables]

    @property
    def next_texts(self) -> list[tuple[str, str]]:
        """The texts that Run sends, each with its name where there are several."""
        titles = [part.spot.title if self.others else "" for part in self.taken]
        return list(zip(titles, self.next.texts, strict=True)) if self.next else []

    @cached_property
    def listed(self) -> list[Listed]:
        if not (self.wish.shown and self.several):
            return []
        first = islice(self.drawn(), SHOWN)
        return [Listed(place, self.label(each), place not in self.left) for place, each in enumerate(first)]

    @property
    def unlisted(self) -> bool:
        """Are there more than the list shows?"""
        return self.how not in {RANDOM, KEPT} and self.count > SHOWN

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
        said = (*drawn, self.tree.variables, bool(self.unknown), bool(self.odd))
        return f"{zlib.crc32(repr(said).encode()):x}"

    @property
    def list_shape(self) -> str:
        said = [(each.place, each.label) for each in self.listed]
        return f"{zlib.crc32(repr((said, self.of, self.unlisted)).encode()):x}"

    @property
    def is_quiet(self) -> bool:
        """Nothing is to be said about these texts."""
        return not any(part.has_signs for part in self.parts) and not self.unknown and not self.odd


def prompted(draft: Draft, lists: Lists) -> Prompted | None:
    """None for an operation without such texts."""
    fields, at = text_fields(draft.operation.slug), box_of(draft.operation.slug)
    if not fields or at is None:
        return None
    found = spots(draft.operation, draft.values)
    known = lists("\n".join(spot.text for spot in found))
    parts = (Part(spot, read(spot.text, known), draft.is_fixed(spot.at)) for spot in found)
    return Prompted(at, draft, tuple(parts)).filled()


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


def meant(draft: Draft) -> dict[str, Any]:
    """The values for what knows nothing of a box that is switched off: a preset, another operation. A text that goes
    as it is typed is written so that it draws itself."""
    if not draft.wish.off:
        return draft.values
    return turned(
        draft.operation,
        draft.values,
        lambda spot: spot.text if draft.is_fixed(spot.at) else patterns.escape(spot.text),
    )
