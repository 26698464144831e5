"""Whether a value is of a type, which number a text holds, and whether a value is one of the choices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from . import exact
from .conditions import word

if TYPE_CHECKING:
    from .schema import Field

DIGITS = r"^-?(0|[1-9][0-9]{0,38})$(?!\n)"
DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$(?!\n)"
NUMBERS = {"integer", "number"}


def fits(name: str, value: object) -> bool:
    """Is the value of this type? true is no number; 10.0 is a whole number."""
    if name == "json":
        return True
    if name == "integer":
        return fits("number", value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    wanted = {"string": str, "file": str, "boolean": bool, "object": dict, "array": list}[name]
    return isinstance(value, wanted)


def number_in(field: Field, value: str) -> int | float | None:
    """The number that a text holds, where the field takes digits as text."""
    whole = "number" not in field.types
    if not re.search(DIGITS if whole else DECIMAL, value) or len(value) > 40:
        return None
    return int(value) if whole else float(value)


def either(field: Field) -> bool:
    """Does the field take texts and numbers alike? Then "23" and 23 are the same choice."""
    return "string" in field.types and not NUMBERS.isdisjoint(field.types)


def is_among(field: Field, value: object, choices: Iterable[object]) -> bool:
    """Is the value one of these choices of the field? `true` is not 1."""
    if either(field):
        return word(value) in {word(each) for each in choices}
    return any(isinstance(value, bool) == isinstance(each, bool) and value == each for each in choices)


def decimals(value: float) -> int:
    """How many digits a finite number has behind its point."""
    literal = value.literal if isinstance(value, exact.Number) else repr(value)
    exponent = Decimal(literal).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
