"""Rows of a CSV as the points of an axis: each header names a field, by path or label, or a variable of the prompt."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from studio import catalog
from studio.batches.planning.points import MOST_CELLS, Axis, NotPlanned, Point, short
from studio.batches.planning.writing import value_of
from studio.composer.controls import kind_of
from studio.languages import in_both, in_words, listed, same

LONGEST = 1_000_000  # letters of a CSV
SEPARATORS = ",;\t"
QUOTED = re.compile(r'"(?:[^"]|"")*"?')


class Record(NamedTuple):
    """The cells of one record, and the line of the text on which it begins."""

    line: int
    cells: list[str]


class Target(NamedTuple):
    """What a column goes into: a field, or else a variable of the prompt."""

    field: catalog.Field | None
    variable: str = ""


def axis(text: str, fields: Sequence[catalog.Field], variables: Sequence[str]) -> Axis:
    """One point for each row. An empty cell leaves the form's own value. Raises `NotPlanned` with the line's number."""
    if len(text) > LONGEST:
        raise NotPlanned(_("This CSV is too long. It can have at most %(most)s characters.") % {"most": f"{LONGEST:,}"})
    found = list(records(text))
    if not found:
        raise NotPlanned(_("The CSV is empty. Its first line names the fields."))
    header, rows = found[0], found[1:]
    targets = targets_of(header.cells, fields, variables)
    if not rows:
        raise NotPlanned(_("The CSV has a first line with names, and no row under it."))
    if len(rows) > MOST_CELLS:
        raise NotPlanned(
            _("The CSV has %(number)s rows; a batch has at most %(most)s cells.")
            % {"number": len(rows), "most": MOST_CELLS}
        )
    read: dict[tuple[str, str], Any] = {}
    points = (point(place, row, header, targets, read) for place, row in enumerate(rows, 1))
    return Axis(in_both(lambda: _("Row")), tuple(points))


def records(text: str) -> Iterator[Record]:
    """The records that hold something. Raises `NotPlanned` for a quoted cell without an end."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    # A blank behind the separator belongs to neither: without it `a, "b, c"` has three cells.
    reader = csv.reader(io.StringIO(text), delimiter=separator(text), skipinitialspace=True, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise NotPlanned(
                _('Line %(line)s: a quoted cell goes wrong here. Close each " and write a " inside as "".')
                % {"line": begins}
            ) from problem
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Record(begins, cells)
        begins = reader.line_num + 1


def separator(text: str) -> str:
    """What stands most often between the names of the first line: a comma, a semicolon or a tab."""
    first = QUOTED.sub("", text).split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def targets_of(names: Sequence[str], fields: Sequence[catalog.Field], variables: Sequence[str]) -> list[Target]:
    """Raises `NotPlanned` at the first name that is none or stands there a second time."""
    found: dict[tuple[str, str], Target] = {}
    for name in names:
        made = target(name, fields, variables)
        key = (made.field.at if made.field else "", made.variable)
        if key in found:
            raise NotPlanned(_("Line 1: the column “%(name)s” is there twice.") % {"name": short(name)})
        found[key] = made
    return list(found.values())


def target(name: str, fields: Sequence[catalog.Field], variables: Sequence[str]) -> Target:
    """The field of this path, else of this label in either language, else the variable. Raises `NotPlanned`."""
    wanted = name.strip()
    for field in fields:
        if wanted == field.at:
            return Target(field)
    folded = wanted.casefold()
    for field in fields:
        if folded in {field.label.en.casefold(), field.label.zh.casefold(), field.at.casefold()}:
            return Target(field)
    variable = wanted.removeprefix("{{").removesuffix("}}").strip()
    if variable in variables:
        return Target(None, variable)
    if not wanted:
        raise NotPlanned(_("Line 1: a column has no name. Name the field that it goes into."))
    known = listed(in_words(field.label) or field.at for field in fields[:6])
    raise NotPlanned(
        _("Line 1: “%(name)s” is no field of this operation and no {{variable}} of the prompt. Fields are: %(known)s …")
        % {"name": short(wanted), "known": known}
    )


def point(
    place: int, row: Record, header: Record, targets: Sequence[Target], read: dict[tuple[str, str], Any]
) -> Point:
    """`read` remembers what was read already: columns repeat themselves."""
    if len(row.cells) != len(header.cells):
        raise NotPlanned(
            _("Line %(line)s has %(number)s cells, the first line %(names)s. Quote cells that hold the separator.")
            % {"line": row.line, "number": len(row.cells), "names": len(header.cells)}
        )
    values: dict[str, Any] = {}
    words: dict[str, str] = {}
    for (field, variable), text in zip(targets, row.cells, strict=True):
        if not text.strip():
            continue
        text = text if field is not None and keeps_blanks(field) else text.strip()
        if field is None:
            words[variable] = text
            continue
        try:
            if (field.at, text) not in read:
                read[field.at, text] = value_of(field, text)
        except NotPlanned as problem:
            raise NotPlanned(_("Line %(line)s: %(what)s") % {"line": row.line, "what": problem}) from problem
        values[field.at] = read[field.at, text]
    return Point(heading(place, row.cells), values, words)


def keeps_blanks(field: catalog.Field) -> bool:
    """Is this a text of several lines, in which blanks at the ends may be meant? Around a name, a choice or a number
    they come from how the table was written, and would be sent, and paid for, as part of the word."""
    return field.type == "string" and kind_of(field, field.choices) == "lines"


def heading(place: int, cells: Sequence[str]) -> catalog.Text:
    first = next((cell for cell in cells if cell.strip()), "")
    return same(short(f"{place} · {first}"))
