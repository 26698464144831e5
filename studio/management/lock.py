"""One studio on one data folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from studio.management import trouble

LOCK_PATIENCE = 6.0  # seconds in which what a killed `up` left behind is gone


def lock_folder(folder: Path) -> int:
    """A lock that this process and its warden hold: two studios on one folder would disturb each other."""
    descriptor = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.pwrite(descriptor, f"{os.getpid():<10}".encode(), 0)
            return descriptor
        except OSError:
            if time.monotonic() > until or lives(os.pread(descriptor, 10, 0)):
                raise trouble.Trouble(
                    f"A studio already runs on the data folder {folder}. Stop it, or set STUDIO_DATA to another folder."
                ) from None
            time.sleep(0.1)


def lives(process: bytes) -> bool:
    """Whether the `up` that holds the lock is there; if not, its warden is tidying up and will be gone in a moment."""
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    return True
