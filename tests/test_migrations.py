"""An empty database takes a short way to its tables; one that went the long way ends in the same place."""

from __future__ import annotations

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

from tests.migrated import LongWay

# Databases have them in their history; without its name a studio in use would be told that it is newer than this code.
SHORT_WAYS = {
    ("assets", "0001_squashed_0007_assets_of_tasks"),
    ("batches", "0001_squashed_0003_batch_private"),
    ("files", "0001_squashed_0002_file_private"),
    ("library", "0001_squashed_0004_prompts"),
    ("notices", "0001_squashed_0002_outgoing"),
    ("tasks", "0001_squashed_0018_task_private"),
    ("teams", "0001_squashed_0007_assets_of_tasks"),
}


def test_a_short_way_keeps_its_name_for_ever() -> None:
    assert set(MigrationLoader(None).disk_migrations) >= SHORT_WAYS


def test_the_short_way_and_the_long_way_lead_to_the_same_tables() -> None:
    long, short = LongWay(None), MigrationLoader(None)
    assert short.replacements
    assert len(short.graph.nodes) + 25 < len(long.graph.nodes)
    for of, to in ((long, short), (short, long)):
        assert MigrationAutodetector(of.project_state(), to.project_state()).changes(graph=short.graph) == {}
