"""A list of plain choices as check boxes: what is ticked is sent, in the order in which the boxes stand."""

from __future__ import annotations

from typing import Any

from studio import catalog


def ticks_of(operation: catalog.Operation, field: catalog.Field) -> catalog.Field | None:
    """The field of this list's items, where each is one of some texts."""
    item = operation.field(f"{field.at}[]") if field.type == "array" else None
    plain = item is not None and item.type == "string" and bool(item.choices) and not (item.open or item.takes)
    return item if plain else None


def is_ticked(item: catalog.Field, value: Any) -> bool:
    """Can boxes say this value? Anything else is shown as JSON."""
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        return False
    return len(set(value)) == len(value) and set(value) <= set(item.choices)


def in_order(item: catalog.Field, value: list[str]) -> list[str]:
    """The choices so that the boxes say the value as it stands: by themselves, or else the ticked ones first."""
    if [each for each in item.choices if each in value] == value:
        return list(item.choices)
    return [*value, *(each for each in item.choices if each not in value)]
