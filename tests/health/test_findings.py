"""One look for all who ask; what hangs or fails is bad and hides nothing else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from studio.health import findings
from studio.health.findings import (
    BROKEN,
    FRESH,
    GOOD,
    NO_ANSWER,
    NO_DATABASE,
    NOT_ASKED,
    REFUSED,
    Check,
    Finding,
    Lookout,
)

FINE = Finding(GOOD, "Fine.")


class Watch:
    """A clock that is turned by hand."""

    time = 0.0

    def __call__(self) -> float:
        return self.time


def fails(fault: Exception) -> Finding:
    raise fault


def test_a_hundred_askers_are_one_look() -> None:
    looks: list[int] = []

    def ask() -> Finding:
        looks.append(1)
        return FINE

    watch = Watch()
    lookout = Lookout((Check("one", ask),), watch)
    with ThreadPoolExecutor(20) as crowd:
        assert all(found == {"one": FINE} for found in crowd.map(lambda _: lookout.look(), range(100)))
    assert len(looks) == 1
    watch.time = FRESH
    lookout.look()
    assert len(looks) == 2


def test_without_the_database_nothing_else_is_asked_of_it() -> None:
    away = OperationalError("away")
    lookout = Lookout(
        (
            Check("disk", lambda: FINE),
            Check("database", lambda: fails(away)),
            Check("clock", lambda: pytest.fail("it was asked"), asks_database=True),
        )
    )
    assert lookout.look() == {"disk": FINE, "database": NO_DATABASE, "clock": NOT_ASKED}


def test_a_check_that_fails_is_bad_and_spoils_no_other() -> None:
    lookout = Lookout(
        (
            Check("bug", lambda: fails(KeyError("sk-secret"))),
            Check("table", lambda: fails(OperationalError("no such table"))),
            Check("fine", lambda: FINE),
        )
    )
    assert lookout.look() == {"bug": BROKEN, "table": REFUSED, "fine": FINE}


def test_a_look_that_hangs_tells_what_it_has_found_so_far() -> None:
    released = threading.Event()

    def hang() -> Finding:
        released.wait(10)
        return FINE

    lookout = Lookout((Check("disk", lambda: FINE), Check("database", hang)))
    with ThreadPoolExecutor(1) as one:
        looking = one.submit(lookout.look)
        while "disk" not in lookout.found:
            pass
        assert lookout.so_far() == {"disk": FINE, "database": NO_ANSWER}
        released.set()
        assert looking.result() == {"disk": FINE, "database": FINE}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.43, "0.4 s"), (41.9, "41 s"), (60, "1 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 d")],
)
def test_a_span_has_one_unit(seconds: float, text: str) -> None:
    assert findings.span(seconds) == text
