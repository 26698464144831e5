"""A restore that is killed midway: the database is as it was, and nothing starts until it has been run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import house
from tests.services import ask, begin, manage

pytestmark = pytest.mark.slow
KILLED = """
import os, signal
import django
django.setup()
from django.core.management import call_command
from studio.management.backup import postgres, sqlite
{where} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
call_command('restore', r'{backup}')
"""
REFUSED = """
from django.core.management import call_command
from studio.management.trouble import Trouble
try:
    call_command('{command}')
except Trouble as trouble:
    print(trouble)
"""
WHERE = {"sqlite": "sqlite.load", "postgresql": "postgres.fill"}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_killed_midway_leaves_the_rows_and_is_run_again(kind: str, tmp_path: Path) -> None:
    with house(kind) as studio:
        manage(studio, "setup")
        begin(studio, 2)
        backup = tmp_path / "one.tar"
        manage(studio, "backup", str(backup))
        begin(studio, 1)
        studio.leave_console()  # its connection is one too many

        assert studio.run("-c", KILLED.format(where=WHERE[kind], backup=backup)).returncode == -9
        assert ask(studio, "Attempt.objects.count()") == "3"
        for command in ("setup", "workers", "clock"):
            assert studio.do(REFUSED.format(command=command)).startswith("A restore was broken off: run it again.")

        assert "Sending is held" in manage(studio, "restore", str(backup))
        assert ask(studio, "Attempt.objects.count()") == "2"
        manage(studio, "setup")
