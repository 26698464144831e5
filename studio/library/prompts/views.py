"""The list of prompts, the page of one, and what a person does there."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio.library.meanwhile import is_untouched, merged
from studio.library.models import Prompt, PromptTag, PromptVersion
from studio.library.prompts import saving
from studio.library.prompts.forms import AboutForm, tags_in
from studio.library.prompts.listing import Filters, lines, tags_of
from studio.library.prompts.rights import found, governs
from studio.library.prompts.showing import shown
from studio.library.restoring import restored
from studio.library.stars import star_asked
from studio.library.versions import label_asked, newest_of, numbered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_safe
@team_page
def prompts(request: TeamRequest) -> HttpResponse:
    """`?q=` searches names, texts and tags; `?tag=` one tag; `?shelf=` starred, mine or archived; `?before=` and
    `?after=` page."""
    filters = Filters.read(request.GET, request.user)
    page = filters.page()
    context = {"filters": filters, "lines": lines(page.rows, request.user), "tags": tags_of(request.user, filters.tag)}
    context |= page.links(filters.said)
    return render(request, "library/_prompt_list.html" if request.htmx else "library/prompts.html", context)


@require_safe
@team_page
def prompt(request: TeamRequest, pk: int) -> HttpResponse:
    """`?version=` a number; `?from=` and `?to=` two numbers, whose difference is shown."""
    row = found(request.user, pk)
    context = shown(request, row)
    about = {"name": row.name, "tags": ", ".join(context["tags"]), "visibility": row.visibility}
    return render(request, "library/prompt.html", context | {"form": AboutForm(initial=about)})


@require_safe
@team_page
def choose(request: TeamRequest) -> HttpResponse:
    """What the composer's "Open a saved prompt" offers: a page of the list, `?q=` searches."""
    filters = Filters.read(request.GET, request.user)
    page = filters.page()
    context = {"filters": filters, "lines": lines(page.rows, request.user)} | page.links(filters.said)
    return render(request, "library/_prompt_choices.html", context)


@require_safe
@team_page
def text(request: TeamRequest, pk: int) -> JsonResponse:
    """The newest version's text and id, for the composer's box."""
    row = found(request.user, pk)
    version = newest_of(PromptVersion.objects.filter(prompt=row))
    return JsonResponse({"text": version.text, "version": version.pk})


@require_POST
@team_page(role=Role.MEMBER)
def about(request: TeamRequest, pk: int) -> HttpResponse:
    """Another name, other tags; for whom it is, by its author or an owner. What the person left as it stood stays as
    somebody else may have changed it since."""
    row = found(request.user, pk)
    form = AboutForm(request.POST, initial={"tags": request.POST.get("was-tags", "")})
    if not form.is_valid():
        return render(request, "library/prompt.html", shown(request, row) | {"form": form}, status=422)
    with transaction.atomic():
        row = Prompt.objects.select_for_update(no_key=True).get(pk=row.pk)
        row.changed_at = timezone.now()
        if not is_untouched(request.POST, "name"):
            row.name = form.cleaned_data["name"]
        may_say = governs(row, request.membership) and "visibility" in request.POST
        if may_say and not is_untouched(request.POST, "visibility"):
            row.visibility = form.cleaned_data["visibility"]
        row.save(update_fields=["name", "visibility", "changed_at"])
        now = list(PromptTag.objects.filter(prompt=row).order_by("pk").values_list("name", flat=True))
        was = tags_in(request.POST["was-tags"]) if "was-tags" in request.POST else now
        saving.put_tags(row, merged(now, was, form.cleaned_data["tags"]))
    messages.success(request, _("Saved."))
    return redirect("prompts:prompt", row.pk)


@require_POST
@team_page(role=Role.MEMBER)
def archive(request: TeamRequest, pk: int) -> HttpResponse:
    """Out of the list, or back into it; nothing is lost. By its author or an owner."""
    row = found(request.user, pk)
    if not governs(row, request.membership):
        raise PermissionDenied(_("Only its author and the team's owners can archive this prompt."))
    row.archived = request.POST.get("archived") == "yes"
    row.save(update_fields=["archived"])
    messages.success(request, _("Archived.") if row.archived else _("Back in the list."))
    return redirect("prompts:prompt", row.pk)


@require_POST
@team_page(role=Role.MEMBER)
def label(request: TeamRequest, pk: int) -> HttpResponse:
    """Put a label at a version, or take it away (version 0)."""
    row = found(request.user, pk)
    label_asked(row, request.POST)
    return redirect("prompts:prompt", row.pk)


@require_POST
@team_page(role=Role.MEMBER)
def star(request: TeamRequest, pk: int) -> HttpResponse:
    """A person's star goes on, or off. To htmx the button."""
    return star_asked(request, found(request.user, pk), "prompts:prompt")


@require_POST
@team_page(role=Role.MEMBER)
def restore(request: TeamRequest, pk: int, number: int) -> HttpResponse:
    """An earlier version's text becomes the newest version."""
    row = found(request.user, pk)
    version = numbered(PromptVersion.objects.filter(prompt=row), str(number))

    def add(note: str, base: int) -> PromptVersion:
        return saving.add_version(row, request.user, version.text, note, base)

    return restored(request, "prompts:prompt", row.pk, version.number, add)


def tag_names() -> list[str]:
    """What a field for tags offers: every tag of the team. Needs its scope."""
    return list(PromptTag.objects.order_by("name").values_list("name", flat=True).distinct()[:200])
