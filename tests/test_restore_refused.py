"""What keeps a backup from being put back is asked before anything is changed."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.processes import House, house
from tests.services import ask, begin, manage

pytestmark = pytest.mark.slow
STATES = "sorted(Attempt.objects.values_list('state', flat=True))"
REFUSED = """
import collections, shutil
from django.core.management import call_command
from studio.management.trouble import Trouble
{before}
try:
    call_command('restore', r'{backup}')
except Trouble as trouble:
    print(trouble)
"""


def state(studio: House) -> tuple[str, dict[str, bytes]]:
    """What tasks stand at, and every file of the data folder beside the database."""
    files = {
        path.relative_to(studio.folder).as_posix(): path.read_bytes()
        for path in studio.folder.rglob("*")
        if path.is_file() and not path.name.startswith("studio.sqlite3")
    }
    return f"{ask(studio, STATES)} {manage(studio, 'fence')}", files


def prepared(studio: House, tmp_path: Path) -> Path:
    """A backup of a studio that goes on: tasks wait in both, and there are files that only one of the two has."""
    manage(studio, "setup")
    begin(studio, 2)
    (studio.folder / "media").mkdir()
    (studio.folder / "media" / "old.png").write_bytes(b"of the backup")
    backup = tmp_path / "one.tar"
    manage(studio, "backup", str(backup))
    (studio.folder / "media" / "old.png").unlink()
    begin(studio, 1)
    refusal(studio, tmp_path)  # leaves the file of the lock
    return backup


def refusal(studio: House, backup: Path, before: str = "") -> str:
    return studio.do(REFUSED.format(backup=backup, before=before))


@contextmanager
def in_use(studio: House) -> Iterator[None]:
    """Another process has the database open, as web, workers and clock have."""
    if url := studio.environment["DATABASE_URL"]:
        with psycopg.connect(url):
            yield
    else:
        with closing(sqlite3.connect(studio.folder / "studio.sqlite3")) as database:
            database.execute("SELECT count(*) FROM tasks_task").fetchone()
            yield


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_in_use_refuses_and_nothing_has_changed(kind: str, tmp_path: Path) -> None:
    with house(kind) as studio:
        backup = prepared(studio, tmp_path)
        before = state(studio)
        with in_use(studio):
            assert "in use by " in refusal(studio, backup)
        assert state(studio) == before
        manage(studio, "setup")  # looks for an old copy of the database, as the clock does
        assert state(studio)[0] == before[0] == "['queued', 'queued', 'queued'] Sending goes on."


def test_a_damaged_database_and_a_full_disk_refuse_and_nothing_has_changed(tmp_path: Path) -> None:
    with house() as studio:
        backup = prepared(studio, tmp_path)
        before = state(studio)
        assert "is damaged: " in refusal(studio, with_damaged_rows(backup, tmp_path / "two.tar"))
        full = "shutil.disk_usage = lambda _path: collections.namedtuple('Usage', 'free')(1 << 20)"
        assert "1 MB are free" in refusal(studio, backup, full)
        assert state(studio) == before


def with_damaged_rows(backup: Path, target: Path) -> Path:
    """The same backup, whole by its checksums, of a database that was damaged when it was made."""
    with tarfile.open(backup) as source, tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as copy:
        for member in source:
            content = source.extractfile(member)
            assert content
            data = content.read()
            if member.name == "studio.sqlite3":
                data = b"no database at all" * 1000
                damaged = hashlib.sha256(data).hexdigest()
            if member.name == "manifest.json":
                manifest = json.loads(data)
                manifest["files"]["studio.sqlite3"] = damaged
                data = json.dumps(manifest).encode()
            member.size = len(data)
            copy.addfile(member, io.BytesIO(data))
    return target
