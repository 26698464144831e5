"""Recipes: bodies that are ready to be run, alone or one after the other, each with what the one before it made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import exact
from .table import Table, twice
from .text import NOTHING, Text

if TYPE_CHECKING:
    from .operation import Operation
Finding = tuple[str, str, str]  # where, what is wrong, what to do
STANDS_IN = {"string": "x", "file": "x", "integer": 1, "number": 1}  # for a value that comes later


@dataclass(frozen=True, slots=True)
class Step:
    """One run. `body` is what the form starts with; `carried` are the fields that a follow-up of the step before fills.

    `needs` are the fields that the recipe is about, for a person to fill; `fixed` those that make it this recipe.
    """

    operation: str
    title: Text
    body: Mapping[str, Any]
    carried: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    def takes(self, operation: str, values: Mapping[str, Any]) -> bool:
        """Is a follow-up with these values what this step goes on from?"""
        return operation == self.operation and all(at in values for at in self.carried)


@dataclass(frozen=True, slots=True)
class Recipe:
    """`slug` is system.name; `steps` are counted from 1 wherever a person or a row sees them."""

    slug: str
    system: str
    title: Text
    description: Text
    steps: tuple[Step, ...]
    seed_row: str = ""
    source: str = ""
    doubt: Text = NOTHING

    def step(self, number: int) -> Step | None:
        return self.steps[number - 1] if 0 < number <= len(self.steps) else None


def read(table: Table, system: str, source: str) -> tuple[Recipe, ...]:
    """All [[recipe]] tables of a file."""
    made = tuple(_recipe(table, data, system, source) for data in table.tables("recipe"))
    for slug in twice(recipe.slug for recipe in made):
        table.within({}, field=f"recipe {slug.partition('.')[2]}").fault("It stands twice.", "Rename one of the two.")
    return made


def _recipe(table: Table, data: dict[str, Any], system: str, source: str) -> Recipe:
    name = str(data.get("name", ""))
    inner = table.within(data, field=f"recipe {name}")
    made = Recipe(
        slug=f"{system}.{inner.text('name', required=True)}",
        system=system,
        title=inner.both("title", required=True),
        description=inner.both("description", required=True),
        steps=tuple(_step(inner, each, system) for each in inner.tables("step")),
        seed_row=inner.text("seed_row"),
        source=inner.text("source", source),
        doubt=inner.both("doubt"),
    )
    if not made.steps:
        inner.fault("It has no step.", "Add [[recipe.step]].")
    inner.done()
    return made


def _step(table: Table, data: dict[str, Any], system: str) -> Step:
    inner = table.within(data)
    operation = inner.text("operation", required=True)
    made = Step(
        operation=operation if "." in operation else f"{system}.{operation}",
        title=inner.both("title", required=True),
        body=_body(inner),
        carried=inner.words("carried"),
        needs=inner.words("needs"),
        fixed=inner.words("fixed"),
    )
    inner.done()
    return made


def _body(table: Table) -> Mapping[str, Any]:
    try:
        body = exact.loads(table.text("json") or "{}")
    except exact.JSONProblem as problem:
        table.fault(f"json is no JSON: {problem}", "Correct it at that place.")
        return {}
    if not isinstance(body, dict):
        table.fault("json is no object.", 'Write a body: {"prompt": "..."}.')
        return {}
    return body


def faults(recipe: Recipe, known: Mapping[str, Operation]) -> Iterator[Finding]:
    """What in a recipe points at nothing, or could not be run."""
    where = f"recipe {recipe.slug.partition('.')[2]}"
    for number, step in enumerate(recipe.steps, start=1):
        operation = known.get(step.operation)
        if operation is None or not operation.makes_something:
            yield where, f"Step {number}: “{step.operation}” is no operation that is run.", "Write system.operation."
            continue
        named = (*step.carried, *step.needs, *step.fixed)
        if strange := [at for at in named if operation.field(at) is None]:
            yield where, f"Step {number}: {strange} is no field of {step.operation}.", "Correct the path."
        elif problem := wrong(operation, step):
            yield where, f"Step {number}: {problem}", "Correct the body, or the field's rules."
        if bool(step.carried) != (number > 1):
            yield where, f"Step {number}: carried is for every step but the first.", "Say what the step before gives."
        elif step.carried and not _given(known.get(recipe.steps[number - 2].operation), step):
            yield where, f"Step {number}: no follow-up of the step before sets {list(step.carried)}.", "Add one there."


def wrong(operation: Operation, step: Step) -> str:
    """The first error in the step's body beside what the step before gives and a person fills; "" if there is none.

    A value that the recipe itself has for a person to change is looked at like any other.
    """
    values = operation.values(step.body)[0]
    later = (*step.carried, *(at for at in step.needs if at not in values))
    stand_ins = {at: STANDS_IN.get(field.type) for at in later if (field := operation.field(at))}
    built = operation.body({**values, **stand_ins})
    return next((f"{each.path}: {each.message}" for each in built.problems if each.level == "error"), "")


def _given(before: Operation | None, step: Step) -> bool:
    follow_ups: Sequence[Any] = before.follow_ups if before else ()
    return any(step.takes(each.operation, {**each.set, **each.also}) for each in follow_ups)
