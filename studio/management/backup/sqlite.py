"""SQLite's own way to copy a database that is in use, whole and of one moment; and the way back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from studio.management.backup.manifest import SQLITE, Manifest
from studio.management.trouble import Trouble


def copy(folder: Path, _manifest: Manifest) -> dict[str, Path]:
    path = folder / SQLITE
    with opened(Path(settings.DATABASES["default"]["NAME"])) as source, opened(path) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    return {SQLITE: path}


def refuse(folder: Path) -> None:
    """Raise `Trouble` where what was unpacked into this folder cannot be loaded, and while others use the database."""
    try:
        with opened(folder / SQLITE) as source:
            fault = source.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        fault = str(error)
    if fault != "ok":
        raise Trouble(f"The database in the backup is damaged: {fault}.")
    connection.close()
    with opened(Path(settings.DATABASES["default"]["NAME"])) as target:
        try:
            target.execute("PRAGMA journal_mode=DELETE")  # only who has the file alone may leave its log
            target.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise Trouble("The database is in use by others. Stop web, workers and clock first.") from None


def load(folder: Path, _manifest: Manifest) -> None:
    """Replace what is in the database, in one transaction of SQLite's own: who reads it sees the old or the new."""
    connection.close()
    with opened(folder / SQLITE) as source, opened(Path(settings.DATABASES["default"]["NAME"])) as target:
        source.backup(target)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as database:
        yield database
