"""Make a backup while the studio works: first the rows, in one moment; then the files.

A file is on the disk before a row names it, and no kept file ever changes, so every row finds its file.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from studio.files.storing import sync
from studio.health import about
from studio.management.backup import postgres, scratch, sqlite
from studio.management.backup.manifest import LEFT_OUT, MANIFEST, SECRETS, Hashing, Manifest, folders
from studio.tasks import epoch


def make(target: Path) -> Path:
    """Write a backup to this file, or under a name of its own into this folder; it is there whole or not at all."""
    if target.is_dir():
        target = target / f"studio-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it holds secrets
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                fill(tar)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
        sync(target.absolute().parent)
    finally:
        part.unlink(missing_ok=True)
    return target


def fill(tar: tarfile.TarFile) -> None:
    manifest = Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=about.version(),
        database=connection.vendor,
        epoch=epoch.row().number,
        migrations=sorted(map(list, MigrationRecorder(connection).applied_migrations())),
    )
    with scratch.folder() as folder:
        copy = postgres.copy if connection.vendor == "postgresql" else sqlite.copy
        rows = copy(folder, manifest)
        epoch.advance()  # from here on this copy is an old one
        for name, path in rows.items():
            add(tar, manifest, name, path)
            path.unlink()
    for name, path in files():
        add(tar, manifest, name, path)
    text = manifest.dumps()
    last = tarfile.TarInfo(MANIFEST)
    last.size = len(text)
    tar.addfile(last, BytesIO(text))


def add(tar: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # a reply that was recorded meanwhile
    with file:
        info = tar.gettarinfo(arcname=name, fileobj=file)
        hashing = Hashing(file)
        tar.addfile(info, hashing)
        manifest.files[name] = hashing.sum.hexdigest()


def files() -> Iterator[tuple[str, Path]]:
    """Member and path of everything beside the database, the secrets last where the studio made them itself."""
    for prefix, folder in folders().items():
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and inside.parts[0] not in LEFT_OUT and path.suffix != ".part":
                yield f"{prefix}{inside.as_posix()}", path
    own = Path(settings.DATA_DIR) / SECRETS
    if settings.SECRETS_DIR and own.exists():
        yield SECRETS, own
