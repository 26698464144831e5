"""Files on their way into the media folder: whole and on the disk under their name, or not there at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

CHUNK = 1024 * 1024
STALE = 600  # seconds after which an unfinished file has nobody who writes it
NOT_TAKEN = 7 * 24 * 3600  # seconds after which nobody will take a file that was laid aside


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
    sync(target.parent)


def link(path: Path, name: str) -> None:
    """A second name for a file of the media folder, without a copy where the disk can. Raises FileNotFoundError."""
    target = Path(settings.MEDIA_ROOT) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, target)
        sync(target.parent)
    except FileNotFoundError:
        raise
    except OSError:  # a disk without hard links
        with path.open("rb") as source, new_file() as file:
            shutil.copyfileobj(source, file, CHUNK)
            put_in_place(file, name)


def lay(data: bytes, name: str) -> None:
    """Lay bytes aside on the disk until somebody keeps them: safe from a power cut when this returns."""
    if not laid(name).is_file():
        with new_file() as file:
            file.write(data)
            put_in_place(file, f"laid/{name}")


def laid(name: str) -> Path:
    """The file that was laid aside under this name."""
    return Path(settings.MEDIA_ROOT) / "laid" / Path(name).name


def sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksum(file: BinaryIO) -> str:
    """Of what is on the disk, not of what was sent to it."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def tidy() -> None:
    """Remove what a killed job left unfinished, and what was laid aside and never taken."""
    for folder, seconds in ((unfinished(), STALE), (laid("x").parent, NOT_TAKEN)):
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stat().st_mtime < time.time() - seconds:
                path.unlink(missing_ok=True)
