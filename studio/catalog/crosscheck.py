"""Faults that show only when a whole operation, or the whole catalog, is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import check as checks
from .operation import Operation, System
from .schema import Field
from .table import Fault, twice


def faults(systems: Sequence[System]) -> list[Fault]:
    """What points at nothing, contradicts itself, or stands twice."""
    known = {operation.slug: operation for system in systems for operation in system.operations}
    found: list[Fault] = []
    for operation in known.values():
        file, name = f"{operation.system}.toml", operation.slug.partition(".")[2]
        problems = [*_of_fields(operation), *_of_links(operation, known), *_of_example(operation)]
        found += [Fault(file, name, field, message, hint) for field, message, hint in problems]
    return found


Finding = tuple[str, str, str]


def _of_fields(operation: Operation) -> Iterator[Finding]:
    for at in twice(field.at for field in operation.fields):
        yield f"field {at}", "It stands twice.", "Remove one of the two."
    paths = {field.at for field in operation.fields}
    groups = {group.name for group in operation.groups}
    for field in operation.fields:
        where = f"field {field.at}"
        conditions = [field.applies, *(each.when for each in field.narrower)]
        for at in {at for condition in conditions for at in condition if at not in paths}:
            yield where, f"It depends on “{at}”, which is no field here.", "Correct the path, or add that field."
        if field.group and field.group not in groups:
            yield where, f"group = “{field.group}” has no title.", f"Add {field.group} to [operation.x.groups]."
        yield from ((where, message, hint) for message, hint in _of_values(field))


def _of_values(field: Field) -> Iterator[tuple[str, str]]:
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield "minimum is larger than maximum.", "Exchange the two."
    for name, value in (("default", field.default), ("start", field.start)):
        if value is not None and not any(checks.fits(each, value) for each in field.types):
            yield f"{name} = {value!r} is no {field.type}.", f"Write a {field.type}."
        elif value is not None and field.choices and not field.open and value not in field.choices:
            yield f"{name} = {value!r} is not among the choices.", "Add it to the choices, or correct it."
    for choice in field.choices:
        if not any(checks.fits(each, choice) for each in field.types):
            yield f"The choice {choice!r} is no {field.type}.", f"Write a {field.type}."
    for each in field.narrower:
        if strange := [choice for choice in each.choices if choice not in field.choices]:
            yield f"narrower names {strange!r}, which choices does not.", "Add it to choices, or correct it."
    if field.open and not field.choices:
        yield "open = true without choices.", "Add the known choices, or remove open."


def _of_links(operation: Operation, known: dict[str, Operation]) -> Iterator[Finding]:
    if operation.callback and operation.field(operation.callback) is None:
        yield "", f"callback = “{operation.callback}” is no field here.", "Write the path of the callback address."
    if operation.poll and (asked := known.get(operation.poll)) is None:
        yield "", f"poll = “{operation.poll}” is no operation.", "Write system.operation, e.g. runway.feed."
    elif operation.poll and asked:
        if missing := [at for at in operation.poll_set if asked.field(at) is None]:
            yield "", f"poll_set names {missing}, no field of {asked.slug}.", "Write the fields that the query takes."
        if not operation.poll_set:
            yield "", "poll_set is missing.", 'Say what the query asks for, e.g. { task_id = "{id}" }.'
    for each in operation.follow_ups:
        target = known.get(each.operation)
        if target is None:
            yield "follow_up", f"operation = “{each.operation}” is no operation.", "Write system.operation."
        elif strange := [at for at in each.set if target.field(at) is None]:
            yield "follow_up", f"{strange} is no field of {each.operation}.", "Write the field that takes the value."


def _of_example(operation: Operation) -> Iterator[Finding]:
    if operation.example is None:
        return
    for problem in operation.check(operation.example):
        if problem.level == "error":
            yield "example", f"{problem.path}: {problem.message}", "Correct the example, or the field's rules."
