"""What can be talked about: where it stands, who made it, and who sees it. The one place that names other rooms."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from studio.teams.models import User
from studio.teams.privacy import Privacy, seen_by
from studio.teams.scope import Viewer, viewer

TITLE = 60  # characters


class Kind(NamedTuple):
    """Named as text, as jobs are. `seen_by(person)` gives the rows that a person may see; empty: all that nobody keeps
    to themselves. `chosen(pk)` gives the ids of those for whom a row is that is for chosen people."""

    model: str
    page: str
    maker: str
    text: str
    seen_by: str = ""
    chosen: str = ""


KINDS = {
    "prompt": Kind("library.Prompt", "prompts:prompt", "author", "name", "studio.library.prompts.rights.seen_by"),
    "preset": Kind(
        "library.Preset",
        "library:preset",
        "author",
        "name",
        "studio.library.rights.seen_by",
        "studio.library.rights.chosen",
    ),
    "task": Kind("tasks.Task", "tasks:detail", "person", "prompt"),
    "batch": Kind("batches.Batch", "batches:batch", "person", "name"),
}


@dataclass(frozen=True)
class Target:
    """Something to talk about, which the person who asked for it may see."""

    kind: str
    pk: int
    team: int
    maker: int
    text: str

    @property
    def key(self) -> dict[str, int]:
        """Its foreign key, for a query or a row."""
        return {f"{self.kind}_id": self.pk}

    @property
    def url(self) -> str:
        return reverse(KINDS[self.kind].page, args=[self.pk])

    @property
    def title(self) -> str:
        text = Truncator(" ".join(self.text.split())).chars(TITLE)
        if self.kind != "task":
            return text
        number = _("Task %(number)s") % {"number": self.pk}
        return f"{number} · {text}" if text else number


def seen(kind: str, person: User) -> QuerySet[Any]:
    """The rows of a kind that a person may see. Needs the team's scope."""
    found = KINDS[kind]
    rows = import_string(found.seen_by)(person) if found.seen_by else not_private(apps.get_model(found.model), person)
    return rows.only("team", found.maker, found.text)


def not_private(model: Any, person: User) -> QuerySet[Any]:
    """The rows that are not kept from this person, whoever it is that looks."""
    looks, how = viewer(), getattr(model, "privacy", Privacy())
    if looks and looks.person == person.pk:
        return model.objects.all()  # type: ignore[no-any-return]
    return model.objects.counted().filter(seen_by(Viewer(person.pk), how))  # type: ignore[no-any-return]


def targets(kind: str, pks: Iterable[int], person: User) -> dict[int, Target]:
    """Those of them that the person may see, by id; one query."""
    names = KINDS[kind]
    rows = seen(kind, person).filter(pk__in=list(pks))
    return {
        row.pk: Target(kind, row.pk, row.team_id, getattr(row, f"{names.maker}_id"), getattr(row, names.text))
        for row in rows
    }


def find(kind: str, pk: int, person: User) -> Target:
    """Raises Http404 for what is not there, and for what this person may not see."""
    if kind not in KINDS:
        raise Http404
    found = targets(kind, [pk], person).get(pk)
    if found is None:
        raise Http404
    return found


def readers(target: Target, people: Collection[int]) -> set[int]:
    """Those of these people of the team who may see it, by id. Two queries, however many they are."""
    if of_the_team(target.kind, target.pk):
        return set(people)
    chosen, looks = KINDS[target.kind].chosen, viewer()
    named = import_string(chosen)(target.pk) if chosen else set()
    return set(people) & {target.maker, *named, *([looks.person] if looks else [])}


def of_the_team(kind: str, pk: int) -> Target | None:
    """The target, where all of the team see it; None for what is for some of them only."""
    names = KINDS[kind]
    row = apps.get_model(names.model)._default_manager.filter(pk=pk).first()
    if row is None or getattr(row, "visibility", "team") != "team" or getattr(row, "private", False):
        return None
    return Target(kind, pk, row.team_id, getattr(row, f"{names.maker}_id"), getattr(row, names.text))
