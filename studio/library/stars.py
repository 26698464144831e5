"""Stars of presets and of prompts: a person's own, and how many there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from studio.library.models import Preset, Prompt
from studio.teams.access import TeamRequest
from studio.teams.models import User


class Stars(NamedTuple):
    """How many there are, and whether one is the person's."""

    number: int = 0
    mine: bool = False


def stars_of(stars: QuerySet[Any], of: str, rows: Collection[int], person: User) -> dict[int, Stars]:
    """By the ids of what they are on, which their field `of` names; one query. What has none is not in it."""
    counted = stars.filter(**{f"{of}__in": rows}).order_by().values(of)
    found = counted.annotate(number=Count("pk"), own=Count("pk", filter=Q(person=person)))
    return {row[of]: Stars(row["number"], bool(row["own"])) for row in found}


def star_asked(request: TeamRequest, row: Preset | Prompt, page: str) -> HttpResponse:
    """A person's star goes on, or off, as the form says: to htmx the button, else the `page` of that name."""
    if request.POST.get("star") == "on":
        row.stars.get_or_create(person=request.user, defaults={"team": request.team})
    else:
        row.stars.filter(person=request.user).delete()
    if not request.htmx:
        return redirect(page, row.pk)
    stars = Stars(row.stars.count(), request.POST.get("star") == "on")
    return render(request, "library/_star.html", {"kept": row, "stars": stars, "star_url": request.path})
