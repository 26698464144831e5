"""When to do things again: queries and attempts. Pure functions of what is known; every gap has jitter."""

from __future__ import annotations

import random
from datetime import timedelta

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST_QUERY = 20.0  # seconds; then 1.3 times as long each time
LONGEST_QUERY = 60.0
WAITS = timedelta(minutes=2)  # between two queries of a task that waits for a person
UNHEARD_FOR = timedelta(seconds=30)  # a callback this young makes a query needless
MISSES = 3  # queries without a word about the task, in a row, that are a habit
TRIES = 5  # attempts that never left this machine, in a row
AWAY_TRIES = (
    12  # claims in a row of one attempt that failed while the database was away or busy; the last after an hour
)
BUSY_TRIES = 20  # attempts that the gateway was too busy for, in a row
LONGEST_GUESS = 600.0  # seconds; a busy gateway that does not say how long is asked again after this
LONGEST_PAUSE = 24 * 3600.0  # seconds; one that asks for more is asked again after a day


def until_query(polls: int, age: timedelta) -> timedelta | None:
    """The wait before query number `polls` (from 0) of an attempt posted `age` ago; None: no more queries."""
    if age > 7 * DAY:
        return None
    if age > DAY:
        return DAY
    if age > 30 * MINUTE:
        return 5 * MINUTE
    seconds = FIRST_QUERY * 1.3 ** min(polls, 10)
    return timedelta(seconds=min(LONGEST_QUERY, seconds * jitter()))


def until_check(misses: int, age: timedelta) -> timedelta | None:
    """The wait before asking again whether an end told by a callback is true, after `misses` queries without a word."""
    calm = until_query(10, age)
    return calm and min(calm, timedelta(seconds=5 * 2 ** min(misses, 6) * jitter()))


def until_attempt(failures: int) -> timedelta:
    """The wait before an attempt after `failures` that were not sent: 5 to 10 s, 15 to 30, 45 to 90, 135 to 270."""
    return timedelta(seconds=5 * 3 ** (failures - 1) * random.uniform(1, 2))  # noqa: S311


def until_claim(failures: int) -> timedelta:
    """The wait before an attempt is claimed again after so many claims that failed: as before another attempt, but no
    more than ten minutes, since nothing is known of what is at fault."""
    return min(until_attempt(min(failures, TRIES)), 10 * MINUTE)


def until_room(refusals: int, asked: float | None) -> float:
    """Seconds to leave a busy gateway alone that asked for so many: 30 where it says nothing, twice as long each time,
    up to 600. One that asks for less than it needs, again and again, gets 1, 2, 4 …: a handful of seconds twenty times
    over would be all that a task is given."""
    if asked is None:
        return min(LONGEST_GUESS, 30.0 * 2.0 ** (refusals - 1))
    return min(LONGEST_PAUSE, max(asked, min(LONGEST_GUESS, 2.0 ** (refusals - 1))))


def jitter() -> float:
    return random.uniform(0.75, 1.25)  # noqa: S311
