"""A form that is opened from a preset: which version it is, and what that holds fast."""

from __future__ import annotations

from studio import catalog
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.library.opening import Opened, opened
from studio.teams.access import TeamRequest


def opened_from(request: TeamRequest, operation: catalog.Operation) -> Opened | None:
    """The version that the posted form, else the address, names; None for none.

    Raises Http404 where it may not be opened by this person, or is of another operation.
    """
    told = request.POST if request.method == "POST" else request.GET
    for name in ("changes", "preset"):
        if version := told.get(name, ""):
            return opened(request.user, request.membership, operation.slug, version, name == "changes")
    return None


def read(request: TeamRequest, operation: catalog.Operation) -> Draft:
    """The draft of the posted form; what its preset holds fast is as the preset has it. What was said of JSON that it
    overruled is said again, until JSON is edited anew: the form is asked about once more when the box is left."""
    source = opened_from(request, operation)
    draft = forms.read(operation, request.POST, source.kept if source and not source.changes else None)
    if request.POST.get("do") != "edit":
        draft.overruled = [at for at in request.POST.getlist("overruled") if draft.is_fixed(at)]
    return draft
