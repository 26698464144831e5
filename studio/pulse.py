"""The cache of the queue, whose only writer is its sentinel: what it writes is a sign of life."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


def pulse() -> Path:
    """The file that the sentinel of this machine's workers touches while it looks after them."""
    return Path(settings.DATA_DIR) / "workers.pulse"


class QueueCache(LocMemCache):
    """Where django-q2's sentinel puts its status twice a second, which nobody else reads. That it does is a sign of
    life: the file is touched for whoever watches the workers."""

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        super().set(key, value, timeout, version)
        with suppress(OSError):  # a full disk ends no queue
            pulse().touch()
