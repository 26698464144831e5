"""The texts of a form that may be patterns: what is asked for, what is to be kept out, what a conversation says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from studio import catalog
from studio.catalog import paths
from studio.languages import in_words

ROLES = {"prompt", "negative_prompt"}
Inside = tuple[str | int, ...]


@dataclass(frozen=True)
class Spot:
    """One text: it stands in the value of the field `at`, at the end of the steps `inside` it."""

    field: catalog.Field
    at: str
    inside: Inside
    text: str

    @property
    def path(self) -> str:
        return paths.join((*paths.parse(self.at), *self.inside))

    @property
    def title(self) -> str:
        """The field's label, in a list with the number of its place."""
        numbers = [str(step + 1) for step in self.inside if isinstance(step, int)]
        return " ".join([in_words(self.field.label), *numbers])


@cache
def text_fields(slug: str) -> tuple[catalog.Field, ...]:
    """The fields that hold such texts: those of the roles, and the plain texts within them (the parts of a message)."""
    fields = catalog.get(slug).fields
    inside = tuple(f"{each.at}{sign}" for each in fields if each.role in ROLES for sign in ".[")
    return tuple(each for each in fields if is_text(each) and (each.role in ROLES or each.at.startswith(inside)))


def is_text(field: catalog.Field) -> bool:
    return field.type == "string" and (not field.takes or field.kinds is not None) and not field.choices


@cache
def holds_text(slug: str, at: str) -> bool:
    """Does the prompt stand in the value of this field, as it does in a conversation's?"""
    return any(each.role == "prompt" and top_of(each) == at for each in text_fields(slug))


def top_of(field: catalog.Field) -> str:
    """The path of the value that holds this field: of a list's item, the list."""
    steps = field.steps
    return paths.join(steps[: steps.index(None)] if None in steps else steps)


def spots(operation: catalog.Operation, values: Mapping[str, Any]) -> list[Spot]:
    """The texts that these values hold, in the order of the form. What is not used beside them is none."""
    found = []
    for field in text_fields(operation.slug):
        at = top_of(field)
        if at in values and operation.applies(field, values):
            beneath = field.steps[len(paths.parse(at)) :]
            told = walked(values[at], beneath)
            found += [Spot(field, at, inside, text) for inside, text in told if is_said(field, values[at], inside)]
    return found


def is_said(field: catalog.Field, value: Any, inside: Inside) -> bool:
    """Is it a text where the items of a list are of several kinds? A picture's address is none."""
    return field.kinds is None or field.role_in(value[inside[0]]) in ROLES


def walked(value: Any, steps: tuple[str | None, ...], inside: Inside = ()) -> Iterator[tuple[Inside, str]]:
    if not steps:
        if isinstance(value, str):
            yield inside, value
    elif steps[0] is None:
        for place, each in enumerate(value if isinstance(value, list) else ()):
            yield from walked(each, steps[1:], (*inside, place))
    elif isinstance(value, dict) and steps[0] in value:
        yield from walked(value[steps[0]], steps[1:], (*inside, steps[0]))


def turned(operation: catalog.Operation, values: Mapping[str, Any], turn: Callable[[Spot], str]) -> dict[str, Any]:
    """The values with another text in each of the places."""
    made = dict(values)
    for spot in spots(operation, values):
        if (text := turn(spot)) != spot.text:
            made[spot.at] = put(made[spot.at], spot.inside, text)
    return made


def put(value: Any, inside: Inside, text: str) -> Any:
    """A copy of the value with this text at the end of the steps."""
    if not inside:
        return text
    step, *rest = inside
    made: Any = list(value) if isinstance(value, list) else dict(value)
    made[step] = put(made[step], tuple(rest), text)
    return made
