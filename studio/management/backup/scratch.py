"""A folder for plain rows while a backup is made or put back. Prompts and e-mails stand in them, so none may stay."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder of the data folder, gone afterwards."""
    with opened() as place, tempfile.TemporaryDirectory(dir=place) as made:
        yield Path(made)


def tidy() -> None:
    """Remove what a backup or restore that was killed has left."""
    with opened():
        pass


@contextmanager
def opened() -> Iterator[Path]:
    """The place of all such folders, without those that nobody works in any more."""
    place = Path(settings.DATA_DIR) / "scratch"
    place.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody works in one
        else:
            for left in place.iterdir():
                shutil.rmtree(left)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield place
    finally:
        os.close(descriptor)
