"""An SQLite database with all tables and no rows, made once for each state of the migrations and copied for each studio
that a test starts: to migrate takes six seconds of a processor, and a run would do it forty times."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = "studio.sqlite3"


def lay(folder: Path) -> None:
    """Put it where a studio with this data folder looks for its database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made(), folder / NAME)


@cache
def made() -> Path:
    """Whoever needs it first makes it, the others wait."""
    found = ROOT / ".pytest_cache" / "migrated" / f"{state()}.sqlite3"
    found.parent.mkdir(parents=True, exist_ok=True)
    with open(found.with_suffix(".lock"), "w") as lock, tempfile.TemporaryDirectory() as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            own = {k: v for k, v in os.environ.items() if not k.startswith(("STUDIO_", "DJANGO_", "DATABASE_URL"))}
            command = [sys.executable, "manage.py", "migrate", "-v0"]
            subprocess.run(command, cwd=ROOT, env=own | {"STUDIO_DATA": folder}, check=True)
            shutil.copyfile(Path(folder, NAME), beside := found.with_suffix(".part"))
            beside.replace(found)
    return found


def state() -> str:
    """The same as long as no migration, no pinned version and no setting changes."""
    sources = [*sorted(ROOT.glob("studio/*/migrations/*.py")), ROOT / "pyproject.toml", ROOT / "studio" / "settings.py"]
    told = hashlib.sha256()
    for source in sources:
        told.update(source.name.encode() + b"\0" + source.read_bytes())
    return told.hexdigest()[:16]
