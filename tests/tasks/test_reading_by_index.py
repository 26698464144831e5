"""What is asked by a gateway's id reads the index of gateway ids, however long a connection's history is."""

from __future__ import annotations

import pytest
from django.db import connection

from studio.tasks.by_words import BOUND
from studio.tasks.hearing import ANOTHERS

INDEX = "gateway_id_bound_once"
# SQLite takes an index of some rows only where a statement has the index's own condition, sign by sign. PostgreSQL
# reads a table as small as a test's from front to back, unless told not to.
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.mark.django_db
@pytest.mark.parametrize(("sql", "values"), [(ANOTHERS, (1, "abc", 2)), (BOUND, ("abc", 1))])
def test_a_gateways_id_is_found_by_its_index(sql: str, values: tuple[int | str, ...]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{EXPLAIN[connection.vendor]} {sql}", values)
        assert INDEX in str(cursor.fetchall())
