"""Whose eyes a file is for: its person's alone, until it stands in something that the team sees."""

from __future__ import annotations

from typing import NamedTuple

from django.apps import apps
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from studio.files.filling import references_in
from studio.files.models import File
from studio.gateway.errors import gettext_noop
from studio.teams.models import User

HIDDEN = gettext_noop(
    "A file here is private to the person who brought it. Choose another one, or ask them to use it in a task that the "
    "team sees."
)


class Place(NamedTuple):
    """A table of another room, by name as jobs are; its texts that files stand in; which of its rows the team sees, and
    whose a row is."""

    model: str
    text: str
    seen: Q
    whose: str


PLACES = (
    Place("tasks.Task", "values", Q(private=False), "person"),
    Place("batches.Batch", "values", Q(private=False), "person"),
    Place("library.PresetVersion", "values_text", Q(preset__visibility="team"), "author"),
)


def holds_hidden(values: object, person: User) -> bool:
    """Does a file stand there that somebody else keeps to themselves? Needs the team's scope."""
    if not (wanted := references_in(values)):
        return False
    return File.objects.counted().filter(public_id__in=wanted, private=True).exclude(person=person).exists()


def show(values: object, person: User) -> None:
    """The team sees these values from now on, and so it sees what the person brought for them. What others keep to
    themselves they alone show. Needs the team's scope."""
    if wanted := references_in(values):
        File.objects.filter(public_id__in=wanted, private=True, person=person).update(private=False)


def hide(values: object, person: User) -> None:
    """The team does not see these values, be it from now on: what the person brought is for them alone, unless it
    stands somewhere else that the team sees, or in something of somebody else's. Needs the team's scope."""
    if not (wanted := references_in(values)):
        return
    for file in File.objects.filter(public_id__in=wanted, private=False, person=person):
        if not any(stands(file, place) for place in PLACES):
            File.objects.filter(pk=file.pk).update(private=True)


def stands(file: File, place: Place) -> bool:
    """Is the file in a row of this table that others see? The newest are looked at first."""
    others = place.seen | ~Q(**{place.whose: file.person_id})
    rows = apps.get_model(place.model)._default_manager.filter(others, team_id=file.team_id)
    found = rows.annotate(words=Cast(place.text, TextField())).filter(words__contains=file.reference)
    return bool(found.order_by("-pk").values_list("pk")[:1])
