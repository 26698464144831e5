"""What can keep the studio from starting, each as one sentence that says what to do."""

from __future__ import annotations

import errno
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils.module_loading import import_string

NOT_SET_UP = "The database is not set up for this version. Run: manage.py setup"
LACKING = ("no such table", "no such column")  # SQLite
LACKING_STATES = {"42P01", "42703"}  # PostgreSQL: a table, a column


class Trouble(SystemExit):
    """Ends the command with a sentence on stderr and exit code 1."""


@contextmanager
def told() -> Iterator[None]:
    """A disk that is full, a file that cannot be written, a database that goes away on the way: a sentence each."""
    try:
        yield
    except OSError as fault:
        what = fault.filename or settings.DATA_DIR
        raise Trouble(f"{what} cannot be used ({fault.strerror or fault}). Mend that, or set STUDIO_DATA.") from None
    except DatabaseError as fault:
        raise Trouble(NOT_SET_UP if lacks_tables(fault) else f"The database refused: {first_line(fault)}.") from None


def lacks_tables(fault: DatabaseError) -> bool:
    """Whether the tables are those of no version, or of an earlier one."""
    return str(fault).startswith(LACKING) or getattr(fault.__cause__, "sqlstate", None) in LACKING_STATES


def check_folder() -> None:
    folder: Path = settings.DATA_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"room")
    except OSError as fault:
        raise Trouble(
            f"The data folder {folder} cannot be written ({fault.strerror}). Set STUDIO_DATA to another one."
        ) from None


def broken_off() -> Path:
    """The file that is there from the first change of a restore to its end."""
    return Path(settings.DATA_DIR) / "restoring"


def check_restored() -> None:
    """No restore was broken off: its files may be of one moment and the database of another."""
    if broken_off().exists():
        raise Trouble(
            f"A restore was broken off: run it again. Until then {broken_off()} keeps the studio from starting."
        )


def check_cache() -> None:
    """The web pages live with a Redis that goes away; one that was never there is a slip of the pen."""
    if settings.REDIS_URL and (fault := import_string("studio.cache.fault_of")(settings.REDIS_URL)):
        raise Trouble(f"Redis does not answer: {first_line(fault)}. Start it, or leave REDIS_URL out.")


def check_set_up() -> None:
    """The database answers, and has been migrated by this code."""
    loader = check_database()
    if set(loader.graph.leaf_nodes()) - loader.applied_migrations.keys():
        raise Trouble(NOT_SET_UP)


def check_database() -> MigrationLoader:
    """It answers, and it holds no migration that this code does not know; what it holds."""
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
    return loader


def is_known(loader: MigrationLoader, app: str, name: str) -> bool:
    known = loader.disk_migrations
    return (app, name) in known or any((app, name) in migration.replaces for migration in known.values())


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Trouble(f"{text} is no port. Take a number from 1 to 65535.")
    return int(text)


def check_port(host: str, port: int) -> None:
    try:
        bind(host, port)
    except OSError as fault:
        if isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL:
            raise Trouble(f"“{host}” is no address of this machine. Use --host 127.0.0.1 or --host 0.0.0.0.") from None
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
