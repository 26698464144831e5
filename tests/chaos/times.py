"""Waits and leases, a tenth of what they are in life. Their order, which is what matters, stays."""

from __future__ import annotations

from datetime import timedelta

from studio.assets import jobs, keeping
from studio.tasks import claiming, polling, putting_off, recording, schedule, sweeping
from tests.chaos.patching import put


def shorten() -> None:
    claiming.SHORTEST, claiming.BEYOND_DEADLINE = 4.0, timedelta(seconds=3)
    schedule.FIRST_QUERY, schedule.LONGEST_QUERY = 1.0, 4.0
    polling.TURN = timedelta(seconds=4)
    put(polling, "UNHEARD_FOR", timedelta(seconds=1))
    put(sweeping, "RING_AGAIN", timedelta(seconds=3))
    jobs.RING_AGAIN = timedelta(seconds=3)
    keeping.LEASE, keeping.WAITS = timedelta(seconds=8), [timedelta(seconds=s) for s in (1, 2, 4, 4, 4)]
    put(recording, "until_attempt", lambda failures: timedelta(seconds=failures / 2))
    put(putting_off, "until_claim", lambda failures: timedelta(seconds=failures / 2))
    put(recording, "until_room", lambda refusals, asked: asked or 0.5)
