"""What the other values of a body make of one: each of these is only warned about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import conditions, exclusive, messages, paths
from .fitting import fits, is_among, number_in
from .limits import Counted
from .schema import Conditions, Field, Form
from .text import Text

Warned = tuple[str, str, Text]  # path, rule, sentence
Steps = tuple[str | int, ...]
_NO_FORM = Form("", ())  # of an item: its members have no defaults


def warnings(form: Form, body: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Warned]:
    """All of them. `values` are those of the body by path, and of the address where they are known."""
    yield from _narrowed(form, values)
    yield from _shortened(form, values)
    yield from _below(form, values)
    yield from _counted(form, body, values)
    yield from ((at, "exclusive", text) for at, text in exclusive.crowded(form, values))


def _narrowed(form: Form, values: Mapping[str, Any]) -> Iterator[Warned]:
    """A choice that is listed, but not beside the other values."""
    for at, value in values.items():
        field = form.by_path.get(at)
        if field is None or not field.narrower:
            continue
        number = number_in(field, value) if field.digits != "no" and isinstance(value, str) else None
        meant = value if number is None else number
        if not is_among(field, meant, field.choices):
            continue
        fitting = conditions.choices(form, field, values)
        if not is_among(field, meant, fitting):
            yield at, "choice", messages.NARROWED.fill(label=field.label, choices=messages.listed(fitting), value=value)


def _shortened(form: Form, values: Mapping[str, Any]) -> Iterator[Warned]:
    """A text that is short enough, but not beside the other values."""
    for field in (each for each in form.fields if each.shorter):
        value = values.get(field.at)
        if not isinstance(value, str) or (field.max_length is not None and len(value) > field.max_length):
            continue
        limit = next((each for each in field.shorter if conditions.holds(each.when, form, values)), None)
        if limit and len(value) > limit.max_length:
            when = conditions.sentence(form, limit.when)
            told = {"label": field.label, "when": when, "most": limit.max_length, "length": len(value)}
            yield field.at, "length", messages.SHORTENED.fill(**told)


def _below(form: Form, values: Mapping[str, Any]) -> Iterator[Warned]:
    """A number that is meant to reach that of another field, which counts as its default where it is not set."""
    for field in (each for each in form.fields if each.not_below and each.at in values):
        other = form.by_path[field.not_below]
        least = values.get(other.at, other.default)
        if fits("number", values[field.at]) and fits("number", least) and values[field.at] < least:
            yield field.at, "below", messages.BELOW.fill(label=field.label, other=other.label, least=least)


def _counted(form: Form, body: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Warned]:
    """A list, wherever it stands, with too few or too many items of a kind."""
    for field in form.counting:
        rules = [each for each in field.counted if conditions.holds(each.when, form, values)]
        for at, items in _lists(field, body) if rules else ():
            yield from ((at, "count", rule.says) for rule in rules if not _holds(rule, items))


def _lists(field: Field, body: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each list of the body that the field is, with its path: one inside a list stands once in every item."""
    found: list[tuple[Steps, Any]] = [((), body)]
    for step in field.steps:
        found = [inner for steps, value in found for inner in _inside(steps, value, step)]
    return ((paths.join(steps), value) for steps, value in found if isinstance(value, list))


def _inside(steps: Steps, value: object, step: str | None) -> Iterator[tuple[Steps, Any]]:
    if step is None and isinstance(value, list):
        yield from (((*steps, place), item) for place, item in enumerate(value))
    elif step is not None and isinstance(value, dict) and step in value:
        yield (*steps, step), value[step]


def _holds(rule: Counted, items: list[Any]) -> bool:
    count = sum(1 for item in items if _is_one(item, rule.of))
    return (rule.least or 0) <= count and (rule.most is None or count <= rule.most)


def _is_one(item: object, of: Conditions) -> bool:
    return not of or (isinstance(item, dict) and conditions.holds(of, _NO_FORM, {at: _member(item, at) for at in of}))


def _member(item: object, at: str) -> object:
    """What stands in an item at this path of its own; None for nothing."""
    for step in paths.parse(at):
        item = item.get(step) if isinstance(item, dict) else None
    return item
