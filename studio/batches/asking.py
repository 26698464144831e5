"""What stands on the plan page: axes as they were written, rows of a CSV, repeats. Nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from studio import catalog
from studio.batches.planning import sheet, writing
from studio.batches.planning.cells import variables
from studio.batches.planning.points import MOST_CELLS, Axis, NotPlanned
from studio.composer.drafts import Draft
from studio.composer.holdings import WEB, only_inside
from studio.composer.privacy import PRIVATE
from studio.composer.texts import spots
from studio.drafts import POSTED
from studio.languages import in_words
from studio.numbers import number_in
from studio.teams.access import IN_EVERY_FORM

MOST_AXES = 6
SWAP = "search-and-replace"  # stands for a field: the prompt, in which something is replaced
# The names of the plan's own controls; everything else that is posted is the form's.
AXIS, TEXT, CSV, REPEAT, NAME, TWINS = "axis-field", "axis-text", "csv", "repeat", "batch-name", "skip-twins"
OWN = IN_EVERY_FORM | {AXIS, TEXT, CSV, REPEAT, NAME, TWINS, PRIVATE, POSTED, "do", "asked"}


@dataclass
class Written:
    """One axis as it was written: the path of its field, `SWAP` or a `{{variable}}`, the text, and what is wrong."""

    at: str = ""
    text: str = ""
    wrong: str = ""
    hint: str = ""


@dataclass
class Asked:
    """The plan as it was written; `form` is the composer's, as it was posted."""

    axes: list[Written] = field(default_factory=list)
    csv: str = ""
    csv_wrong: str = ""
    repeat: str = "1"
    repeat_wrong: str = ""
    name: str = ""
    skip_twins: bool = False
    form: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, post: QueryDict) -> Asked:
        rows = zip(post.getlist(AXIS)[:MOST_AXES], post.getlist(TEXT)[:MOST_AXES], strict=False)
        return cls(
            axes=[Written(typed(at), typed(text)) for at, text in rows] or [Written()],
            csv=typed(post.get(CSV, "")),
            repeat=typed(post.get(REPEAT, "1"))[:8],
            name=typed(post.get(NAME, ""))[:120],
            skip_twins=TWINS in post,
            form=[(name, str(value)) for name, values in post.lists() if name not in OWN for value in values],
        )

    def do(self, deed: str) -> None:
        """A button: `add` an axis, or `remove:` the one of this number."""
        verb, _colon, number = deed.partition(":")
        if verb == "add" and len(self.axes) < MOST_AXES:
            self.axes.append(Written())
        at = number_in(number)
        if verb == "remove" and at is not None and at < len(self.axes):
            del self.axes[at]
            self.axes = self.axes or [Written()]

    @property
    def may_add(self) -> bool:
        return len(self.axes) < MOST_AXES


def typed(text: object) -> str:
    """What a control holds, without NUL: nobody types it, it comes with what was pasted, and no database, no gateway
    and no pattern takes it."""
    return str(text).replace("\0", "")


class Places(NamedTuple):
    """Where a batch may differ. `prompt` is the path in which words are replaced, "" where there is none to change."""

    fields: dict[str, catalog.Field]
    prompt: str
    variables: list[str]

    @property
    def blanks(self) -> list[str]:
        """The variables as they stand in the prompt, which no path of a field looks like."""
        return ["{{" + name + "}}" for name in self.variables]


def places(draft: Draft) -> Places:
    """The fields that a person may change: not the callback, not the inside of lists, not what a preset holds fast."""
    fixed = draft.held.fixed if draft.held else set()
    fields = {
        each.at: each
        for each in draft.operation.fields
        if each.at != draft.operation.callback and None not in each.steps and not touches(each.at, fixed)
    }
    prompts = [at for at, each in fields.items() if each.role == "prompt"]
    said = (prompts or [at for at, each in fields.items() if each.spoken])[:1]
    prompt = said[0] if said else ""
    texts = [spot.text for spot in spots(draft.operation, draft.values)]  # the variables of a fixed one are asked for
    return Places(fields, prompt, variables(texts))


def touches(at: str, fixed: set[str]) -> bool:
    """Is this one of these paths, a part of one, or a whole that holds one?"""
    return any(at == each or at.startswith(f"{each}.") or each.startswith(f"{at}.") for each in fixed)


def axes_of(asked: Asked, where: Places) -> list[Axis]:
    """The axes that can be read, in the order of the grid: rows of the CSV, then as written. What cannot be read says
    so where it stands."""
    found = []
    if asked.csv.strip():
        try:
            found.append(sheet.axis(asked.csv, list(where.fields.values()), where.variables))
        except NotPlanned as problem:
            asked.csv_wrong = str(problem)
    return [*found, *written(asked, where)]


def written(asked: Asked, where: Places) -> Iterator[Axis]:
    taken: set[str] = set()
    for row in asked.axes:
        one = where.fields.get(where.prompt if row.at == SWAP else row.at)
        row.hint = words_hint() if row.at in where.blanks else hint(row.at, one)
        if not row.text.strip() and row.at:
            continue
        try:
            if row.at and row.at in taken:
                raise NotPlanned(_("This field has an axis already. Write all its values there."))
            taken.add(row.at)
            yield writing.words(row.at, row.text) if row.at in where.blanks else one_axis(row, one)
        except NotPlanned as problem:
            if row.at or row.text.strip():
                row.wrong = str(problem)


def one_axis(row: Written, one: catalog.Field | None) -> Axis:
    """Raises `NotPlanned`."""
    if one is None:
        raise NotPlanned(_("Choose the field that these values go into."))
    if row.at == SWAP:
        return writing.swaps(one, row.text)
    found = writing.axis(one, row.text)
    web = [point for point in found.points if str(point.values[one.at]).lower().startswith(WEB)]
    if web and only_inside(one):
        raise NotPlanned(_("This operation wants the file itself, not an address. Bring the file in the form."))
    return found


def hint(at: str, one: catalog.Field | None) -> str:
    """How values of this field are written."""
    if one is None:
        return ""
    if at == SWAP:
        return _("What is searched for first, then what takes its place: fog, rain, snow")
    if one.choices:
        return ", ".join(str(each) for each in one.choices[:8]) + (" …" if len(one.choices) > 8 else "")
    if one.type == "boolean":
        return _("on, off")
    if one.type in {"integer", "number"}:
        return _("1, 2, 5 · 1-10 · 1-10(2) in steps of 2 · 1-10[4] four of them")
    if one.type in {"object", "array", "json"}:
        return _("JSON, one value in a line")
    return words_hint()


def words_hint() -> str:
    return _("Commas between the values; || or one in a line where they hold commas")


def repeats_of(asked: Asked) -> int:
    text = asked.repeat.strip() or "1"
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_CELLS):
        asked.repeat_wrong = _("Write a number from 1 to %(most)s.") % {"most": MOST_CELLS}
        return 1
    return int(text)


def named(asked: Asked, operation: catalog.Operation, values: Mapping[str, Any]) -> str:
    """What the batch is called: as the person says, else as its prompt begins."""
    first = operation.prompt_of(values).strip().split("\n")[0][:60]
    return asked.name.strip() or first or in_words(operation.title)
