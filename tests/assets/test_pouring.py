"""Kept files over a real server: whole, in parts, and without holding a thread for a player that is paused."""

from __future__ import annotations

import asyncio
import io
import socket
import tempfile
import zipfile
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from studio.pouring import Tap
from studio.zipping import Entry, manifest
from tests import plain
from tests.loops import run
from tests.postgresql import free_port
from tests.processes import House, eventually, house
from tests.test_live import status

pytestmark = pytest.mark.slow
SIZE = 30_000_000
FILM = """
from pathlib import Path
from django.conf import settings
from django.test import Client
from studio.teams.scope import across_teams
from tests.factories import make_asset, make_task, make_team
with across_teams():
    team = make_team("alice", owner="alice")
    alice = team.people.get()
    path = Path(settings.MEDIA_ROOT) / "a folder" / "film.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"0123456789" * ({size} // 10))
    asset = make_asset(
        make_task(team, alice, state="succeeded"), keeping="kept", file="a folder/film.mp4", size={size},
        sha256="ab" * 32, media_type="video/mp4",
    )
browser = Client()
browser.force_login(alice)
print(asset.url, browser.cookies["sessionid"].value)
"""


@dataclass
class Site:
    house: House
    url: str
    film: str
    session: str

    def ask(self, **headers: str) -> httpx.Response:
        return plain.get(self.url + self.film, headers=headers, cookies={"sessionid": self.session}, timeout=10)

    def pause(self) -> socket.socket:
        """A player that asked for the whole film and reads nothing of it."""
        address = urlsplit(self.url)
        wire = socket.create_connection((str(address.hostname), address.port or 80), timeout=10)
        head = f"GET {self.film} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: sessionid={self.session}\r\n"
        wire.sendall(f"{head}Range: bytes=0-\r\n\r\n".encode())
        return wire


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with house(STUDIO_PUBLIC_URL=url, STUDIO_DEBUG="1") as made:
        assert made.run("manage.py", "migrate", "-v0").returncode == 0
        film, session = made.do(FILM.replace("{size}", str(SIZE))).split()
        made.start("-m", "uvicorn", "studio.asgi:application", "--port", str(port), "--no-access-log")
        eventually(lambda: status(f"{url}/accounts/login/") == 200)
        yield Site(made, url, film, session)


def test_a_film_comes_whole_and_in_parts_and_its_path_goes_no_further(site: Site) -> None:
    whole = site.ask()
    assert (whole.status_code, len(whole.content)) == (200, SIZE)
    assert not [name for name in whole.headers if "pour" in name]
    part = site.ask(Range="bytes=1000003-1000012")
    assert (part.status_code, part.content) == (206, b"3456789012")
    assert part.headers["content-range"] == f"bytes 1000003-1000012/{SIZE}"
    assert site.ask(Range=f"bytes={SIZE}-").status_code == 416
    assert plain.get(site.url + site.film).status_code == 302


def test_forty_paused_players_stop_nobody(site: Site) -> None:
    paused = [site.pause() for _ in range(40)]
    try:
        for wire in paused:
            assert wire.recv(12) == b"HTTP/1.1 206"
        assert status(f"{site.url}/accounts/login/") == 200
        assert len(site.ask().content) == SIZE
    finally:
        for wire in paused:
            wire.close()


def test_an_archive_comes_piece_by_piece_without_the_length_of_its_list() -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(3600)
        return {}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def pour(path: Path) -> None:
        tap = Tap(receive, send)
        listed = manifest([Entry("a.bin", str(path)), Entry("b.txt", "", "hello")])
        headers = [(b"x-studio-pour", b"zip"), (b"content-length", str(len(listed)).encode())]
        await tap.send({"type": "http.response.start", "status": 200, "headers": headers})
        await tap.send({"type": "http.response.body", "body": listed[:9], "more_body": True})
        await tap.send({"type": "http.response.body", "body": listed[9:]})

    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x" * 1_000_000)
        file.flush()
        run(pour(Path(file.name)))
    assert sent[0]["headers"] == []
    assert max(len(message["body"]) for message in sent[1:]) < 600_000
    archive = zipfile.ZipFile(io.BytesIO(b"".join(message["body"] for message in sent[1:])))
    assert (archive.testzip(), len(archive.read("a.bin")), archive.read("b.txt")) == (None, 1_000_000, b"hello")


def test_a_file_that_became_shorter_ends_the_connection(site: Site) -> None:
    path = site.house.folder / "media" / "a folder" / "film.mp4"
    path.write_bytes(b"short")
    with pytest.raises(httpx.RemoteProtocolError):
        site.ask()
    path.unlink()
    assert site.ask().status_code == 404
