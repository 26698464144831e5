"""The page of a recipe: its steps, what each needs, and where it starts."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio import catalog
from studio.composer.finding import found_or_404
from studio.languages import in_words
from studio.tasks.recipes import Place, place_in
from studio.tasks.switches import is_offered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection


@dataclass(frozen=True)
class StepView:
    """A step as its page tells it: fields by their labels."""

    place: Place
    operation: catalog.Operation
    is_on: bool  # for at least one connection of the team

    @property
    def operation_title(self) -> str:
        return in_words(self.operation.title)

    @property
    def carried(self) -> list[str]:
        return self.labels(self.place.step.carried)

    @property
    def needs(self) -> list[str]:
        return self.labels(self.place.step.needs)

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """Each with the value that makes it this recipe."""
        values = self.operation.values(self.place.step.body)[0]
        step = self.place.step
        return [
            (label, catalog.dumps(values.get(at)))
            for at, label in zip(step.fixed, self.labels(step.fixed), strict=True)
        ]

    @property
    def body(self) -> str:
        return catalog.dumps(self.place.step.body, indent=2)

    def labels(self, paths: tuple[str, ...]) -> list[str]:
        fields = [self.operation.field(at) for at in paths]
        return [in_words(field.label) if field else at for at, field in zip(paths, fields, strict=True)]


@require_safe
@team_page
def recipe(request: TeamRequest, recipe: str) -> HttpResponseBase:
    """One recipe, step by step."""
    found = found_or_404(catalog.recipe, recipe)
    connections = list(Connection.objects.all())
    places = [place for number in range(1, len(found.steps) + 1) if (place := place_in(found.slug, number))]
    operations = [catalog.get(place.step.operation) for place in places]
    steps = [
        StepView(place, operation, is_offered(operation, connections))
        for place, operation in zip(places, operations, strict=True)
    ]
    context = {"recipe": found, "steps": steps, "first": places[0], "system": in_words(operations[0].system_title)}
    return render(request, "composer/recipe.html", context | {"runs": all(step.is_on for step in steps)})
