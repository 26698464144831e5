"""An upload is asked for, carried to the disk without a thread, and given to its view as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from studio import arriving
from studio.files import spooling, storing
from studio.files.spooling import CAME, Came, answer, on_their_way
from tests import loops

Message = dict[str, Any]
PERSON, MOST = 7, 1000


class Page:
    """An upload's view: what it was told when it was asked again, and what it then found in the file."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.came: Came | None = None
        self.found = b""

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        headers: list[tuple[bytes, bytes]] = []
        self.came = scope.get(CAME)
        if self.came and self.came.path:
            self.found = Path(self.came.path).read_bytes()
        elif not self.came and not self.refuses:
            headers = [(spooling.HEADER.lower().encode(), spooling.order(PERSON, MOST).encode())]
        await send({"type": "http.response.start", "status": 403 if self.refuses else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def coming(*pieces: bytes, pause: float = 0.0) -> Callable[[], Awaitable[Message]]:
    """An upload of these pieces, which then stands still; a last one ends it."""
    rest = list(pieces)

    async def receive() -> Message:
        await asyncio.sleep(pause if rest else 60)
        piece = rest.pop(0)
        if piece == b"gone":
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece != b"end"}

    return receive


async def brought(page: Page, receive: Callable[[], Awaitable[Message]]) -> list[int]:
    """The statuses of what was answered."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await answer(page, {"type": "http"}, receive, send)  # type: ignore[arg-type]
    return [message["status"] for message in sent if "status" in message]


def left() -> list[Path]:
    return list(storing.unfinished().iterdir()) if storing.unfinished().is_dir() else []


def test_the_view_has_the_whole_file_and_afterwards_nothing_is_left() -> None:
    page = Page()
    assert loops.run(brought(page, coming(b"one", b"two", b"end"))) == [200]
    assert page.found == b"onetwoend"
    assert not left()


def test_of_what_the_view_refuses_nothing_is_read() -> None:
    page = Page(refuses=True)

    async def never() -> Message:
        raise AssertionError("read")

    assert loops.run(brought(page, never)) == [403]


def test_what_is_too_large_too_late_or_finds_no_disk_is_told_to_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()
    loops.run(brought(page, coming(bytes(MOST), b"x", b"end")))
    assert page.came == Came(why=spooling.LONG)
    monkeypatch.setattr(spooling, "LONGEST", 0.05)
    loops.run(brought(page, coming(*[b"x"] * 50, b"end", pause=0.01)))
    assert page.came == Came(why=spooling.LATE)
    monkeypatch.setattr(storing, "unfinished", lambda: Path("/dev/full"))
    loops.run(brought(page, coming(b"end")))
    assert page.came == Came(why=spooling.NO_ROOM)


def test_what_stands_still_or_breaks_off_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE", 0.05)
    assert loops.run(brought(Page(), coming(b"half"))) == [408]
    assert loops.run(brought(Page(), coming(b"half", b"gone"))) == []
    assert not left()
    assert not on_their_way


def test_one_person_has_a_few_places_and_nobody_elses() -> None:
    async def together() -> list[Came | None]:
        pages = [Page() for _ in range(spooling.EACH + 1)]
        slow = [asyncio.create_task(brought(page, coming(b"x", b"end", pause=0.05))) for page in pages]
        await asyncio.gather(*slow)
        return [page.came for page in pages]

    told = loops.run(together())
    assert [came.why for came in told if came and came.why] == [spooling.CROWDED]
    assert not on_their_way
