"""A frozen cluster: whichever of its idle processes is killed, a job queued afterwards is done within a minute."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.postgresql import free_port
from tests.processes import House, eventually, house
from tests.test_up import READY, child

pytestmark = pytest.mark.slow
WITHIN = 60.0  # seconds
PARTS = 2  # beside the workers: monitor and pusher
ASK_WORKERS = "from django.conf import settings; print(settings.Q_CLUSTER['workers'])"
# Killed one after the other. A dead worker or pusher may take the lock of the job pipe along: the rest is frozen.
VICTIMS = (("workers",), ("one worker", "monitor"), ("pusher", "sentinel"))
RING = "import pathlib; from django_q.tasks import async_task; async_task('pathlib.Path.touch', pathlib.Path({!r}))"
LEFT = "from django_q.models import OrmQ; print(sum(row.func() == 'pathlib.Path.touch' for row in OrmQ.objects.all()))"


def children(studio: House, process: int) -> list[int]:
    """Oldest first."""
    found = []
    for each in studio.processes():
        try:
            told = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended a moment ago
        if int(told[1]) == process and told[0] != "Z":
            found.append(each)
    return found


def cluster(studio: House) -> dict[str, list[int]]:
    """The processes of django-q2's cluster by what they are, once it is whole. A sentinel starts its workers first."""
    workers = int(studio.do(ASK_WORKERS))

    def whole() -> dict[str, list[int]]:
        sentinel = children(studio, child(studio, "workers"))[:1]
        parts = children(studio, sentinel[0]) if sentinel else []
        if len(parts) != workers + PARTS:
            return {}
        found = {"workers": parts[:workers], "one worker": parts[:1], "monitor": parts[-2:-1], "pusher": parts[-1:]}
        return found | {"sentinel": sentinel}

    def parts() -> str:
        sentinels = children(studio, child(studio, "workers"))
        return ", ".join(f"{each}: {children(studio, each)}" for each in sentinels) or "no sentinel"

    return eventually(whole, WITHIN, lambda: f"the cluster is not whole: {parts()}")


def works(studio: House, name: str) -> float:
    """Seconds until a job that is queued now is done and acknowledged."""
    mark, began = studio.folder / f"done-{name}", time.monotonic()
    studio.do(RING.format(str(mark)))
    eventually(mark.exists, WITHIN, f"nobody works: {name}")
    eventually(lambda: studio.do(LEFT) == "0", WITHIN, f"nobody acknowledges: {name}")
    return time.monotonic() - began


def kill_and_see(kind: str, victims: tuple[str, ...]) -> None:
    with house(kind) as studio:
        up = studio.manage("up", "--no-sandbox", "--port", str(free_port()))
        up.says(READY, within=90)
        works(studio, "before")
        for name in victims:
            for victim in cluster(studio)[name]:
                os.kill(victim, signal.SIGKILL)
            seconds = works(studio, name)
            print(f"{name} killed: a job was done after {seconds:.1f} s")
            assert seconds < WITHIN
        if "sentinel" in victims:  # what it left would work on, but heal no more
            up.says(r"workers ended .* and is started again")
        cluster(studio)
        works(studio, "afterwards")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_idle_process_of_the_cluster_is_killed_work_goes_on_within_a_minute(kind: str) -> None:
    """Three studios, so that they wait at the same time."""
    with ThreadPoolExecutor(len(VICTIMS)) as pool:
        for done in [pool.submit(kill_and_see, kind, victims) for victims in VICTIMS]:
            done.result()


def test_a_frozen_sentinel_is_replaced() -> None:
    """As it is after a worker was killed that held the lock of its own timer: nobody takes the place of the dead."""
    with house() as studio:
        up = studio.manage("up", "--no-sandbox", "--port", str(free_port()))
        up.says(READY, within=90)
        works(studio, "before")
        found = cluster(studio)
        os.kill(found["sentinel"][0], signal.SIGSTOP)
        os.kill(found["one worker"][0], signal.SIGKILL)
        up.says("workers no longer answered and are started again", within=WITHIN)
        assert not set(cluster(studio)["sentinel"]) & set(found["sentinel"])
        works(studio, "afterwards")
