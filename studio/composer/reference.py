"""The operation's page of reference: every field with its help, its source and its doubt."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.rows import plain
from studio.composer.words import in_words, mark


class Entry(NamedTuple):
    at: str
    to: str
    type: str
    required: str
    allowed: str
    help: str
    when: str
    source: str
    doubt: str


def reference(operation: catalog.Operation) -> list[Entry]:
    return [entry(operation, field) for field in operation.fields]


def entry(operation: catalog.Operation, field: catalog.Field) -> Entry:
    marks = {"yes": _("required"), "seed": _("usually sent"), "no": ""}
    return Entry(
        field.at,
        f"c-{mark(field.at)}",
        " | ".join(field.types),
        marks[field.required],
        allowed(field),
        in_words(field.help) or in_words(field.label),
        in_words(operation.when(field)),
        field.source,
        in_words(field.doubt),
    )


def allowed(field: catalog.Field) -> str:
    """Choices or range, in short."""
    if field.choices:
        listed = ", ".join(each if isinstance(each, str) else catalog.dumps(each) for each in field.choices)
        return listed + (", …" if field.open else "")
    ends = [plain(end) for end in (field.minimum, field.maximum) if end is not None]
    return " … ".join(ends)
