"""What the palette offers for what is typed: pages, operations, and the first of what is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.picking import Card
from studio.finding.groups import BY_NAME, HEAVY, page
from studio.finding.operations import operations, used_last
from studio.finding.places import Place, places
from studio.languages import in_words
from studio.library.models import Preset
from studio.search.words import Term, terms
from studio.tasks.by_words import called_so
from studio.tasks.cells import begun_with
from studio.tasks.models import Task
from studio.teams.access import TeamRequest

LATELY, PAGES, OPERATIONS, ROWS = 4, 4, 5, 3


class Option(NamedTuple):
    """One line. `note` stands beside its name, quieter."""

    url: str
    icon: str
    name: str
    note: str = ""


class Section(NamedTuple):
    title: str
    options: Sequence[Option]


def sections(request: TeamRequest, question: str) -> list[Section]:
    """Before anything is typed: what was used last, and all pages."""
    if not question:
        lately = map(of_operation, used_last(request.user, LATELY))
        return some((_("Used last"), lately), (_("Pages"), map(of_place, places(request.membership))))
    return some(
        (_("Go to"), [*numbered(question), *map(of_place, places(request.membership, question)[:PAGES])]),
        (_("Operations"), map(of_operation, operations(question)[:OPERATIONS])),
        *found(request, terms(question)),
        ("", [everything(question)]),
    )


def some(*given: tuple[str, Iterable[Option]]) -> list[Section]:
    made = [Section(title, list(options)) for title, options in given]
    return [section for section in made if section.options]


def found(request: TeamRequest, asked: list[Term]) -> list[tuple[str, list[Option]]]:
    person, team = request.user, request.team.pk
    presets = page(BY_NAME["presets"], person, team, asked, ROWS).rows
    prompts = page(BY_NAME["prompts"], person, team, asked, ROWS).rows
    tasks = page(BY_NAME["tasks"], person, team, asked, ROWS, alike=lambda row: begun_with(row.nonce)).rows
    batches = page(BY_NAME["batches"], person, team, asked, ROWS).rows
    return [
        (_("Presets"), [of_preset(row.preset) for row in presets]),
        (_("Prompts"), [Option(reverse("prompts:prompt", args=[row.pk]), "text", row.name) for row in prompts]),
        (_("Tasks"), [of_task(row) for row in tasks]),
        (_("Batches"), [Option(reverse("batches:batch", args=[row.pk]), "grid", row.name) for row in batches]),
    ]


def numbered(question: str) -> list[Option]:
    """Who types a task's number, or the gateway's id of it, means that task."""
    return [of_task(row) for row in Task.objects.filter(pk__in=called_so(question)).defer(*HEAVY)]


def of_place(place: Place) -> Option:
    return Option(place.url, place.icon, str(place.title))


def of_operation(card: Card) -> Option:
    return Option(
        reverse("composer:compose", args=[card.slug]), card.icon, card.title, in_words(card.operation.system_title)
    )


def of_preset(preset: Preset) -> Option:
    operation = catalog.find(preset.operation)
    note = in_words(operation.title) if operation else preset.operation
    return Option(reverse("library:preset", args=[preset.pk]), "library", preset.name, note)


def of_task(task: Task) -> Option:
    name = _("Task %(number)s") % {"number": task.pk}
    return Option(reverse("tasks:detail", args=[task.pk]), "list", task.prompt or name, task.state_word)


def everything(question: str) -> Option:
    address = f"{reverse('finding:search')}?{urlencode({'q': question})}"
    return Option(address, "search", _("Search everything for “%(words)s”") % {"words": question})
