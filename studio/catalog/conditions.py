"""When a field applies: `{ model = ["gen3", "gen4"] }`, `{ model = ["!gen2"] }`, `{ image = ["*"] }`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from .schema import Conditions, Fate, Field, Form, Values
from .text import NOTHING, Text

FATES: tuple[Fate, ...] = ("keep", "omit", "refuse")
_IS = Text("{field} is {values}", "{field}为 {values}")
_IS_NOT = Text("{field} is not {values}", "{field}不是 {values}")
_IS_SET = Text("{field} is set", "设置了{field}")
_IS_EMPTY = Text("{field} is not set", "未设置{field}")
_OR = Text(" or ", " 或 ")
_AND = Text(" and ", "，且")


def word(value: object) -> str:
    """A value as it is compared with the catalog: text and number are the same, an object is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, str | float) else _digits(value)


def _digits(value: object) -> str:
    try:
        return str(value) if isinstance(value, int) else ""
    except ValueError:  # more digits than Python turns into text
        return ""


def is_set(value: object) -> bool:
    """An empty text and a null count as not sent."""
    return value is not None and value != ""


def holds(conditions: Conditions, form: Form, values: Values, *, unknown: bool = False) -> bool:
    """Do all conditions hold? A field that is not set counts as its default.

    What stands in the address is not known when a body is looked at alone: then a condition on it is `unknown`.
    """
    return all(_passes(_test(form, at, wanted), values, unknown) for at, wanted in conditions.items())


class Test(NamedTuple):
    """A condition as far as it can be known before there are values."""

    at: str
    outside: bool  # the field stands in the address
    filled: bool | None  # for `*` and `!*`: whether the field must be set
    yes: frozenset[str]
    no: frozenset[str]
    default: str  # the word of a field that is not set


def _test(form: Form, at: str, wanted: tuple[Any, ...]) -> Test:
    controller = form.by_path.get(at)
    outside = controller is not None and controller.place != "body"
    filled = "*" in wanted if "*" in wanted or "!*" in wanted else None
    return Test(at, outside, filled, *parted(wanted), word(controller.default if controller else None))


def _passes(test: Test, values: Values, unknown: bool) -> bool:
    value = values.get(test.at)
    given = is_set(value)
    if not given and test.outside:
        return unknown
    if test.filled is not None:
        return given == test.filled
    said = word(value) if given else test.default
    return said in test.yes if test.yes else said not in test.no


def parted(wanted: Iterable[Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The words a condition asks for, and the words it excludes (written with a leading `!`)."""
    return _parted(tuple(word(value) for value in wanted))


@lru_cache(4096)
def _parted(words: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return (
        frozenset(word for word in words if not word.startswith("!")),
        frozenset(word[1:] for word in words if word.startswith("!")),
    )


def applies(form: Form, field: Field, values: Values) -> bool:
    """Does the field, and every object it stands in, apply beside these values?"""
    tests: tuple[Test, ...] | None = form.tests.get(field.at)
    if tests is None:
        rules = [rule for above in form.above(field) for rule in above.applies.items()]
        tests = form.tests[field.at] = tuple(_test(form, at, wanted) for at, wanted in rules)
    return not tests or all(_passes(test, values, unknown=True) for test in tests)


def choices(form: Form, field: Field, values: Values) -> tuple[Any, ...]:
    """The choices that go with the other values; the whole list where nothing narrows it."""
    return next((n.choices for n in field.narrower if holds(n.when, form, values)), field.choices)


def fate(form: Form, field: Field, fates: Mapping[str, str] | None) -> Fate:
    """What becomes of a field that does not apply: the connection's word on it, else on all, else the catalog's."""
    told = fates or {}
    for each in reversed(form.above(field)):
        if (named := told.get(f"{form.slug}:{each.at}")) in FATES:
            return named
    general = told.get("default")
    return general if general in FATES else field.otherwise


def sentence(form: Form, conditions: Conditions) -> Text:
    """The conditions in words: "Model is gen3 or gen4"."""
    parts = [_part(form, at, wanted) for at, wanted in conditions.items()]
    return Text(_AND.en.join(p.en for p in parts), _AND.zh.join(p.zh for p in parts)) if parts else NOTHING


def when(form: Form, field: Field) -> Text:
    """The nearest conditions of a field, in words."""
    if (told := form.told.get(field.at)) is None:
        nearest = next((each.applies for each in reversed(form.above(field)) if each.applies), {})
        told = form.told[field.at] = sentence(form, nearest)
    return told


def _part(form: Form, at: str, wanted: tuple[Any, ...]) -> Text:
    field = form.by_path.get(at)
    label = field.label if field else Text(at, at)
    if "*" in wanted or "!*" in wanted:
        return (_IS_SET if "*" in wanted else _IS_EMPTY).fill(field=label)
    plain = [word(w).removeprefix("!") for w in wanted]
    listed = Text(_OR.en.join(plain), _OR.zh.join(plain))
    return (_IS if parted(wanted)[0] else _IS_NOT).fill(field=label, values=listed)
