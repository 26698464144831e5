"""Files on their way into the media folder: whole and on the disk under their name, or not there at all."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

STALE = 600  # seconds after which an unfinished file has nobody who writes it


def unfinished() -> Path:
    return Path(settings.MEDIA_ROOT) / "unfinished"


@contextmanager
def new_file() -> Iterator[BinaryIO]:
    """A file to write into; it is gone afterwards, unless it was moved into place."""
    unfinished().mkdir(parents=True, exist_ok=True)
    path = unfinished() / secrets.token_hex(16)
    with path.open("w+b") as file:
        try:
            yield cast(BinaryIO, file)
        finally:
            path.unlink(missing_ok=True)


def put_in_place(file: BinaryIO, name: str) -> None:
    """Give a whole file its name in the media folder. Survives a power cut: the bytes first, then the name."""
    file.flush()
    os.fsync(file.fileno())
    target = Path(settings.MEDIA_ROOT) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(file.name, target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def tidy() -> None:
    """Remove what a killed job left unfinished."""
    if unfinished().is_dir():
        for path in unfinished().iterdir():
            if path.stat().st_mtime < time.time() - STALE:
                path.unlink(missing_ok=True)
