"""A PostgreSQL server for the tests: the one that runs on this machine, or one they start themselves."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests import migrated

RUNNING = "postgres://postgres@127.0.0.1:5432/postgres"


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def program(name: str) -> str:
    """Where Debian keeps PostgreSQL's server programs, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    path = str(found[0]) if found else shutil.which(name)
    if not path:
        raise RuntimeError("These tests need PostgreSQL. Install it with: apt-get install postgresql")
    return path


class Own:
    """A server of our own in a folder of its own; it can be stopped and started again."""

    def __init__(self) -> None:
        self.folder, self.port = tempfile.mkdtemp(prefix="studio-pg-"), free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        # PostgreSQL refuses to run as root.
        root = os.geteuid() == 0
        self.become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []
        if root:
            shutil.chown(self.folder, "postgres", "postgres")
        start = [program("initdb"), "-D", f"{self.folder}/data", "-U", "postgres", "--auth=trust", "-E", "UTF8"]
        subprocess.run([*self.become, *start], check=True, capture_output=True)
        self.start()

    def start(self) -> None:
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        sockets = ["-c", f"unix_socket_directories={self.folder}"]
        self.process = subprocess.Popen(
            [*self.become, program("postgres"), "-D", f"{self.folder}/data", *options, *sockets],
            stderr=subprocess.DEVNULL,
        )
        patience = time.monotonic() + 30
        while not answers(self.url) and time.monotonic() < patience:
            time.sleep(0.1)

    def stop(self) -> None:
        """At once: whoever is connected is cut off."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The address of a server whose databases we may create and drop."""
    if answers(RUNNING):
        yield RUNNING
        return
    with closing(Own()) as own:
        yield own.url


def forget() -> None:
    """On a server that is not ours nothing stays."""
    if answers(RUNNING):
        migrated.forget(RUNNING)


@contextmanager
def database(*, new: bool = False) -> Iterator[str]:
    """A database of its own, dropped afterwards. A `new` one is empty, the others have the tables already."""
    name = f"studio_test_{secrets.token_hex(4)}"
    with server() as url:
        make = sql.SQL("CREATE DATABASE {}") if new else sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        names = [name] if new else [name, migrated.template(url)]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(make.format(*map(sql.Identifier, names)))
        try:
            yield url.rsplit("/", 1)[0] + f"/{name}"
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
