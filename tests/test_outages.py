"""A deploy, and a database that is away, in the middle of a hundred tasks: nothing is lost, nothing is paid twice."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing

import pytest

from tests import plain, postgresql
from tests.processes import House, eventually, house
from tests.services import ask, begin, ledger, let_finish, manage, prepare, start, stop

pytestmark = pytest.mark.slow
TASKS, MORE = 100, 30
AWAY = 15.0  # seconds
UNSETTLED = "Attempt.objects.filter(state__in=['queued', 'sending']).count()"
UNKNOWN = "Attempt.objects.filter(state='unknown').count()"
SUCCEEDED = "Attempt.objects.filter(state='succeeded').count()"


def test_a_deploy_and_fifteen_seconds_without_postgresql() -> None:
    with closing(postgresql.Own()) as server, house(DATABASE_URL=server.url) as studio:
        prepare(studio)
        programs = start(studio)
        begin(studio, TASKS)
        eventually(lambda: len(ledger(studio)) >= TASKS // 10, 60, "nothing was sent")

        stop(programs)  # SIGTERM to each, and each ends by itself
        sent = len(ledger(studio))
        start(studio)
        eventually(lambda: len(ledger(studio)) > sent or sent == TASKS, 60, "nobody goes on")
        assert posts_per_attempt(studio) == 1

        begin(studio, MORE)
        server.stop()
        since = time.monotonic()
        address = studio.environment["STUDIO_PUBLIC_URL"]
        page = plain.get(f"{address}/tasks/", cookies={"sessionid": "s" * 32}, timeout=20)
        assert (page.status_code, "database does not answer" in page.text) == (503, True)
        assert plain.get(f"{address}/livez").status_code == 200
        assert plain.get(f"{address}/readyz", timeout=20).json()["checks"]["database"] == "failing"
        time.sleep(max(0.0, since + AWAY - time.monotonic()))
        server.start()
        studio.leave_console()  # its connection is dead

        eventually(lambda: ask(studio, UNSETTLED) == "0", 120, "not all were settled")
        assert posts_per_attempt(studio) == 1
        unknown = int(ask(studio, UNKNOWN))
        assert unknown <= 5
        let_finish(studio)
        eventually(lambda: int(ask(studio, SUCCEEDED)) >= TASKS + MORE - unknown, 120, "what was paid for is lost")
        assert posts_per_attempt(studio) == 1
        assert manage(studio, "fence") == "Sending goes on."


def posts_per_attempt(studio: House) -> int:
    """The most that one attempt was posted, as the gateway counts."""
    return max(Counter(post["callback_url"] for post in ledger(studio)).values())
