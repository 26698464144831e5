"""The parameters of an operation as its reference tells them: every field with its rules, its source and its doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from studio import catalog
from studio.catalog.schema import Sending
from studio.composer.rows import label_of, plain, text_of
from studio.composer.words import mark
from studio.files.taking import endings
from studio.languages import in_words


class Choice(NamedTuple):
    text: str
    label: str  # "" where it says no more than the text


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: `to` is its control in the form, `anchor` its place on the reference page.

    `source` and `doubt` are its own; those of the whole operation are told once.
    """

    at: str
    to: str
    anchor: str
    depth: int
    label: str
    type: str
    place: str
    required: str
    allowed: str
    help: str
    when: str
    otherwise: str
    choices: list[Choice]
    rules: list[str]
    default: str
    source: str
    doubt: str


def reference(operation: catalog.Operation) -> list[Entry]:
    return [entry(operation, field) for field in operation.fields]


def entry(operation: catalog.Operation, field: catalog.Field) -> Entry:
    marks = {"yes": _("required"), "seed": _("usually sent"), "no": ""}
    otherwise = {
        "keep": _("Otherwise it is sent all the same and likely ignored."),
        "omit": _("Otherwise it is left out."),
        "refuse": _("Otherwise the body is refused."),
    }
    return Entry(
        at=field.at,
        to=f"c-{mark(field.at)}",
        anchor=f"p-{mark(field.at)}",
        depth=len(operation.form.above(field)) - 1,
        label=in_words(field.label),
        type=" | ".join(field.types),
        place={"path": _("in the path"), "query": _("in the query")}.get(field.place, ""),
        required=marks[field.required],
        allowed=allowed(field),
        help=in_words(field.help) or in_words(field.label),
        when=in_words(operation.when(field)),
        otherwise=otherwise[field.otherwise] if field.applies else "",
        choices=[choice(field, each) for each in field.choices],
        rules=list(rules(operation, field)),
        default="" if field.default is None else text_of(field.default),
        source=field.source if field.source != operation.source else "",
        doubt=in_words(field.doubt) if field.doubt != operation.doubt else "",
    )


def choice(field: catalog.Field, value: object) -> Choice:
    text, label = text_of(value), label_of(field, text_of(value))
    return Choice(text, label if label != text else "")


def allowed(field: catalog.Field) -> str:
    """Choices or range, in short."""
    if field.choices:
        listed = ", ".join(text_of(each) for each in field.choices)
        return listed + (", …" if field.open else "")
    ends = [plain(end) for end in (field.minimum, field.maximum) if end is not None]
    return " … ".join(ends)


def rules(operation: catalog.Operation, field: catalog.Field) -> Iterator[str]:
    """What else a value must be, or may be: a sentence each."""
    yield from limits(field)
    if field.takes:
        kinds = ", ".join(endings(kind) for kind in field.takes)
        ways = _(" or ").join(way(each) for each in field.sent)
        yield _("Takes a file (%(kinds)s), which goes %(ways)s.") % {"kinds": kinds, "ways": ways}
    if when := in_words(operation.missed_when(field)):
        yield _("Required when %(when)s.") % {"when": when}
    for each in field.narrower:
        listed = ", ".join(text_of(value) for value in each.choices)
        yield _("When %(when)s: %(choices)s.") % {"when": in_words(operation.sentence(each.when)), "choices": listed}
    for limit in field.shorter:
        told = {"when": in_words(operation.sentence(limit.when)), "most": limit.max_length}
        yield _("When %(when)s: at most %(most)s characters.") % told
    yield from (in_words(each.says) for each in field.counted)
    if field.open:
        yield _("Other values are sent as they are, with a warning.")
    if field.empty:
        yield _("May be empty.")
    if field.nullable:
        yield _("May be null.")
    if field.digits != "no":
        yield _("The number may come as text.")


def way(sent: Sending) -> str:
    """How a file goes, in words."""
    words = {
        "address": _("as an address to fetch it from"),
        "base64": _("as base64 text"),
        "data-url": _("as a data: address"),
        "part": _("as a part of the form"),
    }
    return words[sent]


def limits(field: catalog.Field) -> Iterator[str]:
    if field.format == "url":
        yield _("An address that begins with http:// or https://.")
    yield from span(
        field.minimum, field.maximum, _("%(low)s to %(high)s."), _("At least %(low)s."), _("At most %(high)s.")
    )
    if field.multiple_of:
        yield _("A multiple of %(number)s.") % {"number": field.multiple_of}
    if field.warn_decimals is not None:
        yield _("At most %(number)s digits after the point.") % {"number": field.warn_decimals}
    yield from span(
        field.min_length,
        field.max_length,
        _("%(low)s to %(high)s characters."),
        _("At least %(low)s characters."),
        _("At most %(high)s characters."),
    )
    yield from span(
        field.min_items,
        field.max_items,
        _("%(low)s to %(high)s entries."),
        _("At least %(low)s entries."),
        _("At most %(high)s entries."),
    )
    if field.pattern:
        yield _("Of the form %(pattern)s.") % {"pattern": field.pattern}


def span(low: float | None, high: float | None, both: str, least: str, most: str) -> Iterator[str]:
    """The sentence for the ends that there are."""
    ends = {"low": "" if low is None else plain(low), "high": "" if high is None else plain(high)}
    if low is not None and high is not None:
        yield both % ends
    elif low is not None:
        yield least % ends
    elif high is not None:
        yield most % ends
