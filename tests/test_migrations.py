"""An empty database takes a short way to its tables; one that went the long way ends in the same place, and what
stood in its rows is told anew where a migration says so."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.apps.registry import Apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL

from tests.migrated import LongWay, long_way, walk

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


THEN = datetime(2026, 1, 2, tzinfo=UTC)
SOON = datetime.now(UTC) + timedelta(seconds=345)


class Row(NamedTuple):
    """A row as a migration finds it, and as it leaves it: nothing where it is gone."""

    values: dict[str, Any]
    left: dict[str, Any] | None


class Moved(NamedTuple):
    """Rows of one model, and the migration that says something else in them."""

    migration: tuple[str, str]
    model: str
    rows: list[Row]


# In the order of the way. A new one that changes rows needs its line here.
MOVED = [
    Moved(
        ("tasks", "0011_attempt_id_is_certain"),
        "tasks.Attempt",
        [Row({"gateway_id": "7"}, {"id_is_certain": True}), Row({"gateway_id": ""}, {"id_is_certain": False})],
    ),
    Moved(
        ("tasks", "0016_money"),
        "tasks.Task",
        [
            Row({"created_at": THEN, "cost": 5}, {"charge": 5, "counted_at": THEN}),
            Row({"created_at": THEN, "cost": 5, "refunded": True}, {"charge": 0, "counted_at": THEN}),
            Row({"created_at": THEN, "cost": None}, {"charge": 0, "counted_at": THEN}),
        ],
    ),
    Moved(
        ("batches", "0004_why_in_both_languages"),
        "batches.Cell",
        [
            Row({"why": "too long"}, {"why": "too long"}),
            Row({"why": "too wide"}, {"why": "too wide"}),
            Row({}, {"why": ""}),
        ],
    ),
    Moved(("search", "0002_anew"), "search.Entry", [Row({"of": 1}, None), Row({"of": 2}, None)]),
    Moved(
        ("tasks", "0021_rehearsals"),
        "tasks.Task",
        [
            Row({"connection": "sandbox", "counted_at": THEN, "charge": 5}, {"counted_at": None, "charge": 0}),
            Row({"connection": "gateway", "counted_at": THEN, "charge": 5}, {"counted_at": THEN, "charge": 5}),
        ],
    ),
    Moved(
        ("tasks", "0022_leases_of_demos"),
        "tasks.Attempt",
        [
            Row({"state": "sending", "lease_until": SOON + timedelta(days=3650)}, {"lease_until": None}),
            Row({"state": "sending", "lease_until": SOON}, {"lease_until": SOON}),
        ],
    ),
]
MAKES_TABLES = {("search", "0001_entry")}


def test_every_migration_that_changes_rows_is_tried() -> None:
    by_hand = {
        (found.app_label, found.name)
        for found in LongWay(None).disk_migrations.values()
        if type(found).__module__.startswith("studio.")
        and any(isinstance(operation, RunPython | RunSQL) for operation in found.operations)
    }
    assert by_hand - MAKES_TABLES == {moved.migration for moved in MOVED}


@pytest.mark.django_db(transaction=True)
def test_what_stood_in_the_rows_of_a_studio_in_use_is_told_as_it_is_now() -> None:
    graph = long_way().loader.graph
    try:
        for moved in MOVED:
            app, _ = moved.migration
            before = walk([parent.key for parent in graph.node_map[moved.migration].parents if parent.key[0] == app])
            made = [insert(before.apps, moved.model, row.values) for row in moved.rows]
            rows = walk([moved.migration]).apps.get_model(moved.model)._default_manager
            for pk, row in zip(made, moved.rows, strict=True):
                left = rows.filter(pk=pk).values(*(row.left or ["pk"])).first()
                assert left == row.left, f"{moved.migration}: {row.values}"
    finally:
        walk(graph.leaf_nodes())


def insert(apps: Apps, model: str, values: dict[str, Any]) -> int:
    """The number of one row more, made with what it refers to. The connection is called by its name."""

    def first(of: str, **given: Any) -> Any:
        return apps.get_model(of)._default_manager.get_or_create(**given)[0]

    team, name = first("teams.Team", name="Team A"), values.get("connection", "gateway")
    connection = first("teams.Connection", team=team, name=name, is_sandbox=name == "sandbox")
    ours = {"team": team, "person": first("teams.User", email="alice@example.com"), "connection": connection}
    ours |= {"operation": "runway.generate-text", "nonce": secrets.token_hex(8)}
    needs: dict[str, Callable[[], dict[str, Any]]] = {
        "tasks.Task": lambda: ours,
        "tasks.Attempt": lambda: {
            "team": team,
            "connection": connection,
            "task": first("tasks.Task", **ours),
            "due_at": THEN,
        },
        "batches.Cell": lambda: {"team": team, "batch": first("batches.Batch", **ours, size=1), "number": 1},
        "search.Entry": lambda: {"team": team, "kind": "task", "words": "kite", "of": values["of"]},
    }
    rows = apps.get_model(model)._default_manager
    pk: int = rows.create(**needs[model]()).pk
    rows.filter(pk=pk).update(**values | ({"connection": connection} if "connection" in values else {}))
    return pk
