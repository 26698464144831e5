"""An empty database takes a short way to its tables; one that went the long way ends in the same place."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.migrated import LongWay
from tests.tasks.stage import begin

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


def test_a_call_that_an_earlier_demo_made_up_takes_nobodys_place(team: Team, alice: User, everywhere: object) -> None:
    now, sender = timezone.now(), make_connection(team)
    leases = {"made up": now + timedelta(days=3650), "under way": now + timedelta(seconds=345)}
    for prompt, lease in leases.items():
        begin(team, alice, sender, prompt)
        Attempt.objects.filter(state=State.QUEUED).update(state=State.SENDING, lease_until=lease)
    import_module("studio.tasks.migrations.0022_leases_of_demos").end_made_up_leases(apps, connection.schema_editor())
    assert list(Attempt.objects.order_by("pk").values_list("lease_until", flat=True)) == [None, leases["under way"]]
