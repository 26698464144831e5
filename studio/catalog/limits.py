"""Limits of a field that hold only beside certain other values. What goes beyond them is warned about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .text import Text

if TYPE_CHECKING:
    from .schema import Conditions, Field
    from .table import Table


@dataclass(frozen=True, slots=True)
class Narrower:
    """A shorter list of choices that holds while `when` does: gen3 knows two of the six ratios."""

    when: Conditions
    choices: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shorter:
    """A smaller number of characters that holds while `when` does: chirp-v4 sings 3000 of the 5000."""

    when: Conditions
    max_length: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a list's items may be as `of` says, at least and at most, while `when` holds. `of` names members of
    an item by their path in it; without any, all items count. `says` is the sentence for a person."""

    says: Text
    of: Conditions
    when: Conditions
    least: int | None = None
    most: int | None = None


def whens(field: Field) -> list[tuple[str, Conditions]]:
    """The conditions of all limits of a field, with the key that each stands under."""
    named = (("narrower", field.narrower), ("shorter", field.shorter), ("counted", field.counted))
    return [(name, each.when) for name, limits in named for each in limits]


def conditions(table: Table, key: str, data: dict[str, Any]) -> Conditions:
    """{ model = ["gen3"] }: a list of scalars for each path."""
    for at, wanted in data.items():
        if not isinstance(wanted, list) or not wanted or any(isinstance(each, dict | list) for each in wanted):
            table.fault(f"{key}.{at} = {wanted!r} is no list of values.", f'Write {key} = {{ {at} = ["..."] }}.')
    return {at: tuple(wanted) for at, wanted in data.items() if isinstance(wanted, list)}


def _narrower(table: Table) -> Narrower:
    return Narrower(_conditions(table, "when"), table.entries("choices"))


def _shorter(table: Table) -> Shorter:
    return Shorter(_conditions(table, "when"), table.count("max_length") or 0)


def _counted(table: Table) -> Counted:
    says, of, when = table.both("says", required=True), _conditions(table, "of"), _conditions(table, "when")
    return Counted(says, of, when, table.count("least"), table.count("most"))


def _conditions(table: Table, key: str) -> Conditions:
    return conditions(table, key, table.table(key))


def _each(table: Table, key: str, read: Callable[[Table], Any]) -> tuple[Any, ...]:
    made = []
    for data in table.tables(key):
        inner = table.within(data)
        made.append(read(inner))
        inner.done()
    return tuple(made)


RULES: Mapping[str, Callable[[Table], Any]] = {
    "narrower": partial(_each, key="narrower", read=_narrower),
    "shorter": partial(_each, key="shorter", read=_shorter),
    "counted": partial(_each, key="counted", read=_counted),
}
