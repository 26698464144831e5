"""How often a token may call: so many calls in a minute, of which some begin something."""

from __future__ import annotations

import time
from contextlib import suppress

from django.core.cache import cache

WINDOW = 60  # seconds
CALLS, RUNS = 240, 60  # in a window


def wait(name: str, most: int) -> int:
    """Counts one call under this name. 0 where it may be made, else the seconds until there is room again."""
    now = time.time()
    key = f"api:{name}:{int(now // WINDOW)}"
    cache.add(key, 0, 2 * WINDOW)
    with suppress(ValueError):  # it was forgotten between the two: then nobody is near the limit
        if cache.incr(key) > most:
            return WINDOW - int(now % WINDOW)
    return 0
