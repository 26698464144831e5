"""All that the page shows of a draft, made once: units in sections, the body's lines, samples, reasons, Run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.http import QueryDict
from django.urls import reverse

from studio import catalog
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.composer.lines import Line, legend, lines
from studio.composer.notes import Notes, notes
from studio.composer.plan import SECTIONS
from studio.composer.reference import Entry, reference
from studio.composer.running import Run, run
from studio.composer.samples import curl
from studio.composer.units import Unit, units
from studio.composer.words import in_words
from studio.teams.models import Connection, Membership


@dataclass(frozen=True)
class Group:
    """Units under one legend; "" for none."""

    legend: str
    units: list[Unit]


class Screen:
    """What templates ask for. `asked` is true once a person pressed Run: then missing fields are marked."""

    def __init__(
        self,
        draft: Draft,
        membership: Membership,
        connections: Sequence[Connection],
        chosen: Connection | None,
        *,
        asked: bool = False,
    ) -> None:
        self.draft = draft
        self.operation = draft.operation
        self.asked = asked
        self.connections = connections
        self.connection = chosen
        self.profile: dict[str, str] = chosen.fates if chosen else {}
        self.built = draft.build(self.profile)
        self.units = units(draft, self.built)
        self.notes: Notes = notes(draft, self.built, self.units, asked=asked)
        self.run: Run = run(draft, chosen, membership, self.notes)

    @property
    def title(self) -> str:
        return in_words(self.operation.title)

    @property
    def system(self) -> str:
        return in_words(self.operation.system_title)

    @property
    def description(self) -> str:
        return in_words(self.operation.description)

    @cached_property
    def sections(self) -> dict[str, list[Group]]:
        return {section: self.groups(section) for section in SECTIONS}

    def groups(self, section: str) -> list[Group]:
        titles = {group.name: in_words(group.label) for group in self.operation.groups}
        inside = [unit for unit in self.units if unit.place.section == section and unit.rows]
        grouped = [(name, list(members)) for name, members in groupby(inside, lambda unit: unit.place.group)]
        return [Group(titles.get(name, "") if section != "prompt" else "", members) for name, members in grouped]

    @property
    def changed(self) -> int:
        """How many of the further settings differ from a fresh form."""
        more = [unit for unit in self.units if unit.place.section == "more"]
        return sum(row.changed for unit in more for row in unit.rows)

    @cached_property
    def lines(self) -> list[Line]:
        return lines(self.operation, self.built)

    @property
    def legend(self) -> list[tuple[str, tuple[str, str]]]:
        there = {line.why.kind for line in self.lines if line.why}
        return [(kind, words) for kind, words in legend().items() if kind in there]

    @cached_property
    def json(self) -> str:
        """The body as text to copy or to edit: what was typed there, as long as it is not taken over."""
        return catalog.dumps(self.built.body, indent=2)

    @property
    def curl(self) -> str:
        return curl(self.operation, self.connection, self.draft.values, self.built.body)

    @property
    def reference(self) -> list[Entry]:
        return reference(self.operation)

    @cached_property
    def preview_url(self) -> str:
        return reverse("composer:preview", args=[self.operation.slug])

    @property
    def extra(self) -> str:
        """The tray's text."""
        if self.draft.extra_text is not None:
            return self.draft.extra_text
        return catalog.dumps(dict(self.draft.extras), indent=2) if self.draft.extras else ""

    @property
    def order(self) -> str:
        return catalog.dumps(catalog.pack(self.draft.extras)["order"])

    def redrawn(self, post: QueryDict, also: str = "") -> list[Unit]:
        """The units whose markup in the browser (by its posted shape) is not the one they need now."""
        return [
            unit
            for unit in self.units
            if unit.rows and (unit.key == also or post.get(forms.SHAPE + unit.key, unit.shape) != unit.shape)
        ]

    def steady(self, redrawn: list[Unit]) -> list[Unit]:
        """The other ones: only their notes are sent."""
        return [unit for unit in self.units if unit not in redrawn]
