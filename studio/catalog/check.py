"""What is wrong with a body, by field and rule. Errors stop a run; warnings only tell."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import beside, conditions, dialogue, exact, files, frames, in_address, messages, paths
from . import body as bodies
from .fitting import decimals, fits, is_among, number_in
from .form_parts import has_part
from .schema import URL, Field, Form, Node
from .text import Text, filled

Steps = tuple[str | int, ...]
Level = Literal["error", "warning"]
Finding = tuple[str, Text, Level]  # rule, sentence, level
_LONE = re.compile("[\ud800-\udfff\0]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at `path`: the rule it breaks, and a sentence for a person."""

    path: str
    rule: str
    message: Text
    level: Level = "error"


def check(
    form: Form, body: object, fates: Mapping[str, str] | None = None, address: Mapping[str, Any] | None = None
) -> list[Problem]:
    """All problems of a body, in the order of the fields. Never raises.

    `address` holds the values of the path and the query where they are known; a body alone does not tell them.
    """
    if not isinstance(frames.opened(form, body), dict):
        return [Problem("", "type", messages.NO_FRAMES if form.frames else messages.NO_OBJECT)]
    values, extras = bodies.split(form, body)
    values |= address or {}
    return of_parts(form, body, values, extras, bodies.misfits(form, values), fates, address)


def of_parts(
    form: Form,
    whole: object,
    values: Mapping[str, Any],
    extras: bodies.Extras,
    misfits: Collection[str],
    fates: Mapping[str, str] | None,
    address: Mapping[str, Any] | None,
) -> list[Problem]:
    """The same for who has split the body already: `values` are those of the address too, `misfits` the paths among
    them that do not apply."""
    opened = frames.opened(form, whole)
    body = opened if isinstance(opened, dict) else {}
    if broken := _broken(body) or _broken(dict(address or {})):
        return [broken]
    if (read := bodies.read_out(form, body)) is not body:
        return check(form, read, fates, address)
    found = [] if address is None else list(_address(form, address))
    found += [*_members(form.tree, body, ()), *_misplaced(form, values, misfits, fates)]
    found += _further(form, body)
    found += [Problem(at, rule, text, "warning") for at, rule, text in beside.warnings(form, body, values)]
    found += [Problem(at, "required", text) for at, text in dialogue.unsaid(form, values)]
    return [*found, *_missing(form, body, values, misfits), *_unknown(form, extras)]


def _address(form: Form, address: Mapping[str, Any]) -> Iterator[Problem]:
    """The fields of the path and of the query."""
    for field in (each for each in form.fields if each.place != "body"):
        if conditions.is_set(address.get(field.at)):
            yield from _value(Node(field), address[field.at], (field.at,))
            yield from (Problem(field.at, "length", text) for text in in_address.too_long(field, address[field.at]))
        elif field.required == "yes":
            yield Problem(field.at, "required", messages.REQUIRED.fill(label=field.label))


def _broken(body: dict[Any, Any]) -> Problem | None:
    """What no JSON text can say: NaN, half a character, a key that is no text, a well without a bottom."""
    open_values: list[tuple[object, int]] = [(body, 1)]
    while open_values:
        value, depth = open_values.pop()
        inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        if isinstance(value, dict) and any(not isinstance(key, str) for key in value):
            return Problem("", "json", messages.KEY)
        if isinstance(inner, list | tuple):
            if depth > exact.DEEPEST:
                return Problem("", "json", messages.DEEP.fill(deepest=exact.DEEPEST))
            open_values.extend((each, depth + 1) for each in inner)
        elif isinstance(value, float) and not isinstance(value, exact.Number) and not math.isfinite(value):
            return Problem("", "json", messages.NAN)
        elif isinstance(value, str) and _LONE.search(value):
            return Problem("", "json", messages.HALF)
    return None


def _members(node: Node, members: Mapping[str, Any], above: Steps) -> Iterator[Problem]:
    for key, child in node.children.items():
        steps = (*above, key)
        if key in members:
            yield from _value(child, members[key], steps)
        elif child.needed:
            lacking = child.lacking(steps)
            yield from (Problem(at, "required", messages.REQUIRED.fill(label=each.label)) for at, each in lacking)


def _further(form: Form, body: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the frames that no field names: each must be one, and one more of a known type is like it."""
    for name, frame in body.items() if form.frames else ():
        if not isinstance(frame, dict):
            yield Problem(paths.join((name,)), "type", messages.NO_FRAME)
        elif name not in form.tree.children and (node := frames.node_of(form, frame)):
            yield from _value(node, frames.bare(frame), (name,))


def _value(node: Node, value: Any, steps: Steps) -> Iterator[Problem]:
    at = paths.join(steps)
    if node.field:
        yield from (Problem(at, rule, text, level) for rule, text, level in of_value(node.field, value))
        if node.children and isinstance(value, str) and value and "object" in node.field.types:
            yield Problem(at, "json", messages.NO_JSON.fill(label=node.field.label))  # else it were read out
    elif node.children and not isinstance(value, dict):
        yield Problem(at, "type", messages.TYPE.fill(label=Text(at, at), types=messages.TYPES["object"]))
    if isinstance(value, dict):
        yield from _members(node, value, steps)
    if node.items and isinstance(value, list):
        for place, item in enumerate(value):
            yield from _value(node.items, item, (*steps, place))


def of_value(field: Field, value: Any) -> Iterator[Finding]:
    """What the field's own rules say of a value, whatever stands beside it."""
    if value is None and field.nullable:
        return
    if value == "" and ("string" in field.types or field.digits == "yes"):
        if field.required == "yes" and not field.empty:
            yield "required", messages.REQUIRED.fill(label=field.label), "error"
        elif field.omit_empty == "yes":
            yield "empty", messages.EMPTY.fill(label=field.label), "error"
        elif field.omit_empty == "warn":
            yield "empty", messages.BETTER_OUT.fill(label=field.label), "warning"
        return
    if not any(fits(each, value) for each in field.types):
        if field.digits != "no" and isinstance(value, str) and number_in(field, value) is not None:
            if field.digits == "warn":
                yield "text-number", messages.TEXT_NUMBER.fill(label=field.label), "warning"
            yield from _bounds(field, number_in(field, value))
            return
        types = messages.either([messages.TYPES[each] for each in field.types])
        yield "type", messages.TYPE.fill(label=field.label, types=types), "error"
        return
    if field.takes and files.reference(value):
        return  # the rules are for what will stand there
    if isinstance(value, str):
        yield from _text_rules(field, value)
    yield from _bounds(field, value)


def _text_rules(field: Field, value: str) -> Iterator[Finding]:
    if field.format == "url" and not re.search(URL, value):
        yield "url", messages.URL.fill(label=field.label), "error"
    if field.pattern and not re.search(field.pattern, value):
        yield "pattern", messages.PATTERN.fill(label=field.label), "error"
    if field.usual and not re.search(field.usual, value):
        yield "usual", messages.UNUSUAL.fill(label=field.label, value=messages.short(value)), "warning"
    if field.warn_bytes is not None and (size := len(value.encode())) > field.warn_bytes:
        yield "bytes", messages.BYTES.fill(label=field.label, most=field.warn_bytes, size=size), "warning"
    if field.max_length is not None and len(value) > field.max_length:
        yield "length", messages.LONG.fill(label=field.label, most=field.max_length, length=len(value)), "error"
    if field.min_length is not None and len(value) < field.min_length:
        yield "length", messages.SHORT.fill(label=field.label, least=field.min_length, length=len(value)), "error"


def _bounds(field: Field, value: Any) -> Iterator[Finding]:
    """Choices, range and number of items."""
    scalar = isinstance(value, str | int | float)
    if field.choices and scalar and not is_among(field, value, field.choices):
        text = messages.OPEN if field.open else messages.CHOICE
        level: Level = "warning" if field.open else "error"
        filled = text.fill(label=field.label, choices=messages.listed(field.choices), value=messages.short(value))
        yield "choice", filled, level
    for number in value.values() if isinstance(value, dict) else [value]:
        yield from _range(field, number)
    if isinstance(value, list):
        if field.min_items is not None and len(value) < field.min_items:
            yield "items", messages.FEW.fill(label=field.label, least=field.min_items), "error"
        if field.max_items is not None and len(value) > field.max_items:
            yield "items", messages.MANY.fill(label=field.label, most=field.max_items), "error"


def _range(field: Field, value: Any) -> Iterator[Finding]:
    """What the field says of a number: its own, or one that stands in it."""
    if fits("number", value):
        if field.minimum is not None and value < field.minimum:
            yield "minimum", messages.LOW.fill(label=field.label, range=messages.span(field)), "error"
        if field.maximum is not None and value > field.maximum:
            yield "maximum", messages.HIGH.fill(label=field.label, range=messages.span(field)), "error"
        if field.multiple_of and value % field.multiple_of != 0:
            yield "multiple", messages.MULTIPLE.fill(label=field.label, step=field.multiple_of), "error"
        if field.warn_decimals is not None and decimals(value) > field.warn_decimals:
            yield "decimals", messages.DECIMALS.fill(label=field.label, most=field.warn_decimals), "warning"


def _misplaced(
    form: Form, values: Mapping[str, Any], misfits: Collection[str], fates: Mapping[str, str] | None
) -> Iterator[Problem]:
    """One problem for each outermost field that does not apply."""
    told: set[str] = set()
    for at in misfits:
        field = form.by_path[at]
        if field.required != "yes" and not conditions.is_set(values[at]):
            continue
        outer = next(
            each for each in form.above(field) if not conditions.holds(each.applies, form, values, unknown=True)
        )
        if outer.at in told:
            continue
        told.add(outer.at)
        fate = conditions.fate(form, field, fates)
        when = conditions.when(form, outer)
        text = filled(messages.MISPLACED[fate], label=outer.label, when=when)
        yield Problem(outer.at, "applies", text, "error" if fate == "refuse" else "warning")


def _missing(
    form: Form, body: Mapping[str, Any], values: Mapping[str, Any], misfits: Collection[str]
) -> Iterator[Problem]:
    """Fields that a page calls required, and fields that the other values require."""
    for field in form.fields:
        if field.place != "body" or None in field.steps or not _stands(body, field.steps[:-1]):
            continue
        if field.at in misfits or (field.at not in values and not conditions.applies(form, field, values)):
            continue
        there = _stands(body, field.steps)
        filled = there and conditions.is_set(values.get(field.at, "an object"))
        sent = filled or (there and field.empty)
        if field.required == "yes" and field.applies and not there:
            yield Problem(field.at, "required", messages.REQUIRED.fill(label=field.label))
        # What is required anyway is here, and only asked whether it may be empty.
        lacking = there and not filled if field.required == "yes" else not sent
        if field.required_when and lacking and conditions.holds(field.required_when, form, values):
            yield Problem(field.at, "required", _needed(form, field))
        if field.required == "seed" and not sent:
            yield Problem(field.at, "required", messages.USUALLY.fill(label=field.label), "warning")


def _needed(form: Form, field: Field) -> Text:
    """What asks for a field that others require; where it is their absence, each of them will do."""
    if all(wanted == ("!*",) for wanted in field.required_when.values()):
        others = [form.by_path[at].label for at in field.required_when]
        return messages.ONE_OF.fill(labels=messages.either([field.label, *others]))
    return messages.NEEDED.fill(label=field.label, when=conditions.sentence(form, field.required_when))


def _stands(body: Any, steps: Sequence[paths.Step]) -> bool:
    """Is there anything at this place? A member is missed only in an object that is there itself."""
    for step in steps:
        if not isinstance(body, dict) or step not in body:
            return False
        body = body[step]
    return not steps or body is not None


def _unknown(form: Form, extras: Mapping[str, Any]) -> Iterator[Problem]:
    for steps in bodies.strangers(form.tree, extras):
        at = paths.join(steps)
        further = form.frames and len(steps) == 1 and frames.node_of(form, extras[steps[0]])
        if further:
            text = messages.FURTHER.fill(key=frames.type_of(extras[steps[0]]))
        elif form.parts and len(steps) == 1 and not has_part(extras[steps[0]]):
            text = messages.NO_PART.fill(key=at)
        else:
            text = messages.UNKNOWN.fill(key=at)
        yield Problem(at, "unknown", text, "warning")
