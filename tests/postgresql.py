"""A PostgreSQL server for the tests: the one that runs on this machine, or one they start themselves."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

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


@contextmanager
def server() -> Iterator[str]:
    """The address of a server whose databases we may create and drop."""
    if answers(RUNNING):
        yield RUNNING
        return
    folder, port = tempfile.mkdtemp(prefix="studio-pg-"), free_port()
    # PostgreSQL refuses to run as root.
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if become:
        shutil.chown(folder, "postgres", "postgres")
    start = [*become, program("initdb"), "-D", f"{folder}/data", "-U", "postgres", "--auth=trust", "-E", "UTF8"]
    subprocess.run(start, check=True, capture_output=True)
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    process = subprocess.Popen(
        [*become, program("postgres"), "-D", f"{folder}/data", *options], stderr=subprocess.DEVNULL
    )
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    try:
        patience = time.monotonic() + 30
        while not answers(url) and time.monotonic() < patience:
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database() -> Iterator[str]:
    """An empty database of its own, dropped afterwards."""
    name = f"studio_test_{secrets.token_hex(4)}"
    with server() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url.rsplit("/", 1)[0] + f"/{name}"
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
