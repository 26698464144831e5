"""A backup made while tasks, callbacks and files are written: what comes back is whole, of one moment, and fenced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import House, eventually, house
from tests.services import BEGIN, ask, begin, manage

pytestmark = pytest.mark.slow
WRITERS = 2
# Each round: a task with its attempt and event, a callback to an earlier one, and a file. What is told was committed.
WRITE = """
import django
django.setup()
import hashlib, os, pathlib, sys
from urllib.parse import urlsplit
from django.core.files.base import ContentFile
from django.test import Client
from studio.files.models import File
from studio.tasks.address import callback_url
from studio.tasks.models import Attempt
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
name, told, begin = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
with across_teams():
    team, person = Team.objects.get(), User.objects.get()
    addresses = [(a.pk, urlsplit(callback_url(a)).path) for a in Attempt.objects.all()]
number = 0
while True:
    exec(begin)
    attempt, path = addresses[number % len(addresses)]
    news = {"task_id": f"g{attempt}", "status": "1", "progress": number % 100}
    assert Client().post(path, news, "application/json", HTTP_HOST="127.0.0.1").status_code in {200, 429}
    data = os.urandom(100_000)
    with across_teams():
        file = File(team=team, person=person, name="a.png", kind="image", media_type="image/png", size=len(data))
        file.sha256 = hashlib.sha256(data).hexdigest()
        file.file.save(f"files/{name}-{number}.png", ContentFile(data), save=False)
        file.save()
    number += 1
    fresh = told.with_suffix(".fresh")
    fresh.write_text(str(number))
    fresh.replace(told)  # who is killed while it writes must not be read as having written nothing
"""
WHOLE = """
import hashlib
from django.db import connection
from studio.files.models import File
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.teams.scope import across_teams
connection.check_constraints()
with across_teams():
    for file in File.objects.all():
        assert hashlib.sha256(file.file.read()).hexdigest() == file.sha256, file.file.name
    assert not Task.objects.filter(events=None).exists()
    assert not Task.objects.filter(attempts=None).exists()
    assert not Callback.objects.exclude(heard_at=None).filter(attempt=None).exists()
    print(Task.objects.count(), File.objects.count())
"""


def told(writers: list[Path]) -> int:
    return sum(int(path.read_text() or 0) for path in writers if path.exists())


def written(studio: House, tmp_path: Path) -> list[Path]:
    """Start the writers; where each says how far it is."""
    paths = [tmp_path / f"writer-{number}" for number in range(WRITERS)]
    for path in paths:
        studio.start("-c", WRITE, path.name, str(path), BEGIN.format(count=1))
    eventually(lambda: all(path.exists() and told([path]) > 3 for path in paths), 60, "nobody writes")
    return paths


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_under_writes_comes_back_whole(kind: str, tmp_path: Path) -> None:
    with house(kind) as studio:
        manage(studio, "setup")
        begin(studio, 5)
        writers = written(studio, tmp_path)
        before = told(writers)
        backup = Path(manage(studio, "backup", str(tmp_path)).rpartition("  ")[0])
        eventually(lambda: told(writers) > before + 3, 60, "nobody writes any more")
        assert all(program.process.poll() is None for program in studio.programs), studio.programs[0].said
        for program in studio.programs:
            program.kill()
        after = told(writers)

    with house(kind, new=True) as another:
        manage(another, "setup")
        assert "Sending is held" in manage(another, "restore", str(backup))
        tasks, files = map(int, another.do(WHOLE).split())
        assert before <= files <= after + WRITERS
        assert before + 5 <= tasks <= after + 5 + WRITERS
        assert ask(another, "Attempt.objects.filter(state='queued').count()") == "0"
        assert manage(another, "fence") != "Sending goes on."
