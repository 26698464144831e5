"""Put a backup back: first the number on the disk, so that from then on nothing is sent; then files, then rows."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from studio.files.storing import sync
from studio.management import trouble
from studio.management.backup import postgres, sqlite
from studio.management.backup.manifest import CHUNK, MANIFEST, SQLITE, TABLES, Manifest, checksum, place, verified
from studio.management.trouble import Trouble
from studio.tasks import epoch, fence


def restore(backup: Path) -> Manifest:
    """Verify a backup, then put it in place of what is there. Files that it does not know stay. Raises `Trouble`."""
    manifest = verified(backup)
    if manifest.database != connection.vendor:
        raise Trouble(f"This backup is of {manifest.database}, and DATABASE_URL leads to {connection.vendor}.")
    refuse_newer(manifest)
    epoch.remember(max(manifest.epoch, epoch.remembered()) + 1)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix="restore-") as folder:
        with tarfile.open(backup, "r:") as tar:
            for member in tar:
                if member.name != MANIFEST:
                    put(tar, member, Path(folder), manifest)
        load = postgres.load if connection.vendor == "postgresql" else sqlite.load
        load(Path(folder), manifest)
    call_command("migrate", verbosity=0, interactive=False)
    fence.hold()
    return manifest


def refuse_newer(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    strange = [f"{app}.{name}" for app, name in manifest.migrations if not trouble.is_known(loader, app, name)]
    if strange:
        raise Trouble(f"The backup is of a newer version ({manifest.version}): this one does not know {strange[-1]}.")


def put(tar: tarfile.TarFile, member: tarfile.TarInfo, rows: Path, manifest: Manifest) -> None:
    """The database's parts go to the folder `rows`; a file goes to its place, unless it is there already."""
    if member.name == SQLITE or member.name.removeprefix(TABLES) in manifest.tables:
        path = rows / member.name.removeprefix(TABLES)
    else:
        path = place(member.name)
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
