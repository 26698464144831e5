"""The team's word lists, and the page of one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Left, Length, Replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.drafts import taken
from studio.library.models import WordList
from studio.library.prompts import saving
from studio.library.prompts.forms import WordListForm
from studio.library.prompts.word_lists import MOST_LISTS
from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

BEGINNING = 120  # characters of a list's lines that stand beside its name


@require_safe
@team_page
def word_lists(request: TeamRequest) -> HttpResponse:
    """By name. A team has some hundred at most: they are all here, without their texts, which may be megabytes."""
    ends = Length("text") - Length(Replace("text", Value("\n")))
    rows = WordList.objects.defer("text").annotate(beginning=Left("text", BEGINNING + 1), number=ends + 1)
    return render(request, "library/word_lists.html", {"rows": rows.order_by("name")[:MOST_LISTS], "most": BEGINNING})


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.MEMBER)
def begin(request: TeamRequest) -> HttpResponse:
    """A new list; `?name=` is what it shall be called."""
    if request.method != "POST":
        name = request.GET.get("name", "").replace("\0", "")[:40]
        return page(request, WordListForm(initial={"name": name}))
    form = WordListForm(request.POST)
    if form.is_valid() and WordList.objects.count() >= MOST_LISTS:
        form.add_error(None, _("A team has %(most)s word lists at most. Delete one first.") % {"most": MOST_LISTS})
    if not form.is_valid():
        return page(request, form, status=422)
    words = form.cleaned_data
    given = {"team": request.team, "author": request.user, "changed_by": request.user}
    try:
        with transaction.atomic():
            WordList.objects.create(**given, name=words["name"], text=words["text"])
    except IntegrityError:
        form.add_error("name", _("There is a list of this name already."))
        return page(request, form, status=422)
    messages.success(request, _("Saved. Prompts draw from it with __%(name)s__.") % {"name": words["name"]})
    return taken(request, redirect("prompts:lists"))


@require_safe
@team_page
def word_list(request: TeamRequest, pk: int) -> HttpResponse:
    """Its lines."""
    row = found(pk)
    return page(request, WordListForm(initial={"name": row.name, "text": row.text}), row)


@require_POST
@team_page(role=Role.MEMBER)
def save(request: TeamRequest, pk: int) -> HttpResponse:
    """Other lines. What somebody else saved meanwhile is shown beside what was typed."""
    row = found(pk)
    form = WordListForm({"name": row.name, "text": request.POST.get("text", "")})
    edition = number_in(request.POST.get("edition", "")) or 0
    if not form.is_valid():
        return page(request, form, row, edition=edition, status=422)
    text = form.cleaned_data["text"]
    if text != row.text and not saving.change_list(row, request.user, text, edition):
        row = found(pk)
        added = [line for line in row.lines if line not in set(text.split("\n"))]
        gone = [line for line in text.split("\n") if line not in set(row.lines)]
        return page(request, form, row, status=409, stale=True, added=added, gone=gone)
    messages.success(request, _("Saved."))
    return taken(request, redirect("prompts:lists"))


def found(pk: int) -> WordList:
    return get_object_or_404(WordList.objects.select_related("changed_by"), pk=pk)


@require_POST
@team_page(role=Role.MEMBER)
def delete(request: TeamRequest, pk: int) -> HttpResponse:
    """By who made it, or an owner. Tasks keep the lines that they drew; texts that name it go as they are written."""
    row = found(pk)
    if row.author_id != request.user.pk and not request.membership.is_owner:
        raise PermissionDenied(_("Only who made this list and the team's owners can delete it."))
    row.delete()
    messages.success(request, _("The word list “%(name)s” is gone.") % {"name": row.name})
    return redirect("prompts:lists")


def page(
    request: TeamRequest, form: WordListForm, row: WordList | None = None, status: int = 200, **more: object
) -> HttpResponse:
    may_delete = row is not None and (row.author_id == request.user.pk or request.membership.is_owner)
    context = {"form": form, "row": row, "edition": row.edition if row else 0, "may_delete": may_delete} | more
    return render(request, "library/word_list.html", context, status=status)
