"""A prompt is begun, or written anew: what cannot be saved comes back with all that was typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studio.drafts import taken
from studio.library.keeping import key_for, new_key
from studio.library.models import Prompt, PromptVersion
from studio.library.prompts import patterns, saving
from studio.library.prompts.differences import pieces
from studio.library.prompts.forms import BeginningForm, WritingForm
from studio.library.prompts.rights import found
from studio.library.prompts.word_lists import lists_for
from studio.library.versions import Stale
from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

NEXT, OWN = "version", "own"  # what a text that began as a version of another prompt is saved as


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.MEMBER)
def begin(request: TeamRequest) -> HttpResponse:
    """A new prompt."""
    if request.method != "POST":
        return ask(request, BeginningForm(initial={"visibility": "team"}))
    form = BeginningForm(request.POST)
    if not form.is_valid():
        return ask(request, form, status=422)
    return begun(request, form.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.MEMBER)
def write(request: TeamRequest, pk: int) -> HttpResponse:
    """The next version. Where somebody else saved one meanwhile the page says so, shows the difference, and asks."""
    row = found(request.user, pk)
    if request.method != "POST":
        return ask(request, WritingForm(initial={"text": row.text}), row, row.newest)
    base, into = number_in(request.POST.get("base", "")) or 0, request.POST.get("into", "")
    if into == OWN:
        own = BeginningForm(request.POST)
        return begun(request, own.cleaned_data) if own.is_valid() else ask(request, own, row, base, 422, into=OWN)
    form = WritingForm(request.POST)
    if not form.is_valid():
        return ask(request, form, row, base, status=422)
    words = form.cleaned_data
    try:
        version = saving.add_version(row, request.user, words["text"], words["note"], base)
    except Stale as fault:
        theirs = fault.newest
        found_out = {"stale": theirs, "pieces": pieces(theirs.text, words["text"])}
        return ask(request, form, row, theirs.number, status=409, **found_out)
    if version.number == base:
        messages.info(request, _("It says what version %(number)s says; nothing was saved.") % {"number": base})
    else:
        messages.success(request, _("Saved as version %(number)s.") % {"number": version.number})
    return taken(request, redirect("prompts:prompt", row.pk))


def ask_for(request: TeamRequest, text: str, opened: PromptVersion | None, here: str) -> HttpResponse:
    """The page before a save, for a text that was written elsewhere, at `here`; `opened` is the version that it began
    as."""
    form = BeginningForm(initial={"text": text, "visibility": "team"})
    if opened is None:
        return ask(request, form, here=here)
    return ask(request, form, opened.prompt, opened.number, here=here, into=NEXT)


def begun(request: TeamRequest, words: dict[str, Any]) -> HttpResponse:
    told = [words["name"], words["text"], words["note"], words["visibility"], *words["tags"]]
    made = saving.begin(
        team=request.team,
        person=request.user,
        name=words["name"],
        text=words["text"],
        key=key_for(request.POST.get("key", ""), *told),
        note=words["note"],
        visibility=words["visibility"],
        tags=words["tags"],
    )
    messages.success(request, _("Saved as “%(name)s”.") % {"name": made.name})
    return taken(request, redirect("prompts:prompt", made.pk))


def ask(
    request: TeamRequest,
    form: WritingForm,
    prompt: Prompt | None = None,
    base: int = 0,
    status: int = 200,
    here: str = "",
    **more: Any,
) -> HttpResponse:
    """The page on which a prompt is written. `base` is the version that the person has before them; `here` the page
    that the text comes from, where its draft is kept, if it does not begin on this one."""
    text = str(form["text"].value() or "")
    own = reverse("prompts:write", args=[prompt.pk]) if prompt else reverse("prompts:new")
    context = {
        "here": here or own,
        "draft": "" if here else f"writing:{request.user.pk}:{request.team.pk}:prompt:{prompt.pk if prompt else 'new'}",
        "form": form,
        "prompt": prompt,
        "base": base,
        "next": base + 1,
        "key": request.POST.get("key", "")[:32] or new_key(),
        "reading": patterns.read(text, lists_for(text)),
    }
    return render(request, "library/prompt_write.html", context | more, status=status)
