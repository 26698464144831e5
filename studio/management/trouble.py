"""What can keep the studio from starting, each as one sentence that says what to do."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader


class Trouble(SystemExit):
    """Ends the command with a sentence on stderr and exit code 1."""


def check_folder() -> None:
    folder: Path = settings.DATA_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise Trouble(
            f"The data folder {folder} cannot be written ({fault.strerror}). Set STUDIO_DATA to another one."
        ) from None


def check_database() -> None:
    """It answers, and it holds no migration that this code does not know."""
    try:
        connection.ensure_connection()
        loader = MigrationLoader(connection, ignore_no_migrations=True)
    except DatabaseError as fault:
        raise Trouble(f"The database does not answer: {first_line(fault)}. Check DATABASE_URL.") from None
    newer = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in loader.migrated_apps and not is_known(loader, app, name)
    )
    if newer:
        raise Trouble(
            f"The database is newer than this code: it has {newer[-1]}, which this version does not know. "
            "Start the version that made it, or restore a backup from before."
        )


def is_known(loader: MigrationLoader, app: str, name: str) -> bool:
    known = loader.disk_migrations
    return (app, name) in known or any((app, name) in migration.replaces for migration in known.values())


def check_port(host: str, port: int) -> None:
    try:
        bind(host, port)
    except socket.gaierror:
        raise Trouble(f"{host} is no address of this machine. Use --host 127.0.0.1 or --host 0.0.0.0.") from None
    except OSError as fault:
        raise Trouble(
            f"Port {port} on {host} cannot be used: {fault.strerror}. Choose another: manage.py up --port {port + 10}"
        ) from None


def free_port(host: str, first: int, taken: int) -> int:
    """The first port from that one on which nobody listens and which is not `taken`."""
    for port in range(first, 65536):
        try:
            if port != taken:
                bind(host, port)
                return port
        except OSError:
            continue
    raise Trouble("No port is free for the sandbox. Start without it: manage.py up --no-sandbox")


def bind(host: str, port: int) -> None:
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def first_line(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0].rstrip(".")
