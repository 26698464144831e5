"""A backup that is ended midway leaves no plain rows behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.processes import house
from tests.services import manage

pytestmark = pytest.mark.slow
MIDWAY = """
import time
import django
django.setup()
from django.core.management import call_command
from studio.management.backup import making
def wait(*_):
    print('midway', flush=True)
    time.sleep(60)
making.add = wait
call_command('backup', r'{target}')
"""


def test_what_an_ended_backup_had_written_is_removed(tmp_path: Path) -> None:
    with house() as studio:
        manage(studio, "setup")

        def rows() -> list[Path]:
            return list(studio.folder.rglob("*/studio.sqlite3"))

        ended = studio.start("-c", MIDWAY.format(target=tmp_path))
        ended.says("midway")
        assert len(rows()) == 1
        manage(studio, "setup")
        assert len(rows()) == 1, "those of a backup that is being made stay"
        ended.stop(signal.SIGTERM)
        assert (ended.process.returncode, rows(), list(tmp_path.iterdir())) == (128 + signal.SIGTERM, [], [])

        killed = studio.start("-c", MIDWAY.format(target=tmp_path))
        killed.says("midway")
        killed.stop(signal.SIGKILL)
        assert len(rows()) == 1
        manage(studio, "setup")
        assert rows() == []
