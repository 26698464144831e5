"""The border between teams, drawn in the database: what a row refers to is of the row's own team, whoever writes it.

Each model with a `team` that others refer to says `has_its_team(...)` in its constraints, and each that refers to such
a model says `OneTeam(...)`. `tests/teams/test_borders.py` finds every pair of tables, and tries to cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

# For a key that `OneTeam` looks after, in tables that are written all the time: another key, of its column alone, would
# look for the same row once more. Who asks by the column has another index that begins with it; nobody deletes what it
# refers to.
BY_ITS_TEAM: dict[str, Any] = {"db_constraint": False, "db_index": False}


def has_its_team(name: str) -> models.UniqueConstraint:
    """What the border stands on: a pair of team and id that other tables can refer to."""
    return models.UniqueConstraint(fields=["team", "id"], name=name)


class OneTeam(models.BaseConstraint):
    """Rows that `fields` refer to belong to the team of the row itself: one foreign key each, of (team, id).

    Django's own foreign keys are of one column. As a constraint this is part of the table's own definition, and so it
    is there again whenever SQLite's tables are made anew by a migration. Like Django's keys it is looked at when the
    transaction ends. Where the row has no team, or refers to nothing, there is no border to cross.
    """

    def __init__(self, *, fields: Sequence[str], name: str) -> None:
        super().__init__(name=name)
        self.fields = tuple(fields)

    def keys(self, model: Any, editor: Any) -> list[str]:
        """One clause of SQL for each field."""
        quote, team = editor.quote_name, model._meta.get_field("team").column
        clauses = []
        for name in self.fields:
            field = model._meta.get_field(name)
            there = field.related_model._meta
            ours, theirs = (team, field.column), (there.get_field("team").column, there.pk.column)
            clauses.append(
                f"CONSTRAINT {quote(self.name_of(name))} FOREIGN KEY ({', '.join(map(quote, ours))}) "
                f"REFERENCES {quote(there.db_table)} ({', '.join(map(quote, theirs))}) DEFERRABLE INITIALLY DEFERRED"
            )
        return clauses

    def name_of(self, field: str) -> str:
        return f"{self.name}_{field}"

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """For a table that is made."""
        return ", ".join(self.keys(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        """For a table that is there already. SQLite makes the table anew instead."""
        added = ", ".join(f"ADD {key}" for key in self.keys(model, schema_editor))
        return f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} {added}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        dropped = ", ".join(f"DROP CONSTRAINT {quote(self.name_of(name))}" for name in self.fields)
        return f"ALTER TABLE {quote(model._meta.db_table)} {dropped}"

    def validate(self, *_: Any, **__: Any) -> None:
        """For forms there is nothing to say: the scope offers them no row of another team."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"fields": list(self.fields)}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneTeam) and (self.name, self.fields) == (other.name, other.fields)

    __hash__ = None  # type: ignore[assignment]  # as Django's own
