"""Faults of a field that contradicts itself, or the fields around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import check as checks
from . import conditions, fitting, limits, paths
from .operation import Operation
from .parts import ROLES
from .schema import Conditions, Field, Form
from .table import twice

Finding = tuple[str, str, str]  # field, what is wrong, what to do
TEXTS = {"string", "file", "json"}
LISTS = {"array"}
# Which types a rule is for: minimum of a text would never be looked at.
FITTING: Mapping[str, set[str]] = {
    **dict.fromkeys(("minimum", "maximum"), fitting.NUMBERS | {"object"}),  # of an object: of each number in it
    **dict.fromkeys(("step", "multiple_of", "warn_decimals", "digits", "not_below"), fitting.NUMBERS),
    **dict.fromkeys(("min_length", "max_length", "shorter", "pattern", "usual", "warn_bytes", "empty"), TEXTS),
    **dict.fromkeys(("omit_empty", "pasted"), TEXTS),
    "format": TEXTS | LISTS,
    "spoken": LISTS,
    **dict.fromkeys(("min_items", "max_items", "counted"), LISTS),
    "takes": TEXTS,
    **dict.fromkeys(("choices", "open"), fitting.NUMBERS | TEXTS | {"boolean"}),
}


def of_fields(operation: Operation) -> Iterator[Finding]:
    """All faults in the fields of one operation."""
    for at in twice(field.at for field in operation.fields):
        yield f"field {at}", "It stands twice.", "Remove one of the two."
    groups = {group.name for group in operation.groups}
    for field in operation.fields:
        where = f"field {field.at}"
        if field.group and field.group not in groups:
            yield where, f"group = “{field.group}” has no title.", f"Add {field.group} to [operation.x.groups]."
        for message, hint in (*_of_place(operation, field), *_of_conditions(operation.form, field), *_of_rules(field)):
            yield where, message, hint


def _of_place(operation: Operation, field: Field) -> Iterator[tuple[str, str]]:
    if field.place == "path" and field.at not in paths.names(operation.path):
        yield f"It stands in the path, but the path has no {{{field.at}}}.", "Add it to path, or remove in."
    if field.kinds and (len(field.steps) < 2 or operation.field(_beside(field, field.kinds.by)) is None):
        yield f"kinds tells items apart by “{field.kinds.by}”, no member of them.", "Name a member of the list's items."
    if field.kinds and (strange := sorted(set(field.kinds.roles.values()) - set(ROLES))):
        yield f"kinds.roles names {strange}.", f"Write some of: {', '.join(ROLES)}."
    for above in operation.form.above(field)[:-1]:
        needed = "array" if field.steps[len(above.steps)] is None else "object"
        if needed not in above.types and "json" not in above.types:
            yield f"It stands inside “{above.at}”, which is no {needed}.", f"Make that field's type {needed}."


def _beside(field: Field, key: str) -> str:
    return paths.join((*field.steps[:-1], key))


def _of_conditions(form: Form, field: Field) -> Iterator[tuple[str, str]]:
    if field.not_below and form.by_path.get(field.not_below, field) is field:
        yield f"not_below = “{field.not_below}” is no other field here.", "Correct the path, or add that field."
    wanted = [("applies", field.applies), ("required_when", field.required_when)]
    alone = any(condition for _, condition in wanted) or field.narrower or field.shorter
    if None in field.steps and alone:
        yield "A condition inside a list is never looked at.", "Remove it, count such items, or tell it in help."
    for name, condition in [*wanted, *limits.whens(field)]:
        for at, values in condition.items():
            controller = form.by_path.get(at)
            if controller is None:
                yield f"It depends on “{at}”, which is no field here.", "Correct the path, or add that field."
            elif controller is field:
                yield f"{name} depends on the field itself.", "Name the field that decides."
            elif strange := _strange(values, controller):
                hint = "Correct it, or add it to the choices there."
                yield f"{name} asks for {strange}, which is no choice of “{at}”.", hint
    if field.required_when and field.required != "no" and not (field.required == "yes" and field.empty):
        yield f"required_when beside required = “{field.required}”.", "Keep one of the two."
    yield from _of_limits(form, field)


def _of_limits(form: Form, field: Field) -> Iterator[tuple[str, str]]:
    if any(not each.when or not each.choices for each in field.narrower):
        yield "narrower needs when and choices.", "Write { when = { model = [...] }, choices = [...] }."
    if any(not each.when or not 0 < each.max_length < (field.max_length or math.inf) for each in field.shorter):
        yield "shorter needs when, and a max_length below the field's.", "Write { when = { ... }, max_length = ... }."
    for each in field.counted:
        if (each.least is None and each.most is None) or (each.most is not None and (each.least or 0) > each.most):
            yield "counted needs least or most, and least no larger than most.", "Write { least = 1, most = 2, ... }."
        known = any(at.startswith(f"{field.at}[].") for at in form.by_path)
        if strange := [at for at in each.of if known and f"{field.at}[].{at}" not in form.by_path]:
            yield f"counted names {strange}, no member of its items.", "Correct the path, or add that field."


def _strange(wanted: Conditions | Sequence[Any], controller: Field) -> str:
    """The words that a condition asks for and its field does not know."""
    known = {conditions.word(choice) for choice in controller.choices} | {"*"}
    asked = {conditions.word(each).removeprefix("!") for each in wanted}
    return ", ".join(f"“{each}”" for each in sorted(asked - known)) if controller.choices else ""


def _of_rules(field: Field) -> Iterator[tuple[str, str]]:
    for rule, types in FITTING.items():
        if getattr(field, rule) not in (None, False, "", "no", ()) and not types & set(field.types):
            yield f"{rule} says nothing of the type {field.type}.", "Remove it, or correct the type."
    for low, high in (("minimum", "maximum"), ("min_length", "max_length"), ("min_items", "max_items")):
        least, most = getattr(field, low), getattr(field, high)
        if least is not None and most is not None and least > most:
            yield f"{low} is larger than {high}.", "Exchange the two."
    if field.paints and "image" not in field.takes:
        yield "paints beside a field that takes no picture.", 'Add takes = ["image"], or remove paints.'
    if field.sent and not field.takes:
        yield "sent beside a field that takes no file.", "Add takes, or remove sent."
    if ("part" in field.sent) != ("file" in field.types):
        yield (
            "A file goes as a part where the type is file, and nowhere else.",
            'Write type = "file" and sent = ["part"].',
        )
    if field.omit_empty != "no" and (field.empty or field.nullable or field.required == "yes"):
        yield "omit_empty beside required, empty or nullable.", "Keep one of the two."
    if field.format == "url" and "string" not in field.types:
        yield "format = “url” says nothing of a list.", "Write it in the field of its items."
    for rule in ("step", "multiple_of", "warn_bytes", "min_length", "max_length", "min_items", "max_items"):
        amount = getattr(field, rule)
        if amount is not None and amount <= 0:
            yield f"{rule} = {amount} rules out nothing or everything.", "Write a number above zero, or remove it."
    yield from _of_choices(field)
    for name in ("default", "start"):
        if (value := getattr(field, name)) is not None:
            yield from ((f"{name} = {value!r} {message}", hint) for message, hint in _of_value(field, value))


def _of_choices(field: Field) -> Iterator[tuple[str, str]]:
    for choice in field.choices:
        if not any(fitting.fits(each, choice) for each in field.types):
            yield f"The choice {choice!r} is no {field.type}.", f"Write a {field.type}."
    for choice in twice(map(repr, field.choices)):
        yield f"The choice {choice} stands twice.", "Remove one of the two."
    for each in field.narrower:
        if strange := [choice for choice in each.choices if choice not in field.choices]:
            yield f"narrower names {strange!r}, which choices does not.", "Add it to choices, or correct it."
    known = {conditions.word(choice) for choice in field.choices}
    for name in sorted(field.choice_labels.keys() - known):
        yield f"choice_labels names “{name}”, which choices does not.", "Add it to choices, or correct it."
    if field.open and not field.choices:
        yield "open = true without choices.", "Add the known choices, or remove open."


def _of_value(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    """What the field's own rules say of a value that the catalog itself offers."""
    if not any(fitting.fits(each, value) for each in field.types):
        yield f"is no {field.type}.", f"Write a {field.type}."
    elif field.choices and value not in field.choices:
        yield "is not among the choices.", "Add it to the choices, or correct it."
    else:
        for _, message, level in checks.of_value(field, value):
            if level == "error":
                yield f"breaks the field's own rule: {message}", "Correct it, or the rule."
