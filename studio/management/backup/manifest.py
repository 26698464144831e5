"""What stands in a backup, and where each part of it belongs on the disk."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings

from studio.management.trouble import Trouble

FORMAT = 1
MANIFEST = "manifest.json"  # the last member: it knows what stands before it
CHUNK = 1 << 20
SQLITE, TABLES = "studio.sqlite3", "tables/"  # the whole file, or on PostgreSQL one member for each table
MEDIA, SPOOL, SECRETS = "media/", "spool/", "secrets.json"
LEFT_OUT = {"unfinished"}  # of the media folder


@dataclass
class Manifest:
    """`files` is member -> SHA-256 in hex, `migrations` are pairs of app and name; `tables` (name -> columns) are there
    on PostgreSQL only."""

    made_at: str
    version: str
    database: str  # sqlite or postgresql
    epoch: int
    migrations: list[list[str]]
    files: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)
    format: int = FORMAT

    def dumps(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()


def folders() -> dict[str, Path]:
    return {MEDIA: Path(settings.MEDIA_ROOT), SPOOL: Path(settings.DATA_DIR) / "spool"}


def place(member: str) -> Path:
    """Where a member that is a file of the studio belongs. Raises `Trouble` for a path that leads out of its folder."""
    if member == SECRETS:
        return Path(settings.DATA_DIR) / SECRETS
    for prefix, folder in folders().items():
        inside = PurePosixPath(member.removeprefix(prefix))
        if member.startswith(prefix) and not inside.is_absolute() and ".." not in inside.parts:
            return folder / inside
    raise Trouble(f"The backup holds {member}, which belongs nowhere.")


class Hashing:
    """A file that is read once, and its checksum on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sum.update(data)
        return data


def checksum(file: IO[bytes]) -> str:
    hashing = Hashing(file)
    while hashing.read(CHUNK):
        pass
    return hashing.sum.hexdigest()


def verified(path: Path) -> Manifest:
    """Read the whole backup and hold every byte against its checksum. Raises `Trouble` with what is wrong."""
    try:
        with tarfile.open(path, "r:") as tar:
            found: dict[str, str] = {}
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise Trouble(f"{path} holds {member.name}, which is no file.")
                if member.name == MANIFEST:
                    manifest = Manifest(**json.load(content))
                    break
                found[member.name] = checksum(content)
            else:
                raise Trouble(f"{path} is no whole backup: its end is missing.")
    except (tarfile.TarError, ValueError, TypeError) as fault:
        raise Trouble(f"{path} is no backup that can be read: {fault}.") from None
    if manifest.format != FORMAT:
        raise Trouble(f"{path} has format {manifest.format}; this version reads {FORMAT}.")
    wrong = sorted(name for name in found.keys() | manifest.files.keys() if found.get(name) != manifest.files.get(name))
    if wrong:
        raise Trouble(f"{path} is damaged: {wrong[0]} is not what was written ({len(wrong)} such files).")
    return manifest
