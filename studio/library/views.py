"""The list of presets, the page of one, and what a person does there."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio import catalog
from studio.drafts import taken
from studio.library import saving
from studio.library.asking import PresetForm
from studio.library.keeping import key_for
from studio.library.listing import Filters, lines
from studio.library.meanwhile import is_untouched
from studio.library.models import Preset, PresetVersion
from studio.library.restoring import restored
from studio.library.rights import NotYours, check_edit, found
from studio.library.showing import shown
from studio.library.stars import star_asked
from studio.library.versions import label_asked, numbered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

WORDS = ("name", "description")
Verb = Callable[[TeamRequest, Preset], object]


@require_safe
@team_page
def presets(request: TeamRequest) -> HttpResponse:
    """`?q=` searches; `?what=` a system or an operation; `?shelf=` starred, mine or archived; `?before=` and
    `?after=` page."""
    filters = Filters.read(request.GET, request.user)
    page = filters.page()
    context = {"filters": filters, "lines": lines(page.rows, request.user), "systems": catalog.systems()}
    context |= page.links(filters.said)
    return render(request, "library/_list.html" if request.htmx else "library/list.html", context)


@require_safe
@team_page
def preset(request: TeamRequest, pk: int) -> HttpResponse:
    """`?version=` a number; `?from=` and `?to=` two numbers, whose difference is shown."""
    return render(request, "library/preset.html", shown(request, found(request.user, pk)))


def changeable(request: TeamRequest, pk: int) -> Preset:
    """Raises PermissionDenied where the person may not change it."""
    row = found(request.user, pk)
    try:
        check_edit(row, request.membership)
    except NotYours as why:
        raise PermissionDenied(str(why)) from why
    return row


def changed(request: TeamRequest, pk: int, verb: Verb) -> HttpResponse:
    """Ask one verb of a preset that the person may change, and go back to its page."""
    row = changeable(request, pk)
    verb(request, row)
    return redirect("library:preset", row.pk)


@require_POST
@team_page(role=Role.MEMBER)
def about(request: TeamRequest, pk: int) -> HttpResponse:
    """Another name, another description."""
    row = changeable(request, pk)
    answer = redirect("library:preset", row.pk)
    form = PresetForm(request.POST)
    if not form.is_valid():
        messages.warning(request, " ".join(str(each) for faults in form.errors.values() for each in faults))
        return answer
    said = {name: getattr(row, name) if is_untouched(request.POST, name) else form.cleaned_data[name] for name in WORDS}
    saving.describe(row, said["name"], said["description"], request.user)
    messages.success(request, _("Saved."))
    return taken(request, answer)


@require_POST
@team_page(role=Role.MEMBER)
def archive(request: TeamRequest, pk: int) -> HttpResponse:
    """Out of the list, or back into it; nothing is lost."""
    return changed(request, pk, put_away)


def put_away(request: TeamRequest, row: Preset) -> None:
    saving.put_away(row, request.user, archived=request.POST.get("archived") == "yes")
    messages.success(request, _("Archived.") if row.archived else _("Back in the list."))


@require_POST
@team_page(role=Role.MEMBER)
def label(request: TeamRequest, pk: int) -> HttpResponse:
    """Put a label at a version, or take it away (version 0)."""
    return changed(request, pk, lambda request, row: label_asked(row, request.POST))


@require_POST
@team_page(role=Role.MEMBER)
def restore(request: TeamRequest, pk: int, number: int) -> HttpResponse:
    """What an earlier version holds becomes the newest version. Raises Http404 where the operation is gone."""
    row = changeable(request, pk)
    version = numbered(PresetVersion.objects.filter(preset=row), str(number))
    if catalog.find(row.operation) is None:
        raise Http404

    def add(note: str, base: int) -> PresetVersion:
        return saving.add_version(row, request.user, version.kept, note, base)

    return restored(request, "library:preset", row.pk, version.number, add)


@require_POST
@team_page(role=Role.MEMBER)
def star(request: TeamRequest, pk: int) -> HttpResponse:
    """A person's star goes on, or off. To htmx the button."""
    return star_asked(request, found(request.user, pk), "library:preset")


@require_POST
@team_page(role=Role.MEMBER)
def fork(request: TeamRequest, pk: int) -> HttpResponse:
    """A preset of the person's own that begins as this one stands now."""
    row = found(request.user, pk)
    if catalog.find(row.operation) is None:
        raise Http404
    version = get_object_or_404(PresetVersion, preset=row, number=row.newest)
    name = _("%(name)s, copy") % {"name": row.name[:110]}
    key = key_for(request.POST.get("key", ""), str(version.pk))
    made = saving.fork(row, version, request.user, name, key)
    messages.success(request, _("This copy is yours; the other preset stays as it is."))
    return redirect("library:preset", made.pk)
