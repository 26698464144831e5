"""How often a person's programs may call in a team, however many tokens they bring: so many calls in a minute, of which
some begin something. And how often one address may bring a wrong token."""

from __future__ import annotations

import time
from contextlib import suppress

from django.core.cache import cache

WINDOW = 60  # seconds
CALLS, RUNS, WRONG = 240, 60, 60  # in a window


def wait(name: str, most: int) -> int:
    """Counts one call under this name. 0 where it may be made, else the seconds until there is room again."""
    now = time.time()
    key = f"api:{name}:{int(now // WINDOW)}"
    cache.add(key, 0, 2 * WINDOW)
    with suppress(ValueError):  # it was forgotten between the two: then nobody is near the limit
        if cache.incr(key) > most:
            return WINDOW - int(now % WINDOW)
    return 0
