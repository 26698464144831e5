"""Import: what was pasted becomes a table and, when the person says so, a draft. Nothing is sent or kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from studio import catalog
from studio.catalog import paths
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.composer.finding import find
from studio.composer.imports.finding import Candidate, candidates, path_of
from studio.composer.imports.pasted import MOST, Pasted, Unreadable
from studio.composer.imports.reading import read
from studio.composer.imports.verdicts import Row, Taken, Verdict, take
from studio.composer.opening import IMPORT, page, screen_of, take_json
from studio.composer.words import place_of
from studio.languages import in_words
from studio.library import documents
from studio.library.import_views import page as import_page
from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection


class Told(NamedTuple):
    """One row of the table, in words."""

    row: Row
    mark: str
    word: str
    label: str
    note: str


@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def paste(request: TeamRequest) -> HttpResponseBase:
    """The page with its box; posted, what was read in the text, with the table of the call that is looked at."""
    context: dict[str, Any] = {"text": request.POST.get("text", ""), "most": MOST}
    if request.method != "POST":
        return render(request, "composer/paste.html", context)
    if documents.is_one(str(context["text"])):
        return presets(request, context)
    try:
        calls = read(str(context["text"]))
    except Unreadable as problem:
        return render(request, "composer/paste.html", context | {"fault": fault(problem)}, status=422)
    number = number_in(request.POST.get("call", "")) or 0
    at = number if number < len(calls) else 0
    found = candidates(calls[at], [each.paths for each in Connection.objects.all()])
    wanted = [each for each in found if each.operation.slug == request.POST.get("operation")]
    chosen = next(iter([*wanted, *found]), None)
    context |= {"calls": [named(each) for each in calls] if len(calls) > 1 else [], "call": at}
    context |= {"others": [(each.operation, *titles(each)) for each in found if each is not chosen]}
    if chosen is None:
        return render(request, "composer/paste.html", context | {"fault": not_found(calls[at])}, status=422)
    return render(request, "composer/paste.html", context | shown(take(calls[at], chosen)))


def presets(request: TeamRequest, context: dict[str, Any]) -> HttpResponseBase:
    """A document of presets goes to the library's table."""
    text = str(context["text"])
    try:
        items = documents.read(text)
    except catalog.JSONProblem as problem:
        return render(request, "composer/paste.html", context | {"fault": place_of(problem)}, status=422)
    except documents.Unreadable as problem:
        return render(request, "composer/paste.html", context | {"fault": str(problem)}, status=422)
    return import_page(request, text, items)


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def imported(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The form, filled from what was read on the page; GET shows the draft that this browser has of it."""
    found = find(operation)
    if request.method != "POST":
        return page(request, screen_of(request, Draft.fresh(found)), port=IMPORT, restores=True)
    draft = forms.read(found, request.POST)
    # What the address needs and no body tells begins as in a fresh form.
    needed = {field.at for field in found.fields if field.place != "body" and field.required == "yes"}
    address = {at: value for at, value in found.start().items() if at in needed} | draft.values
    take_json(request, draft)
    draft.values = address | draft.values
    return page(request, screen_of(request, draft), port=IMPORT)


def named(pasted: Pasted) -> str:
    return f"{pasted.method} {pasted.url}".strip()[:120] or pasted.operation or "JSON"


def titles(candidate: Candidate) -> tuple[str, str]:
    return in_words(candidate.operation.system_title), in_words(candidate.operation.title)


def shown(taken: Taken) -> dict[str, Any]:
    system, title = titles(taken.candidate)
    order = list(words())
    rows = sorted(
        (told(taken.candidate.operation, row) for row in taken.rows), key=lambda t: order.index(t.row.verdict)
    )
    return {
        "taken": taken,
        "operation": taken.candidate.operation,
        "system": system,
        "title": title,
        "rows": rows,
        "summary": [
            (verdict, *words()[verdict], number)
            for verdict in order
            if (number := sum(row.verdict == verdict for row in taken.rows))
        ],
        "json": catalog.dumps(taken.body, indent=2),
        "address": [(forms.VALUE + at, text) for at, text in taken.values.items()],
    }


def told(operation: catalog.Operation, row: Row) -> Told:
    item = operation.field(row.at)
    label = in_words(item.label) if item else row.at
    note = not_taken(row) if row.verdict == "file" and not takes_file(operation, row.at) else notes()[row.verdict]
    return Told(row, *words()[row.verdict], label, note)


def takes_file(operation: catalog.Operation, at: str) -> bool:
    """Has the form a place for files here?"""
    return bool(at) and any(each.takes and paths.is_within(each.at, at) for each in operation.fields)


def not_taken(row: Row) -> str:
    """What to do with a file for which the form has no place: its text was meant."""
    if not row.key:
        return _("The body is in this file. Paste its text here.")
    return _("The form takes no file here. If the text in it is meant, put that in its place.")


def words() -> dict[Verdict, tuple[str, str]]:
    """Mark and word of each verdict, what asks for attention first."""
    return {
        "secret": ("✕", _("secret dropped")),
        "file": ("!", _("choose the file")),
        "left": ("?", _("unknown, left out")),
        "unknown": ("?", _("unknown, kept")),
        "converted": ("≈", _("converted")),
        "ok": ("✓", _("ok")),
        "ours": ("◆", _("the studio's own")),
    }


def notes() -> dict[Verdict, str]:
    return {
        "secret": _("The studio uses the key of the connection. This one is not kept."),
        "file": _("It is on your disk. Choose it in the form."),
        "left": _("It has no place in the body. It stays in your text above."),
        "unknown": _("The form does not know it. It goes into the extra keys and is sent."),
        "converted": _("Written as the operation takes it."),
        "ok": "",
        "ours": _("The studio sends its own."),
    }


def fault(problem: Unreadable) -> str:
    if isinstance(problem.at, catalog.JSONProblem):
        place = place_of(problem.at)
        return _("In the command's data: %(place)s") % {"place": place} if problem.reason == "data" else place
    return {
        "empty": _("Paste something first."),
        "long": _("This text is longer than 2 MB. Paste one call of it."),
        "not-closed": _("A quotation mark is not closed. Copy the whole command."),
        "no-address": _("This command has no address. Copy the whole command."),
        "no-body": _('A body is one JSON object, for example {"prompt": "…"}.'),
        "no-calls": _("No call in this HAR brings a body."),
    }.get(problem.reason, _("This is neither a curl command nor JSON. Paste one of these."))


def not_found(pasted: Pasted) -> str:
    known = catalog.recognise(pasted.method, path_of(pasted.url), pasted.body) if pasted.url else None
    if known:
        return _("“%(title)s” asks for something and makes nothing, so there is no form for it.") % {
            "title": in_words(known.title)
        }
    return _("No operation takes such a call.")
