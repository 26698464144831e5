"""All that the page shows of a draft, made once: units in sections, the body's lines, samples, reasons, Run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from studio import catalog
from studio.assets.models import Asset
from studio.catalog.files import PREFIX
from studio.composer import forms, pieces
from studio.composer.code import Language, language
from studio.composer.copies import copies
from studio.composer.drafts import Draft
from studio.composer.lines import Line, lines
from studio.composer.notes import Notes, notes
from studio.composer.plan import SECTIONS
from studio.composer.prompting import Lists, Prompted, prompted
from studio.composer.reference import Entry, reference
from studio.composer.running import Run, run
from studio.composer.samples import call, languages
from studio.composer.units import Unit, units
from studio.composer.words import mark
from studio.files.filling import by_address, describe, files_in
from studio.languages import in_words, listed
from studio.ledger.rehearsals import rehearsed
from studio.ledger.terms import Sheet, Terms, sheet_of
from studio.library.prompts.word_lists import lists_for
from studio.library.words import label_of
from studio.teams.access import refusal
from studio.teams.models import Connection, Membership, Role


@dataclass(frozen=True)
class Group:
    """Units under one legend; "" for none."""

    legend: str
    units: list[Unit]


@cache
def address_of_preview(slug: str) -> str:
    return reverse("composer:preview", args=[slug])


class Screen:
    """What templates ask for. `asked` is true once a person pressed Run: then missing fields are marked. `code` names
    the language of the sample, `lists` gives the word lists that a text names, `sheet` what a team said of money."""

    def __init__(
        self,
        draft: Draft,
        membership: Membership,
        connections: Sequence[Connection],
        chosen: Connection | None,
        *,
        asked: bool = False,
        under: Asset | None = None,
        code: str = "",
        lists: Lists = lists_for,
        sheet: Callable[[int], Sheet] = sheet_of,
    ) -> None:
        self.draft = draft
        self.operation = draft.operation
        self.asked = asked
        self.under = under  # the picture that something may be painted over
        self.languages = languages(self.operation)
        self.language: Language = language(code, self.languages)
        self.connections = connections
        self.connection = chosen
        self.profile: dict[str, str] = chosen.fates if chosen else {}
        self.team = membership.team_id
        self.refused = "" if membership.may_run else refusal(Role.MEMBER)  # why no file may be brought
        self.reached = chosen.reaches_us()[0] if chosen else True
        draft.files, draft.copies = files_in(draft.values, self.team), copies(draft)
        self.prompted: Prompted | None = prompted(draft, lists)
        draft.resolved = self.prompted.resolved if self.prompted else {}
        self.built = draft.build(self.profile)
        self.units = units(draft, self.built)
        self.notes: Notes = notes(draft, self.built, self.units, asked=asked)
        fetched = by_address(draft.operation, self.built.body, draft.files) if not self.reached else []
        unreached = [file.called for file in fetched]
        said = sheet(self.team)
        self.has_budget = bool(said.budgets & {None, membership.user_id})
        self.terms: Callable[[Mapping[str, Any]], Terms] = partial(
            said.terms, membership.user_id, self.operation, is_owner=membership.is_owner
        )
        if chosen and chosen.is_sandbox:
            self.terms = rehearsed
        self.money = self.terms(self.operation.values(self.built.body)[0])
        self.run: Run = run(draft, chosen, membership, self.notes, unreached, self.prompted, self.money, self.gone)

    @property
    def gone(self) -> bool:
        """Is the connection that was chosen no more?"""
        return self.connection is None and bool(self.connections)

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
    def has_more(self) -> bool:
        return any(unit.place.section == "more" and unit.rows for unit in self.units)

    @property
    def changed(self) -> int:
        """How many of the further settings differ from a fresh form."""
        more = [unit for unit in self.units if unit.place.section == "more"]
        return sum(row.changed for unit in more for row in unit.rows)

    @cached_property
    def lines(self) -> list[Line]:
        return lines(self.operation, replace(self.built, body=self.body))

    @property
    def panels(self) -> SafeString:
        """Body and code, while the body is not edited as JSON."""
        note = _("Sent as the parts of a form, one for each key.") if self.operation.is_multipart else ""
        note = _("Sent frame by frame over a web socket, once it is open.") if self.operation.turn else note
        return pieces.of_panels(self.lines, self.json, self.code, self.language, self.preview_url, note)

    @cached_property
    def body(self) -> Any:
        """The body for a person's eyes: a short text where each file will be."""
        if PREFIX not in self.json:  # most refer to no file
            return self.built.body
        return describe(self.operation, self.built.body, self.draft.files, reached=self.reached)

    @property
    def run_anew(self) -> SafeString:
        return pieces.of_run(self.run)

    @cached_property
    def json(self) -> str:
        """The body as text to copy or to edit: what was typed there, as long as it is not taken over."""
        return catalog.dumps(self.built.body, indent=2)

    @property
    def held_back(self) -> str:
        """What a preset holds fast and the JSON says otherwise, in words; "" for nothing."""
        labels = listed(label_of(self.operation, at) for at in self.draft.overruled)
        told = _("The preset holds this fast, so what the JSON says of it is left out: %(labels)s.")
        return told % {"labels": labels} if labels else ""

    @property
    def code(self) -> str:
        """The call in the chosen language; only that one is written, since this is asked for with every key stroke."""
        return self.language.write(call(self.operation, self.connection, self.draft.sent, self.body))

    @property
    def reference(self) -> list[Entry]:
        return reference(self.operation)

    @property
    def has_prompt(self) -> bool:
        """Does any text that is a prompt stand on the page?"""
        return any(unit.place.section == "prompt" and unit.state != "absent" for unit in self.units)

    @property
    def has_prompt_box(self) -> bool:
        """Is the prompt one text, which can be saved, opened and improved by itself, and does it stand on the page?"""
        at = self.draft.prompt_at
        return any(unit.key == at and unit.state != "absent" for unit in self.units)

    @property
    def prompt_box(self) -> str:
        """The id of the control of the prompt."""
        return f"c-{mark(self.prompted.at)}" if self.prompted else ""

    @cached_property
    def preview_url(self) -> str:
        return address_of_preview(self.operation.slug)

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

    def notes_of_others(self, redrawn: list[Unit]) -> list[SafeString]:
        """Of the other ones only the notes are sent, where there is a place for them."""
        again = {unit.key for unit in redrawn}
        steady = [unit for unit in self.units if unit.key not in again and unit.state not in {"absent", "omitted"}]
        return pieces.of_notes((row for unit in steady for row in unit.rows), self.preview_url)
