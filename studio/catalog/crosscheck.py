"""Faults that show only when a whole operation, or the whole catalog, is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import paths, recipe_book
from .fieldcheck import Finding, of_fields
from .operation import Operation, System
from .table import Fault, twice


def faults(systems: Sequence[System]) -> list[Fault]:
    """What points at nothing, contradicts itself, or stands twice."""
    known = {operation.slug: operation for system in systems for operation in system.operations}
    found: list[Fault] = []
    for operation in known.values():
        file, name = f"{operation.system}.toml", operation.slug.partition(".")[2]
        problems = [
            *of_fields(operation),
            *_of_exclusive(operation),
            *_of_frames(operation),
            *_of_address(operation, list(known.values())),
            *_of_query(operation, known),
            *_of_follow_ups(operation, known),
            *_of_example(operation),
        ]
        found += [Fault(file, name, field, message, hint) for field, message, hint in problems]
    for recipe in (recipe for system in systems for recipe in system.recipes):
        file = f"{recipe.system}.toml"
        found += [Fault(file, "", where, message, hint) for where, message, hint in recipe_book.faults(recipe, known)]
    names = [guide.name for system in systems for guide in system.guides]
    found += [Fault("", "", f"guide {name}", "It stands twice.", "Rename one of the two.") for name in twice(names)]
    return found


def faults_of_payloads(systems: Sequence[System]) -> list[Fault]:
    """Where the studio reads something else in a payload than stands beside it."""
    found: list[Fault] = []
    for operation in (operation for system in systems for operation in system.operations):
        for example in operation.payloads:
            told = operation.read(example.payload, example.kind, example.status).plain()
            for key, wanted in example.says.items():
                if told.get(key) != wanted:
                    wrong = f"says.{key} = {wanted!r}, but {told.get(key)!r} is read."
                    file, name = f"{operation.system}.toml", operation.slug.partition(".")[2]
                    found.append(Fault(file, name, f"payload {example.name}", wrong, "Correct it, or the family."))
    return found


def _of_address(operation: Operation, others: Sequence[Operation]) -> Iterator[Finding]:
    for name in paths.names(operation.path):
        field = operation.field(name)
        if field is None or field.place != "path":
            yield "", f"path holds {{{name}}}, which is no field of the path.", f'Add a field {name} with in = "path".'
    if operation.callback and operation.field(operation.callback) is None:
        yield "", f"callback = “{operation.callback}” is no field here.", "Write the path of the callback address."
    if operation.continues and operation.field(operation.continues) is None:
        yield "", f"continues = “{operation.continues}” is no field here.", "Write the field of the waiting task's id."
    same = [o for o in others if (o.method, o.path) == (operation.method, operation.path)]
    for key in operation.told_apart:
        if all(each.field(key) is None for each in same):
            yield "", f"told_apart names “{key}”, no field of any operation of this path.", "Correct the key."


def _of_exclusive(operation: Operation) -> Iterator[Finding]:
    for at in (at for group in operation.form.exclusive for entry in group for at in entry):
        if operation.field(at) is None:
            yield "exclusive", f"among names “{at}”, which is no field here.", "Correct the path, or add that field."


def _of_frames(operation: Operation) -> Iterator[Finding]:
    if operation.form.frames != (operation.transport == "websocket"):
        yield "", "A body goes over a web socket in frames, and only there.", "Write transport and frames together."
    inside = [field for field in operation.fields if operation.form.frames and field.place == "body"]
    for field in inside:
        if field.applies or field.required_when:
            yield (
                f"field {field.at}",
                "A condition between frames is told by no schema.",
                "Remove it, and tell it in help.",
            )
    if operation.callback and inside:
        yield "", "Frames hold no callback address: the answer comes in the conversation.", "Remove callback."


def _of_query(operation: Operation, known: dict[str, Operation]) -> Iterator[Finding]:
    if not operation.poll:
        return
    asked = known.get(operation.poll)
    if asked is None:
        yield "", f"poll = “{operation.poll}” is no operation.", "Write system.operation, as `catalog list` shows them."
        return
    if not asked.answers_polls:
        yield "", f"poll = “{operation.poll}” is no query.", "Name a query, or write query = true there."
    if not operation.poll_set:
        yield "", "poll_set is missing.", 'Say what the query asks for, e.g. { task_id = "{id}" }.'
        return
    if strange := [at for at in operation.poll_set if asked.field(at) is None]:
        yield "", f"poll_set names {strange}, no field of {asked.slug}.", "Write the fields that the query takes."
    if missing := [f.at for f in asked.fields if f.required == "yes" and f.at not in operation.poll_set]:
        yield "", f"poll_set leaves out {missing}, which {asked.slug} requires.", "Add what the query must be told."


def _of_follow_ups(operation: Operation, known: dict[str, Operation]) -> Iterator[Finding]:
    for each in operation.follow_ups:
        target = known.get(each.operation)
        if target is None:
            yield "follow_up", f"operation = “{each.operation}” is no operation.", "Write system.operation."
        elif strange := [at for at in (*each.set, *each.also) if target.field(at) is None]:
            yield "follow_up", f"{strange} is no field of {each.operation}.", "Write the field that takes the value."
        needs = {need.name for reading in operation.reader.readings.values() for need in reading.needs}
        if strange := sorted(set(each.needs) - needs):
            yield "follow_up", f"needs names {strange}, which no reading of its family does.", "Correct the name."


def _of_example(operation: Operation) -> Iterator[Finding]:
    if operation.example is None:
        return
    for problem in operation.check(operation.example):
        if problem.level == "error":
            yield "example", f"{problem.path}: {problem.message}", "Correct the example, or the field's rules."
