"""What a team pays for each request, second or picture, and what that makes of a body's values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from studio import catalog
from studio.ledger.budgets import spelled
from studio.ledger.models import Price, Unit

FIELDS = {Unit.SECOND: "duration", Unit.PICTURE: "count"}  # the role of the field that says how many
MOST, LEAST = Decimal("9999999999.9999"), Decimal("0.0001")  # points as the tables hold them
MANY = 10**15  # seconds or pictures, so many that the least price of each is more than the tables hold


class Rate(NamedTuple):
    points: Decimal
    unit: str = Unit.REQUEST

    def price(self, operation: catalog.Operation, values: Mapping[str, Any]) -> Decimal | None:
        """The points of a run, never more than the tables hold; None where nobody can say how many seconds or pictures
        it is."""
        number = amount(operation, Unit(self.unit), values)
        return None if number is None else min(self.points * number, MOST).quantize(LEAST)

    @property
    def words(self) -> str:
        """As it is read: "0.5 points per second"."""
        if not self.points:
            return _("free")
        points = _("%(points)s points") % {"points": spelled(self.points)}
        return points if self.unit == Unit.REQUEST else f"{points} {Unit(self.unit).label}"


def field_of(operation: catalog.Operation, unit: Unit) -> catalog.Field | None:
    """The field that says how many seconds or pictures; None where the operation has none."""
    if unit == Unit.PICTURE and operation.makes != "image":
        return None  # what it counts are answers, or voices
    role = FIELDS.get(unit)
    return next((each for each in operation.fields if each.role == role and None not in each.steps), None)


def units(operation: catalog.Operation) -> list[Unit]:
    """By what this operation may be priced: what a fresh form makes and each choice of the field can be counted."""
    return [unit for unit in Unit if counts(operation, unit)]


def counts(operation: catalog.Operation, unit: Unit) -> bool:
    field = field_of(operation, unit)
    readable = field is None or all(read(field, unit, choice) is not None for choice in field.choices)
    return readable and amount(operation, unit, operation.start()) is not None


def amount(operation: catalog.Operation, unit: Unit, values: Mapping[str, Any]) -> Decimal | None:
    """How many of them a body asks for; `values` are those of the body as it is sent. None where nobody can say it.

    What does not apply beside the other values, and is sent all the same, counts as it is written: whether the gateway
    uses it is for the gateway to say.
    """
    if unit == Unit.REQUEST:
        return Decimal(1)
    field = field_of(operation, unit)
    if field is None:
        return None
    value = values.get(field.at)
    return left_out(operation, field, unit, values) if value is None or value == "" else read(field, unit, value)


def left_out(
    operation: catalog.Operation, field: catalog.Field, unit: Unit, values: Mapping[str, Any]
) -> Decimal | None:
    """How many where the body does not say it. Seconds of which the catalog knows no default are the most that may be
    chosen: what the gateway takes then nobody knows, and it shall not be more than was counted."""
    if field.default is not None:
        return read(field, unit, field.default)
    if unit == Unit.PICTURE:
        return Decimal(operation.makes_count)
    known = [read(field, unit, choice) for choice in operation.choices(field, values)]
    return max((number for number in known if number is not None), default=None)


def read(field: catalog.Field, unit: Unit, value: object) -> Decimal | None:
    """How many this value of the field says; None for what is no such number."""
    if isinstance(value, int | float) and MANY < value < math.inf:
        value = MANY
    number = catalog.seconds(value, field) if unit == Unit.SECOND else catalog.as_number(value)
    return Decimal(str(number)) if number is not None and number > 0 else None


def rates_of(prices: QuerySet[Price]) -> dict[str, Rate]:
    """By operation. One query."""
    rows = prices.order_by("operation").values_list("operation", "points", "unit")
    return {operation: Rate(points, unit) for operation, points, unit in rows}
