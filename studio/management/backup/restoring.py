"""Put a backup back: first all that can refuse it; then the number on the disk, so that from then on nothing is sent;
then files, then rows."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from studio.files.storing import sync
from studio.management import trouble
from studio.management.backup import postgres, scratch, sqlite
from studio.management.backup.manifest import CHUNK, MANIFEST, SQLITE, TABLES, Manifest, checksum, place, verified
from studio.management.trouble import Trouble
from studio.tasks import epoch, fence


def restore(backup: Path) -> Manifest:
    """Verify a backup, then put it in place of what is there. Files that it does not know stay. Raises `Trouble`; one
    that refuses the backup has changed nothing."""
    manifest = verified(backup)
    if manifest.database != connection.vendor:
        raise Trouble(f"This backup is of {manifest.database}, and DATABASE_URL leads to {connection.vendor}.")
    refuse_newer(manifest)
    database = postgres if connection.vendor == "postgresql" else sqlite
    with scratch.folder() as folder, tarfile.open(backup, "r:") as tar:
        members = [member for member in tar if member.name != MANIFEST]
        rows = [(each, folder / each.name.removeprefix(TABLES)) for each in members if is_rows(each, manifest)]
        files = [(each, place(each.name)) for each in members if not is_rows(each, manifest)]
        refuse_full([*rows, *files])
        for member, path in rows:
            put(tar, member, path, manifest)
        database.refuse(folder)
        number = max(manifest.epoch, epoch.remembered()) + 1
        trouble.broken_off().touch()
        sync(trouble.broken_off().parent)
        epoch.remember(number)
        for member, path in files:
            put(tar, member, path, manifest)
        database.load(folder, manifest)
    call_command("migrate", verbosity=0, interactive=False)
    fence.hold()
    trouble.broken_off().unlink()
    return manifest


def refuse_newer(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    strange = [f"{app}.{name}" for app, name in manifest.migrations if not trouble.is_known(loader, app, name)]
    if strange:
        raise Trouble(f"The backup is of a newer version ({manifest.version}): this one does not know {strange[-1]}.")


def is_rows(member: tarfile.TarInfo, manifest: Manifest) -> bool:
    """Whether it is the database, or a table of it."""
    return member.name == SQLITE or member.name.removeprefix(TABLES) in manifest.tables


def refuse_full(targets: Iterable[tuple[tarfile.TarInfo, Path]]) -> None:
    """Raise `Trouble` where a disk has no room for what will be written to it."""
    needed: Counter[int] = Counter()
    folders: dict[int, Path] = {}
    for member, path in targets:
        if path.exists() and path.stat().st_size == member.size:
            continue
        folder = next(parent for parent in path.parents if parent.exists())
        disk = folder.stat().st_dev
        folders[disk] = folder
        # SQLite writes all of it into its log before it is the database.
        needed[disk] += member.size * (2 if member.name == SQLITE else 1)
    for disk, size in needed.items():
        if size > (free := shutil.disk_usage(folders[disk]).free):
            raise Trouble(
                f"The backup needs {size / (1 << 20):.0f} MB on the disk of {folders[disk]}, and "
                f"{free / (1 << 20):.0f} MB are free. Make room first."
            )


def put(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, manifest: Manifest) -> None:
    """Write a member to this path, unless it is there already."""
    if path.exists():
        with path.open("rb") as there:
            if checksum(there) == manifest.files[member.name]:
                return
    content = tar.extractfile(member)
    assert content  # noqa: S101  it was read before
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, member.mode & 0o777)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync(path.parent)
