"""The queue as it runs: real workers, on both databases. It may ring twice; it must not forget."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import House, eventually, house

pytestmark = pytest.mark.slow
LEFT = "from django_q.models import OrmQ; print(OrmQ.objects.count())"
RING = "from django_q.tasks import async_task; from django.db import transaction\n"


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def studio(request: pytest.FixtureRequest) -> Iterator[House]:
    with house(request.param) as made:
        done = made.run("manage.py", "migrate", "-v0")
        assert done.returncode == 0, done.stderr
        made.manage("workers")
        made.do(f"{RING}async_task('tests.queue_jobs.note', r'{made.folder}', 'ready')")
        eventually(lambda: "ready" in noted(made), what="the workers did not start")
        yield made


def noted(studio: House) -> list[str]:
    return [line.split()[0] for line in text(studio.folder / "notes").splitlines()]


def text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_ring_counts_when_its_transaction_commits_and_only_then(studio: House) -> None:
    folder = studio.folder
    studio.do(f"""{RING}
try:
    with transaction.atomic():
        async_task('tests.queue_jobs.note', r'{folder}', 'rolled-back')
        raise ValueError
except ValueError:
    pass
with transaction.atomic():
    async_task('tests.queue_jobs.note', r'{folder}', 'committed')
""")
    eventually(lambda: "committed" in noted(studio))
    assert "rolled-back" not in noted(studio)


def test_a_job_starts_at_once(studio: House) -> None:
    waits = json.loads(
        studio.do(f"""{RING}
import json, pathlib, time
notes = pathlib.Path(r'{studio.folder}') / 'notes'
waits = []
for n in range(20):
    began = time.time()
    async_task('tests.queue_jobs.note', r'{studio.folder}', f'quick-{{n}}')
    while f'quick-{{n}} ' not in notes.read_text() and time.time() < began + 5:
        time.sleep(0.001)
    line = next(line for line in notes.read_text().splitlines() if line.startswith(f'quick-{{n}} '))
    waits.append(float(line.split()[1]) - began)
print(json.dumps(sorted(waits)))
""")
    )
    assert waits[len(waits) // 2] < 0.5, waits


def test_a_worker_killed_in_its_job_loses_nothing_and_stops_nobody(studio: House) -> None:
    studio.do(f"{RING}async_task('tests.queue_jobs.hold', r'{studio.folder}', 'held')")
    victim = int(eventually(lambda: text(studio.folder / "held")))
    os.kill(victim, signal.SIGKILL)
    studio.do(f"{RING}async_task('tests.queue_jobs.note', r'{studio.folder}', 'the-others-work')")
    eventually(lambda: "the-others-work" in noted(studio))
    (studio.folder / "let-go").touch()
    eventually(lambda: studio.do(LEFT) == "1", what="the other job was not acknowledged")
    studio.do("from studio import heartbeat; assert heartbeat.release() == 1")
    eventually(lambda: "held" in noted(studio))


def test_workers_outlive_a_database_that_drops_every_connection(studio: House) -> None:
    if "postgres" in studio.environment["DATABASE_URL"]:
        studio.do("""
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE datname = current_database() AND pid <> pg_backend_pid()")
""")
    studio.do(f"{RING}async_task('tests.queue_jobs.note', r'{studio.folder}', 'after-the-cut')")
    eventually(lambda: "after-the-cut" in noted(studio))
    # It is also acknowledged: otherwise it would be run again and again.
    eventually(lambda: studio.do(LEFT) == "0")
