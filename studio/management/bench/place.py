"""The throw-away place of a run: a data folder and a database of its own. Nothing is left of them afterwards."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from psycopg import sql

from studio import listening

SETTINGS = "studio.management.bench.settings"
DOORS = "studio.management.bench.doors"
OURS = ("STUDIO_", "DJANGO_", "DATABASE_URL", "REDIS_URL")


@contextmanager
def place() -> Iterator[dict[str, str]]:
    """The environment in which a studio finds this place, and nothing of the one that the caller runs."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="studio-bench-", ignore_cleanup_errors=True))
        url = stack.enter_context(database()) if settings.POSTGRESQL else ""
        own = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        yield own | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": url,
            "STUDIO_DATA": folder,
            "STUDIO_PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
            "STUDIO_SANDBOX_URL": f"http://127.0.0.1:{free_port()}",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])),
        }


@contextmanager
def database() -> Iterator[str]:
    """The address of a new database on the server of DATABASE_URL; it is dropped afterwards."""
    name = sql.Identifier(label := f"studio_bench_{secrets.token_hex(4)}")
    with listening.connect() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield urlsplit(os.environ["DATABASE_URL"].strip())._replace(path=f"/{label}").geturl()
    finally:
        with listening.connect() as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
