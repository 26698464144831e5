"""A draft on its way to another operation: which can take it, how much of it, and what the page tells of each value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.drafts import Draft
from studio.languages import in_words
from studio.tasks.switches import is_offered
from studio.teams.models import Connection

ORDER: tuple[catalog.PortKind, ...] = ("missing", "lost", "converted", "mapped", "default")
TIED = {"", "model", "callback", "task"}  # roles that make no two operations alike


class Told(NamedTuple):
    """One row of the table: what stood there, what stands here, and why it is not the same."""

    kind: catalog.PortKind
    word: str
    mark: str
    before_label: str
    before: str
    after_label: str
    after: str
    note: str


class Place(NamedTuple):
    """An operation that could take the draft, and how much of it would arrive."""

    operation: catalog.Operation
    title: str
    system: str
    kept: int
    of: int
    converted: int
    lost: list[str]
    missing: list[str]

    @property
    def rank(self) -> tuple[int, int, int]:
        """What is still to be filled in weighs more than what is kept."""
        return 2 * len(self.missing) - self.kept, len(self.lost), self.converted


def carried(draft: Draft, target: catalog.Operation) -> catalog.Ported:
    """What arrives; what was typed and cannot be read does not, and says so."""
    ported = catalog.port(draft.operation, draft.values, draft.extras, target)
    unread = [
        catalog.PortLine("lost", at, before=draft.typed.get(at, ""), note=catalog.Text(why, why))
        for at, why in draft.wrong.items()
    ]
    return replace(ported, lines=[*unread, *ported.lines])


def places(draft: Draft, connections: Sequence[Connection]) -> tuple[list[Place], list[Place]]:
    """The operations that make the same kind, and the others that take some of the same; most is kept by the first."""
    source = draft.operation
    roles = {item.role for at in draft.values if (item := source.field(at))} - TIED
    same: list[Place] = []
    others: list[Place] = []
    for each in catalog.operations():
        if each.slug == source.slug or not is_offered(each, connections):
            continue
        if each.makes == source.makes or roles & {item.role for item in each.fields}:
            (same if each.makes == source.makes else others).append(place(draft, each))
    return sorted(same, key=lambda found: found.rank), sorted(others, key=lambda found: found.rank)


def place(draft: Draft, target: catalog.Operation) -> Place:
    ported = carried(draft, target)
    kept, lost = ported.count("mapped", "converted"), ported.count("lost")
    return Place(
        operation=target,
        title=in_words(target.title),
        system=in_words(target.system_title),
        kept=kept,
        of=kept + lost,
        converted=ported.count("converted"),
        lost=[origin(draft.operation, line) for line in ported.lines if line.kind == "lost" and not line.usual],
        missing=[label(target, line.target) for line in ported.lines if line.kind == "missing"],
    )


def told(draft: Draft, ported: catalog.Ported, target: catalog.Operation) -> list[Told]:
    """The rows of the table, what asks for attention first; what nobody chose and nobody misses is left out."""
    lines = [line for line in ported.lines if not line.usual]
    return [row for kind in ORDER for row in _rows(draft.operation, lines, target, kind)]


def unmissed(draft: Draft, ported: catalog.Ported) -> list[str]:
    """The labels of the form's own values that have no place there."""
    return [origin(draft.operation, line) for line in ported.lines if line.usual]


def summary(ported: catalog.Ported) -> list[tuple[catalog.PortKind, str, str, int]]:
    """How many values had which fate: kind, mark, word, number."""
    return [(kind, *words()[kind], number) for kind in ORDER if (number := ported.count(kind))]


def words() -> dict[catalog.PortKind, tuple[str, str]]:
    return {
        "missing": ("!", _("still needed")),
        "lost": ("✕", _("lost")),
        "converted": ("≈", _("converted")),
        "mapped": ("✓", _("as it is")),
        "default": ("○", _("default")),
    }


def _rows(
    source: catalog.Operation, lines: Sequence[catalog.PortLine], target: catalog.Operation, kind: catalog.PortKind
) -> Iterator[Told]:
    sign, word = words()[kind]
    for line in (each for each in lines if each.kind == kind):
        before, after = shown(line.before), shown(line.after)
        if before == after and kind == "converted":  # 5 is not "5"
            before, after = catalog.dumps(line.before), catalog.dumps(line.after)
        names = origin(source, line), label(target, line.target)
        yield Told(kind, word, sign, names[0], before, names[1], after if kind != "mapped" else "", in_words(line.note))


def origin(source: catalog.Operation, line: catalog.PortLine) -> str:
    """What the value was: a field, or a setting behind the words of one."""
    return line.setting or label(source, line.source)


def label(operation: catalog.Operation, at: str) -> str:
    found = operation.field(at)
    return in_words(found.label) if found else at


def shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else catalog.dumps(value)
