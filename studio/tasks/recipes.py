"""A recipe as a form or a task stands in it: which step this is, and what a person may choose to go on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from studio import catalog
from studio.languages import in_words
from studio.numbers import number_in
from studio.tasks.models import Task
from studio.tasks.offers import Offer
from studio.tasks.states import State


@dataclass(frozen=True)
class Place:
    """Step `number` (from 1) of a recipe."""

    recipe: catalog.Recipe
    number: int
    step: catalog.Step

    @property
    def title(self) -> str:
        return in_words(self.recipe.title)

    @property
    def step_title(self) -> str:
        return in_words(self.step.title)

    @property
    def count(self) -> int:
        return len(self.recipe.steps)

    @property
    def query(self) -> dict[str, str]:
        """What the composer's address says of it."""
        return {"recipe": self.recipe.slug, "step": str(self.number)}

    @property
    def next(self) -> Place | None:
        return place_in(self.recipe.slug, self.number + 1)

    def address(self, **more: str | int) -> str:
        """The form of this step."""
        return reverse("composer:compose", args=[self.step.operation]) + f"?{urlencode({**more, **self.query})}"


@dataclass(frozen=True)
class Standing:
    """Where a task stands in its recipe. `offers` are what the next step may go on with; a person chooses one."""

    place: Place
    is_done: bool
    offers: list[Offer]

    @property
    def steps(self) -> list[Place]:
        """All of them, in order."""
        numbers = range(1, self.place.count + 1)
        return [each for number in numbers if (each := place_in(self.place.recipe.slug, number))]

    @property
    def taken(self) -> set[str]:
        """The offers by name: they need not be made twice."""
        return {offer.name for offer in self.offers}


def place_in(slug: str, number: int) -> Place | None:
    """None where there is no such recipe (any more), or no such step in it."""
    try:
        recipe = catalog.recipe(slug)
    except KeyError:
        return None
    step = recipe.step(number)
    return Place(recipe, number, step) if step else None


def asked_for(query: Mapping[str, str], operation: str) -> Place | None:
    """The place that an address or a form of this operation names; None where it is none of its steps."""
    number = number_in(query.get("step", ""))
    place = place_in(query.get("recipe", ""), number) if number is not None else None
    return place if place and place.step.operation == operation else None


def place_of(task: Task) -> Place | None:
    return place_in(task.recipe, task.step) if task.recipe and task.step else None


def standing(task: Task) -> Standing | None:
    """None for a task that is no step of a recipe."""
    place = place_of(task)
    if place is None:
        return None
    done = task.state == State.SUCCEEDED
    return Standing(place, done, list(_onward(task, place.next)) if done and place.next else [])


def _onward(task: Task, place: Place) -> Iterator[Offer]:
    operation = catalog.find(place.step.operation)
    if operation is None or not task.connection.offers(operation):
        return
    for number, action in enumerate(task.actions):
        if place.step.takes(action["operation"], action["values"]):
            label = in_words(catalog.Text(**action["label"]))
            url = place.address(**{"from": task.pk, "action": number})
            yield Offer(f"follow-{number}", label, "", "forward", url, post=False)
