"""How an operation's fields stand on the page: the prompt, what is required, then more settings. Once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from studio import catalog
from studio.catalog.schema import Node
from studio.composer.texts import holds_text, text_fields, top_of

Section = Literal["prompt", "required", "more"]
SECTIONS: tuple[Section, ...] = ("prompt", "required", "more")
NUMBERS = {"integer", "number"}


@dataclass(frozen=True)
class Place:
    """One unit: a field alone, or a vector (an object of numbers) under its title. Buttons name it by `key`."""

    key: str
    title: catalog.Text | None
    fields: tuple[catalog.Field, ...]
    section: Section
    group: str


@cache
def plan_of(slug: str) -> tuple[Place, ...]:
    """The units of an operation in the order of the page. Lists' items and the callback address have no control."""
    operation = catalog.get(slug)
    order = [group.name for group in operation.groups]
    places: list[Place] = []
    for field in operation.fields:
        if field.at == operation.callback or None in field.steps or _in_vector(operation, field):
            continue
        fields = (field, *members(operation, field.at)) if is_vector(operation, field) else (field,)
        section = _section(operation, fields)
        places.append(Place(field.at, field.label if len(fields) > 1 else None, fields, section, field.group))

    def rank(place: Place) -> tuple[int, int, bool]:
        group = order.index(place.group) if place.group in order else len(order)
        # What decides over other fields stands before them.
        return SECTIONS.index(place.section), group, place.fields[0].role != "model"

    return tuple(sorted(places, key=rank))


@cache
def prompt_at(slug: str) -> str | None:
    """The path of the field that is the prompt, where that is a text; None for none."""
    found = (each for each in catalog.get(slug).fields if each.role == "prompt" and each.type == "string")
    return next((each.at for each in found if None not in each.steps), None)


@cache
def box_of(slug: str) -> str | None:
    """The path of the value beneath which the page asks about patterns: the prompt's, or the one that holds it."""
    found = (top_of(each) for each in text_fields(slug) if each.role == "prompt")
    return prompt_at(slug) or next(found, None)


def members(operation: catalog.Operation, at: str) -> tuple[catalog.Field, ...]:
    return tuple(each for each in operation.fields if each.at.startswith((f"{at}.", f"{at}[")))


def is_vector(operation: catalog.Operation, field: catalog.Field) -> bool:
    """An object of several numbers, which are set together: a camera motion."""
    inside = members(operation, field.at) if field.type == "object" else ()
    return len(inside) > 1 and all(each.type in NUMBERS and None not in each.steps for each in inside)


def _in_vector(operation: catalog.Operation, field: catalog.Field) -> bool:
    return any(above is not field and is_vector(operation, above) for above in operation.form.above(field))


def _section(operation: catalog.Operation, fields: tuple[catalog.Field, ...]) -> Section:
    if any(field.role == "prompt" or holds_text(operation.slug, field.at) for field in fields):
        return "prompt"
    start = operation.defaults()
    wanted = any(operation.wants(field) or operation.missed(field, start) or field.paints for field in fields)
    return "required" if wanted else "more"


@cache
def holds_others(slug: str, at: str) -> bool:
    """An object whose members are fields with controls has none of its own; a list does: its items have no control."""
    return any(None not in each.steps for each in members(catalog.get(slug), at))


@cache
def sketch(slug: str, at: str) -> str:
    """One item of a list as it is written, with nothing in it; "" where the items are no fields."""
    operation = catalog.get(slug)
    node = operation.form.tree
    for step in operation.form.by_path[at].steps:
        node = node.children[step] if step else node.items or node
    return catalog.dumps([_blank(node.items)]) if node.items else ""


def _blank(node: Node) -> object:
    if node.items:
        return [_blank(node.items)]
    if node.children:
        return {key: _blank(child) for key, child in node.children.items()}
    return 0 if node.field and node.field.type in NUMBERS else "…"
