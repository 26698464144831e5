"""Comments: they stand on the pages of other rooms, whose forms lead here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.drafts import taken
from studio.notices import talking
from studio.notices.listing import on, opened
from studio.notices.models import LONGEST, Comment
from studio.notices.targets import Target, find
from studio.notices.writing import clean
from studio.numbers import numbers_in
from studio.paging import Place
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def talk(request: TeamRequest, kind: str, pk: int) -> HttpResponse:
    """The comments on one thing (`?before=` older ones), and a new one."""
    target = find(kind, pk, request.user)
    if request.method == "POST":
        return say(request, target)
    looked_at(request, target)
    return render(request, "notices/_lines.html", section(request, target, Place.read(request.GET)))


def looked_at(request: TeamRequest, target: Target) -> bool:
    """Whoever opens a page has read what they were told of it; whether that was new. A HEAD opens nothing."""
    return request.method != "HEAD" and opened(on(request.user, target))


def section(request: TeamRequest, target: Target, place: Place | None = None) -> dict[str, Any]:
    """What the comments of a target are shown with, on its page and by themselves."""
    owner = request.membership.is_owner
    return {"target": target, "talk": talking.talk(target, place), "governs": owner, "longest": LONGEST}


def say(request: TeamRequest, target: Target) -> HttpResponse:
    text = clean(request.POST.get("text", ""))
    fault = fault_of(text)
    told: list[str] = [] if fault else reached(talking.say(target, request.user, text, chosen(request))[1])
    if not request.htmx:
        for sentence in [*told, *filter(None, [fault])]:
            messages.warning(request, sentence)
        answer: HttpResponse = redirect(f"{target.url}#talk")
        return answer if fault else taken(request, answer)
    page = section(request, target) | {"fault": fault, "told": told, "text": text if fault else ""}
    answer = render(request, "notices/_talk.html", page, status=422 if fault else 200)
    return answer if fault else taken(request, answer)


def fault_of(text: str) -> str:
    if not text:
        return _("Write something first.")
    return _("A comment has %(most)s characters at most.") % {"most": LONGEST} if len(text) > LONGEST else ""


def chosen(request: TeamRequest) -> list[int]:
    """Who was picked from the list of names."""
    return numbers_in(request.POST.getlist("mention")[: talking.MOST_MEMBERS])


@require_safe
@team_page
def people(request: TeamRequest) -> HttpResponse:
    """Whom a comment can mention, for the list of a box (`?box=` its id); `?q=` narrows it."""
    box = "edit" if request.GET.get("box") == "edit" else "write"
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    members, more = talking.offered(request.team.pk, words)
    return render(request, "notices/_people.html", {"members": members, "more": more, "box": box})


def reached(unseen: list[User]) -> list[str]:
    sentence = _("%(person)s cannot see this, and was not notified.")
    return [sentence % {"person": person} for person in unseen]


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def comment(request: TeamRequest, pk: int) -> HttpResponse:
    """Its form (`?edit=yes`), the comment itself, another text. By its writer."""
    row = get_object_or_404(Comment, pk=pk)
    target = find(*row.about, request.user)
    if row.writer_id != request.user.pk:
        raise PermissionDenied(_("Only who wrote a comment can change it."))
    if request.method == "POST":
        return change(request, target, row)
    if request.GET.get("edit") == "yes":
        return form(request, target, row, talking.as_typed(row))
    return one(request, target, row)


def change(request: TeamRequest, target: Target, row: Comment) -> HttpResponse:
    text = clean(request.POST.get("text", ""))
    if fault := fault_of(text):
        return form(request, target, row, text, fault)
    told = reached(talking.change(target, row, text, chosen(request)))
    there = f"{target.url}#comment-{row.pk}"
    return taken(request, one(request, target, row, told) if request.htmx else redirect(there))


def form(request: TeamRequest, target: Target, row: Comment, text: str, fault: str = "") -> HttpResponse:
    page = {"target": target, "comment": row, "text": text, "fault": fault, "longest": LONGEST}
    return render(request, "notices/_edit.html", page, status=422 if fault else 200)


def one(request: TeamRequest, target: Target, row: Comment, told: list[str] | None = None) -> HttpResponse:
    fresh = talking.whole(Comment.objects.filter(pk=row.pk)).get()
    page = {"target": target, "governs": request.membership.is_owner, "told": told, "line": talking.shown(fresh)}
    return render(request, "notices/_comment.html", page)


@require_POST
@team_page
def delete(request: TeamRequest, pk: int) -> HttpResponse:
    """Gone, by its writer or an owner."""
    row = get_object_or_404(Comment, pk=pk)
    target = find(*row.about, request.user)
    if row.writer_id != request.user.pk and not request.membership.is_owner:
        raise PermissionDenied(_("Only who wrote a comment, or an owner, can delete it."))
    row.delete()
    return HttpResponse() if request.htmx else redirect(f"{target.url}#talk")
