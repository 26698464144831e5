"""Every table by COPY, in one moment; and the way back, into tables of the same migrations.

PostgreSQL's own programs would have to be installed beside the studio, in the server's version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from studio.management.backup.manifest import CHUNK, TABLES, Manifest
from studio.management.trouble import Trouble

NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
NUMBERED = """
    SELECT column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s AND is_identity = 'YES'
"""
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend'"
)


def copy(folder: Path, manifest: Manifest) -> dict[str, Path]:
    found: dict[str, Path] = {}
    with one_moment() as cursor:
        for table in names(cursor):
            path = folder / table
            manifest.tables[table] = columns(cursor, table)
            with path.open("wb") as file, cursor.copy(spelled("COPY {} ({}) TO STDOUT", table, manifest)) as rows:
                for row in rows:
                    file.write(row)
            found[f"{TABLES}{table}"] = path
    return found


@contextmanager
def one_moment() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor


def refuse(_folder: Path) -> None:
    """Raise `Trouble` while others use the database."""
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        if others := cursor.fetchone()[0]:
            raise Trouble(f"The database is in use by {others} others. Stop web, workers and clock first.")


def load(folder: Path, manifest: Manifest) -> None:
    """Make the tables as they were when the backup was made, and fill them: in one transaction, so that whoever is
    killed in it leaves the database as it was. Raises `Trouble` where somebody has come since the first look."""
    refuse(folder)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in names(cursor):
            cursor.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))
        executor = MigrationExecutor(connection)
        executor.migrate(newest(executor, manifest))
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, manifest.tables))))
        for table in manifest.tables:
            fill(cursor, table, folder / table, manifest)


def newest(executor: MigrationExecutor, manifest: Manifest) -> list[tuple[str, str]]:
    """The last migration of each app that the backup had; those before come with it."""
    graph = executor.loader.graph
    had = {(app, name) for app, name in manifest.migrations} & graph.nodes.keys()
    followed = {before.key for key in had for before in graph.node_map[key].parents if before.key[0] == key[0]}
    return sorted(had - followed)


def fill(cursor: Any, table: str, path: Path, manifest: Manifest) -> None:
    with path.open("rb") as file, cursor.copy(spelled("COPY {} ({}) FROM STDIN", table, manifest)) as rows:
        while part := file.read(CHUNK):
            rows.write(part)
    cursor.execute(NUMBERED, [table])
    for column, sequence in cursor.fetchall():
        newest = sql.SQL("SELECT setval(%s, coalesce(max({}), 0) + 1, false) FROM {}")
        cursor.execute(newest.format(sql.Identifier(column), sql.Identifier(table)), [sequence])


def names(cursor: Any) -> list[str]:
    cursor.execute(NAMES)
    return [name for (name,) in cursor.fetchall()]


def columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(COLUMNS, [table])
    return [name for (name,) in cursor.fetchall()]


def spelled(statement: str, table: str, manifest: Manifest) -> sql.Composed:
    fields = sql.SQL(", ").join(map(sql.Identifier, manifest.tables[table]))
    return sql.SQL(statement).format(sql.Identifier(table), fields)
