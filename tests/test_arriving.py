"""Bodies on their way in: whole before a thread is taken, at a pace, and not read further than wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client
from django.urls import reverse

from studio import arriving
from studio.arriving import AHEAD, MOST, Body, Crowded, Message
from tests import loops


def coming(*pieces: bytes | None, pause: float = 0.0) -> Callable[[], Awaitable[Message]]:
    """A request that brings these pieces, None for one that breaks off; then it stands still."""
    rest = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        if not rest:
            await asyncio.sleep(60)
        piece = rest.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece != b"end"}

    return receive


async def taken(body: Body) -> bytes:
    await body.read_ahead()
    data = b""
    while True:
        message = await body.take()
        data += bytes(message["body"])
        if not message.get("more_body"):
            return data


def test_a_small_body_is_here_before_anybody_waits_for_it() -> None:
    async def read() -> None:
        body = Body(coming(b"one", b"two", b"end"))
        await body.read_ahead()
        assert body.ended
        body.receive = coming(None)
        assert await taken(body) == b"onetwoend"

    loops.run(read())


def test_of_a_large_body_the_first_part_is_read_ahead_and_all_of_it_comes() -> None:
    async def read() -> None:
        body = Body(coming(bytes(AHEAD), b"x", bytes(AHEAD), b"end"))
        await body.read_ahead()
        assert not body.ended
        assert len(body.ahead) == AHEAD + 1
        assert len(await taken(body)) == 2 * AHEAD + 4

    loops.run(read())


async def whole(body: Body, declared: int = 0) -> bytes:
    """What a view reads of a body that is here before it begins."""
    try:
        await body.read_whole(declared)
        return bytes((await body.take())["body"])
    finally:
        body.let_go()


def test_a_form_is_here_as_a_whole_before_anybody_waits_for_it() -> None:
    async def read() -> None:
        body = Body(coming(bytes(AHEAD), bytes(AHEAD), b"end"))
        assert await whole(body) == bytes(2 * AHEAD) + b"end"
        assert body.ended

    loops.run(read())


@pytest.mark.parametrize(("declared", "pieces"), [(MOST + 1, [b"x"]), (0, [bytes(MOST), b"x", b"end"])])
def test_of_what_is_larger_than_any_form_nothing_is_kept_and_its_view_hears_so(
    declared: int, pieces: list[bytes]
) -> None:
    async def read() -> None:
        body = Body(coming(*pieces))
        with pytest.raises(RequestDataTooBig):
            await whole(body, declared)
        assert not body.ahead
        assert Body.together == 0

    loops.run(read())


def test_a_form_that_stands_still_or_drips_takes_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE", 0.05)
    for pieces in [(b"half",), (bytes(AHEAD + 1),), [b"x"] * 100]:
        with pytest.raises(TimeoutError):
            loops.run(whole(Body(coming(*pieces, pause=0.01))))
    with pytest.raises(ConnectionResetError):
        loops.run(whole(Body(coming(bytes(AHEAD + 1), None))))
    assert len(loops.run(whole(Body(coming(*[bytes(1000)] * 20, b"end", pause=0.01))))) == 20_003


def test_large_forms_share_a_room_that_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "TOGETHER", 1000)

    def form(more: int) -> Body:
        return Body(coming(bytes(AHEAD + more), b"end"))

    async def read() -> None:
        first = form(600)
        await first.read_whole()
        with pytest.raises(Crowded):
            await whole(form(600))
        assert await whole(form(-3))
        first.let_go()
        assert await whole(form(600))
        assert Body.together == 0

    loops.run(read())


def test_no_page_reads_a_file_as_a_part_of_a_form(db: None) -> None:
    form = "--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n" + "a" * 100 + "\r\n--x--\r\n"
    answer = Client().post(reverse("account_login"), form.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400


def test_what_breaks_off_stands_still_or_drips_is_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "PATIENCE", 0.05)

    async def read(*pieces: bytes | None, pause: float = 0.0) -> None:
        with pytest.raises((ConnectionResetError, TimeoutError)):
            await taken(Body(coming(*pieces, pause=pause)))

    for pieces in [(None,), (b"half", None), (b"half",), (bytes(AHEAD + 1), None), (bytes(AHEAD + 1),)]:
        loops.run(read(*pieces))
    loops.run(read(*[b"x"] * 100, b"end", pause=0.01))  # dripped before there is a thread
    loops.run(read(bytes(AHEAD + 1), *[b"x"] * 100, b"end", pause=0.01))  # and after
    assert len(loops.run(taken(Body(coming(bytes(AHEAD + 1), *[bytes(1000)] * 20, b"end", pause=0.01))))) > AHEAD


def test_an_answer_before_the_end_of_the_body_is_the_last_one() -> None:
    async def headers(*pieces: bytes) -> list[Any]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        body = Body(coming(*pieces))
        await body.read_ahead()
        await body.closing(send)({"type": "http.response.start", "status": 413, "headers": [(b"a", b"b")]})
        return list(sent[0]["headers"])

    assert loops.run(headers(b"end")) == [(b"a", b"b")]
    assert loops.run(headers(bytes(AHEAD), b"more", b"end")) == [(b"a", b"b"), (b"connection", b"close")]
