"""Fields and groups as they stand now: in use, set aside but sent, parked, or not there at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from studio import catalog
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.composer.plan import Place, holds_others, plan_of
from studio.composer.rows import Row, row
from studio.composer.words import mark
from studio.languages import in_words

State = Literal["plain", "kept", "omitted", "refused", "absent"]


@dataclass(slots=True)
class Unit:
    """A field or a group. `shape` changes exactly when its markup must be made anew."""

    place: Place
    id: str
    state: State
    rows: list[Row]
    title: str
    shape: str
    when: str = ""  # under which condition it is used: "Model is gen2"
    now: str = ""  # the value that sets it aside: "gen3"
    fates: tuple[tuple[str, str], ...] = ()  # names and values of the hidden fields that carry a person's own word

    @property
    def key(self) -> str:
        return self.place.key

    @property
    def grouped(self) -> bool:
        return self.place.title is not None

    @property
    def can_zero(self) -> bool:
        rows = [each for each in self.rows if not each.literal and not each.fixed]
        return self.grouped and len(rows) > 1 and all(each.kind == "range" for each in rows)


def units(draft: Draft, built: catalog.Built) -> list[Unit]:
    """Every unit of a draft, in the order of the page."""
    fates = {line.at: line.fate for line in built.trace if line.fate}
    return [unit(draft, place, fates) for place in plan_of(draft.operation.slug)]


def unit(draft: Draft, place: Place, fates: Mapping[str, str]) -> Unit:
    """One unit. `fates` are those of the values that do not apply now, by path."""
    operation = draft.operation
    fields = [
        each
        for each in place.fields
        if not holds_others(operation.slug, each.at) or each.at in draft.values or each.at in draft.typed
    ]
    aside = not any(operation.applies(each, draft.values) for each in fields)
    given = [each.at for each in fields if each.at in draft.values or each.at in draft.typed]
    bare = bool(fields) and all(is_bare(draft, each) for each in fields)
    state = _state(given, fates) if aside else "absent" if bare else "plain"
    rows = [row(draft, each) for each in fields]
    made = Unit(
        place=place,
        id=f"u-{mark(place.key)}",
        state=state,
        rows=rows,
        title=place.title.get(draft.language) if place.title else rows[0].label if rows else "",
        shape=_shape(state, rows),
        fates=tuple((forms.FATE + each.at, draft.fates[each.at]) for each in fields if each.at in draft.fates),
    )
    if aside and fields:
        made.when, made.now = in_words(operation.when(fields[0])), _cause(draft, fields[0])
    return made


def is_bare(draft: Draft, item: catalog.Field) -> bool:
    """Is it an empty object that is sent for what it may hold, or a frame that is only its type? There is nothing to
    type: its members have controls."""
    empty = item.at not in draft.typed and draft.values.get(item.at) == {}
    is_frame = draft.operation.form.frames and len(item.steps) == 1 and item.place == "body"
    return empty and (is_frame or holds_others(draft.operation.slug, item.at))


def _state(given: list[str], fates: Mapping[str, str]) -> State:
    if not given:
        return "absent"
    told = {fates.get(at, "keep") for at in given}
    return "refused" if "refuse" in told else "kept" if "keep" in told else "omitted"


def _shape(state: State, rows: Iterable[Row]) -> str:
    drawn = [
        (
            each.kind,
            each.name,
            [option[:2] for option in each.options],
            each.box and each.box.shape,
            each.items and each.items.shape,
            *(["fixed"] if each.fixed else []),
        )
        for each in rows
    ]
    return f"{zlib.crc32(repr((state, drawn)).encode()):x}"


def _cause(draft: Draft, item: catalog.Field) -> str:
    """The value that sets the field aside, as far as there is one."""
    operation = draft.operation
    for above in (item, *operation.form.above(item)):
        for at in above.applies:
            value = draft.values.get(at)
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                return str(value)[:40]
    return ""
