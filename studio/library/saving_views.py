"""Saving what a form held: as a preset, or as the next version of the one it was opened from."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from studio import catalog
from studio.drafts import taken
from studio.library import asking, saving, sharing
from studio.library.asking import NEXT, Asking, PresetForm
from studio.library.audience import reaches_nobody
from studio.library.keeping import key_for
from studio.library.kept import Kept
from studio.library.models import Preset, PresetVersion, Visibility, new_key
from studio.library.rights import found, may_edit
from studio.library.versions import Stale
from studio.numbers import number_in, numbers_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_POST
@team_page(role=Role.MEMBER)
def save(request: TeamRequest) -> HttpResponse:
    """What cannot be saved comes back with all that was chosen; what somebody else saved meanwhile is shown first."""
    try:
        operation, kept = asking.read(request.POST)
        form_posted = asking.posted_form(request.POST.get("form", ""))
    except asking.Unreadable:
        messages.warning(request, _("This form cannot be read. Open what you want to save once more."))
        return redirect("library:list")
    readers, editors = (numbers_in(request.POST.getlist(name)) for name in ("reader", "editor"))
    named = dict.fromkeys(readers, False) | dict.fromkeys(editors, True)
    form = PresetForm(request.POST)
    ask = Asking(operation, asking.clean(operation, kept), form=form, form_posted=form_posted, named=named)
    ask.key = request.POST.get("key", "")[:32] or new_key()
    if number := number_in(request.POST.get("preset", "")):
        ask.preset = found(request.user, number)
        ask.may_edit = may_edit(ask.preset, request.membership)
        ask.base = number_in(request.POST.get("base", "")) or 0
    if not ask.form.is_valid():
        return asking.page(request, ask, 422)
    words = ask.form.cleaned_data
    if words["into"] == NEXT and ask.preset and ask.may_edit and ask.preset.operation == operation.slug:
        try:
            version = saving.add_version(ask.preset, request.user, ask.kept, words["note"], ask.base)
        except Stale as fault:
            ask.stale, ask.base = fault.newest, fault.newest.number
            return asking.page(request, ask, 409)
        messages.success(request, _("Saved as version %(number)s.") % {"number": version.number})
        return taken(request, redirect("library:preset", ask.preset.pk))
    if not words["name"]:
        ask.form.add_error("name", _("Give it a name by which others find it."))
        return asking.page(request, ask, 422)
    made = begun(request, ask)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": made.name})
    if nobody := reaches_nobody(made, request.user):
        messages.warning(request, nobody)
    return taken(request, redirect("library:preset", made.pk))


@transaction.atomic
def begun(request: TeamRequest, ask: Asking) -> Preset:
    """A preset of its own, for whom it was asked."""
    words = ask.form.cleaned_data
    made = saving.begin(
        team=request.team,
        person=request.user,
        operation=ask.operation,
        kept=ask.kept,
        name=words["name"],
        key=key_for(request.POST.get("key", ""), *ask.texts, *map(str, (*words.values(), *sorted(ask.named.items())))),
        description=words["description"],
        note=words["note"],
        visibility=words["visibility"] or Visibility.TEAM,
    )
    if ask.named:
        editors = [person for person, may_change in ask.named.items() if may_change]
        sharing.set_audience(made, Visibility(made.visibility), ask.named, editors, request.user)
    return made


def ask_for(
    request: TeamRequest,
    kept: Kept,
    operation: catalog.Operation,
    version: PresetVersion | None,
    name: str,
    form_posted: Sequence[tuple[str, str]],
) -> HttpResponse:
    """The page before a save, for what a form or a task holds; `version` is what it was opened from, `form_posted` the
    composer's form, where it came from one."""
    ask = Asking(operation, kept, form_posted=form_posted)
    words = {"name": name, "visibility": "team"}
    if version:
        ask.preset = version.preset
        ask.base = version.number
        ask.may_edit = may_edit(version.preset, request.membership)
        words |= {"name": version.preset.name, "description": version.preset.description}
    ask.form = PresetForm(initial=words)
    return asking.page(request, ask)
