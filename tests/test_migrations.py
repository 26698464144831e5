"""An empty database takes a short way to its tables; one that went the long way ends in the same place."""

from __future__ import annotations

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

from tests.migrated import LongWay


def test_the_short_way_and_the_long_way_lead_to_the_same_tables() -> None:
    long, short = LongWay(None), MigrationLoader(None)
    assert short.replacements
    assert len(short.graph.nodes) + 25 < len(long.graph.nodes)
    for of, to in ((long, short), (short, long)):
        assert MigrationAutodetector(of.project_state(), to.project_state()).changes(graph=short.graph) == {}
