"""What a team pays for each request, second or picture, and what that makes of a body's values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from studio import catalog
from studio.ledger.budgets import spelled
from studio.ledger.models import Price, Unit

FIELDS = {Unit.SECOND: "duration", Unit.PICTURE: "count"}  # the role of the field that says how many
MOST, LEAST = Decimal("9999999999.9999"), Decimal("0.0001")  # points as the tables hold them


class Rate(NamedTuple):
    points: Decimal
    unit: str = Unit.REQUEST

    def price(self, operation: catalog.Operation, values: Mapping[str, Any]) -> Decimal | None:
        """The points of a run; None where the values do not say how many seconds or pictures it is."""
        number = amount(operation, Unit(self.unit), values)
        if number is None or number.adjusted() > MOST.adjusted():
            return None
        return min(self.points * number, MOST).quantize(LEAST)

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
    """By what this operation may be priced."""
    return [unit for unit in Unit if unit == Unit.REQUEST or field_of(operation, unit)]


def amount(operation: catalog.Operation, unit: Unit, values: Mapping[str, Any]) -> Decimal | None:
    """How many of them a body with these values asks for. What it leaves out is as the catalog says a form begins; what
    the gateway ignores beside the other values says nothing."""
    if unit == Unit.REQUEST:
        return Decimal(1)
    field = field_of(operation, unit)
    if field is None or not operation.applies(field, values):
        return None
    value = values.get(field.at, field.default)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number > 0 else None


def rates_of(prices: QuerySet[Price]) -> dict[str, Rate]:
    """By operation. One query."""
    rows = prices.order_by("operation").values_list("operation", "points", "unit")
    return {operation: Rate(points, unit) for operation, points, unit in rows}
