"""A database with all tables and no rows, made once for each state of the migrations and copied for each studio that a
test starts, and for the tests' own: to migrate takes seconds of a processor, and a run would do it fifty times."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from psycopg import sql

ROOT = Path(__file__).parent.parent
NAME = "studio.sqlite3"


class LongWay(MigrationLoader):
    """The migrations as a studio went through them that is older than those which replace several."""

    def load_disk(self) -> None:
        super().load_disk()
        self.disk_migrations = {key: each for key, each in self.disk_migrations.items() if not each.replaces}


def long_way() -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    executor.loader = LongWay(connection)
    return executor


def walk(places: list[tuple[str, str]]) -> ProjectState:
    """Take the test's own database there, back or on, and answer the models as they are there.

    In a thread with a connection of its own, which is closed: a migration that fails leaves it inside its
    transaction, as if the process had ended."""

    def run() -> ProjectState:
        try:
            return long_way().migrate(places)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def lay(folder: Path) -> None:
    """Put it where a studio with this data folder looks for its database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made(), folder / NAME)


@cache
def made() -> Path:
    """The file to copy. Whoever needs it first makes it, the others wait."""
    found = ROOT / ".pytest_cache" / "migrated" / f"{state()}.sqlite3"
    with turn("sqlite"), tempfile.TemporaryDirectory() as folder:
        if not found.exists():
            migrate(STUDIO_DATA=folder)
            shutil.copyfile(Path(folder, NAME), beside := found.with_suffix(".part"))
            beside.replace(found)
    return found


def template(server: str) -> str:
    """The name of a database on this PostgreSQL that `CREATE DATABASE ... TEMPLATE` copies; `forget` drops it."""
    name = f"studio_migrated_{state()}"
    with turn("postgresql"), psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            part = f"{name}_part"  # of a run that was broken off
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(part)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(part)))
            with tempfile.TemporaryDirectory() as folder:
                migrate(STUDIO_DATA=folder, DATABASE_URL=server.rsplit("/", 1)[0] + f"/{part}")
            renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(renamed.format(sql.Identifier(part), sql.Identifier(name)))
    return name


def forget(server: str) -> None:
    """Leave nothing on a PostgreSQL that is not ours."""
    with psycopg.connect(server, autocommit=True) as connection:
        name = sql.Identifier(f"studio_migrated_{state()}")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def migrate(**environment: str) -> None:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("STUDIO_", "DJANGO_", "DATABASE_URL"))}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=own | environment, check=True)


@contextmanager
def turn(kind: str) -> Iterator[None]:
    """One process after the other: the parts of a run want the same thing at once."""
    folder = ROOT / ".pytest_cache" / "migrated"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{kind}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def state() -> str:
    """The same as long as no migration, no pinned version and no setting changes."""
    sources = [*sorted(ROOT.glob("studio/*/migrations/*.py")), ROOT / "pyproject.toml", ROOT / "studio" / "settings.py"]
    told = hashlib.sha256()
    for source in sources:
        told.update(source.name.encode() + b"\0" + source.read_bytes())
    return told.hexdigest()[:16]
