"""Columns that give back exactly what was put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from studio import catalog
from studio.catalog.exact import DEEPEST

if TYPE_CHECKING:
    Column = models.JSONField[Any, Any]  # for the checker: any JSON goes in and comes out
else:
    Column = models.TextField


# The value of one field may have as many levels as a body, and stands in a row with others.
IN_A_ROW = DEEPEST + 10


class ExactJSON(Column):
    """A JSON value kept as text: the order of keys and the way numbers are written survive, which `jsonb` drops."""

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return None if value is None else catalog.loads(value, IN_A_ROW)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else catalog.dumps(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""
