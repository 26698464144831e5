"""Presets leave as a document and come in from one: a table first, and nothing saved before the person says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from studio import catalog
from studio.languages import listed
from studio.library import documents, examples, importing
from studio.library.documents import Item
from studio.library.importing import COPY, IMPORT, ONTO, SKIP, STATES, Done, Row
from studio.library.listing import Filters
from studio.library.models import Preset, PresetVersion, Visibility, new_key
from studio.library.rights import seen_by
from studio.library.words import label_of
from studio.numbers import numbers_in
from studio.teams.access import TeamRequest, refusal, team_page
from studio.teams.models import Role

DEED = "do:"  # the name of a row's choice, followed by its number
LEFT_SHOWN = 5  # things left out of one preset that are named


class Told(NamedTuple):
    """One row of the table, in words."""

    row: Row
    mark: str
    word: str
    left: list[str]
    choices: list[tuple[str, str]]
    chosen: str


@require_safe
@team_page
def export(request: TeamRequest) -> HttpResponseBase:
    """`?preset=`, once or more, those; without any all that the list's own query shows."""
    asked = numbers_in(request.GET.getlist("preset"))[: documents.MOST_PRESETS + 1]
    rows = seen_by(request.user).filter(pk__in=asked) if asked else Filters.read(request.GET, request.user).presets()
    presets = list(rows.order_by("-changed_at", "-pk")[: documents.MOST_PRESETS + 1])
    try:
        text = documents.written(with_newest(presets))
    except documents.TooLarge as fault:
        messages.warning(request, str(fault))
        return redirect("library:list")
    if not presets:
        messages.warning(request, _("There is no preset to export here."))
        return redirect("library:list")
    name = slugify(presets[0].name, allow_unicode=True)[:60] if len(presets) == 1 else ""
    headers = {
        "Content-Disposition": content_disposition_header(True, f"{name or f'presets-{localdate()}'}.json") or ""
    }
    return HttpResponse(text, content_type="application/json", headers=headers)


def with_newest(presets: list[Preset]) -> list[tuple[Preset, PresetVersion]]:
    """Each with its newest version; two queries, however many."""
    numbers = {preset.pk: preset.newest for preset in presets}
    found = PresetVersion.objects.filter(preset__in=presets, number__in=set(numbers.values())).defer("body_text")
    versions = {each.preset_id: each for each in found if each.number == numbers[each.preset_id]}
    return [(preset, versions[preset.pk]) for preset in presets if preset.pk in versions]


@require_POST
@team_page(role=Role.MEMBER)
def take(request: TeamRequest) -> HttpResponseBase:
    """Do with each row of the table what was chosen."""
    text = request.POST.get("text", "")
    try:
        items = documents.read(text)
    except (catalog.JSONProblem, documents.Unreadable):
        messages.warning(request, _("This form cannot be read. Import the document once more."))
        return redirect("composer:paste")
    rows = importing.rows(items, request.membership)
    chosen = {row.number: request.POST.get(f"{DEED}{row.number}", SKIP) for row in rows}
    asked = request.POST.get("visibility", "")
    visibility = asked if asked in {Visibility.ME, Visibility.TEAM} else Visibility.TEAM
    try:
        done = importing.carry_out(rows, chosen, request.membership, visibility, request.POST.get("nonce", "")[:64])
    except importing.Moved:
        return page(request, text, items, moved=True)
    messages.success(request, summary(done))
    return redirect("library:list")


@require_POST
@team_page(role=Role.MEMBER)
def add_examples(request: TeamRequest) -> HttpResponseBase:
    """The examples that the team has not; a second time there are none."""
    count = examples.add(request.membership)
    told = ngettext("%(n)s example added.", "%(n)s examples added.", count) % {"n": count}
    messages.success(request, told if count else _("All examples are in the library already."))
    return redirect("library:list")


def page(request: TeamRequest, text: str, items: list[Item], *, moved: bool = False) -> HttpResponse:
    """The table of a document that was read. Nothing is saved yet."""
    rows = importing.rows(items, request.membership)
    told = [tell(row, request.POST.get(f"{DEED}{row.number}", "")) for row in rows]
    told.sort(key=lambda each: STATES.index(each.row.state))
    context: dict[str, Any] = {
        "text": text,
        "rows": told,
        "counts": [(state, *words()[state], n) for state in STATES if (n := sum(r.state == state for r in rows))],
        "moved": moved,
        "nonce": request.POST.get("nonce", "")[:64] or new_key(),
        "may_save": request.membership.may_run and any(len(row.choices) > 1 for row in rows),
        "refused": "" if request.membership.may_run else refusal(Role.MEMBER),
        "visibilities": [(each.value, each.label) for each in (Visibility.TEAM, Visibility.ME)],
        "visibility": request.POST.get("visibility", Visibility.TEAM),
    }
    return render(request, "library/import.html", context, status=409 if moved else 200)


def tell(row: Row, wanted: str) -> Told:
    operation = catalog.get(row.item.operation) if row.state not in {importing.FAULTY, importing.UNKNOWN} else None
    why = reasons()
    left = [f"{label_of(operation, each.at)} ({why[each.why]})" for each in row.left[:LEFT_SHOWN]]
    if len(row.left) > LEFT_SHOWN:
        left.append("…")
    choices = [(choice, deed(row, choice)) for choice in row.choices]
    chosen = wanted if wanted in row.choices else row.choices[0]
    return Told(row, *words()[row.state], left, choices, chosen)


def words() -> dict[str, tuple[str, str]]:
    """Mark and word of each state."""
    return {
        importing.FAULTY: ("✕", _("faulty")),
        importing.UNKNOWN: ("?", _("unknown operation")),
        importing.CONFLICT: ("≠", _("differs")),
        importing.NEW: ("+", _("new")),
        importing.SAME: ("=", _("the same")),
    }


def reasons() -> dict[str, str]:
    """Why something of a preset is left out."""
    return {
        "file": _("a file of another team"),
        "address": _("an address of this studio"),
        "secret": _("a secret"),
        "unknown": _("the operation does not take it"),
    }


def deed(row: Row, choice: str) -> str:
    if choice.startswith(ONTO):
        return _("Save as version %(number)s") % {"number": int(choice.removeprefix(ONTO)) + 1}
    return {IMPORT: _("Import"), COPY: _("Import as a copy"), SKIP: _("Skip")}[choice]


def summary(done: Done) -> str:
    parts = []
    if done.new:
        parts.append(ngettext("%(n)s preset imported", "%(n)s presets imported", done.new) % {"n": done.new})
    if done.versions:
        text = ngettext("%(n)s saved as a new version", "%(n)s saved as new versions", done.versions)
        parts.append(text % {"n": done.versions})
    if done.copies:
        parts.append(ngettext("%(n)s copy imported", "%(n)s copies imported", done.copies) % {"n": done.copies})
    return _("%(what)s.") % {"what": listed(parts)} if parts else _("Nothing was imported.")
