"""What the models say of their tables is what the database has, after every migration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, models

from studio.teams.borders import OneTeam


def named(model: type[models.Model]) -> Iterator[str]:
    """The names that the model gives to its indexes and constraints."""
    for each in (*model._meta.indexes, *model._meta.constraints):
        # SQLite's keys have no names; `test_borders` tries each.
        if not isinstance(each, OneTeam):
            yield each.name
        elif connection.vendor == "postgresql":
            yield from map(each.name_of, each.fields)


@pytest.mark.django_db
def test_every_index_and_constraint_of_the_models_is_in_the_database() -> None:
    """Django takes an index of a column away with any other of that column alone, in PostgreSQL."""
    count = 0
    for model in apps.get_models():
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name in named(model):
            count += 1
            assert name in there, f"{model.__name__}: {name}"
    assert count > 80
