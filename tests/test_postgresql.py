"""Everything that touches rows, once more on a real PostgreSQL. (Queue, kill and live tests choose both themselves.)"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgresql

HERE = Path(__file__).parent
ROWS = ["teams", "tasks", "assets", "composer", "test_doors.py"]


@pytest.mark.slow
def test_the_tests_of_rows_pass_on_postgresql_too() -> None:
    with postgresql.server() as url:
        environment = os.environ | {"DATABASE_URL": url, "STUDIO_TEST_DB": f"rows_{os.getpid()}"}
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "not browser and not slow", *(str(HERE / r) for r in ROWS)],
            env=environment,
            cwd=HERE.parent,
            capture_output=True,
            text=True,
            timeout=400,
        )
    print(run.stdout[-3000:])
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
