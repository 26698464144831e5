"""An earlier version of a preset or a prompt becomes the newest one. What somebody saved meanwhile is shown first."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from studio.library.models import PresetVersion, PromptVersion
from studio.library.versions import Stale
from studio.numbers import number_in
from studio.teams.access import TeamRequest

Version = PresetVersion | PromptVersion


def restored(request: TeamRequest, page: str, pk: int, number: int, add: Callable[[str, int], Version]) -> HttpResponse:
    """`add` makes the next version, of a note and the version that the person had before them (`base` of the form);
    `page` names the page of the row of this `pk`, to which it leads."""
    base = number_in(request.POST.get("base", "")) or 0
    there = reverse(page, args=[pk])
    try:
        made = add(_("Version %(number)s again") % {"number": number}, base)
    except Stale as fault:
        words = {"theirs": fault.newest.number, "person": fault.newest.author}
        sentence = _(
            "%(person)s saved version %(theirs)s meanwhile, and nothing was restored. Look at the difference first."
        )
        messages.warning(request, sentence % words)
        return redirect(f"{there}?from={number}&to={fault.newest.number}")
    messages.success(request, _("Restored as version %(number)s.") % {"number": made.number})
    return redirect(there)
