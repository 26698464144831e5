"""The points at which a process dies by its own SIGKILL, once, when the driver has armed one.

A point is armed by a file of its name in the data folder. Who passes it renames the file, which only one process can,
and is dead before its next line.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from studio.assets import keeping
from studio.files import storing
from studio.gateway.client import Began, Client
from studio.tasks import desk, inbox, lifecycle, sending
from tests.chaos.marks import armed, struck
from tests.chaos.patching import wrap

When = Callable[..., bool]
WIRE = {
    "connection.connect_tcp.complete": "connected",
    "http11.send_request_headers.complete": "headers-sent",
    "http11.send_request_body.complete": "body-sent",
}


def strike(point: str) -> None:
    """Die here, if this point is armed."""
    data = Path(settings.DATA_DIR)
    try:
        os.rename(armed(data, point), struck(data, point))
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def install() -> None:
    after(lifecycle, "begin", "begun")
    before(sending, "claim", "before-claim")
    after(sending, "claim", "claimed", lambda result, *_: result is not None)
    on_the_wire()
    after(Client, "send", "answer-read")
    before(sending, "record", "before-recording")
    after(sending, "record", "recorded")
    after(inbox, "keep", "callback-stored")
    after(desk, "learn", "callback-half-heard")
    after(desk.Desk, "bring", "callback-unanswered")
    in_the_midst_of_a_file()
    after(storing, "put_in_place", "file-renamed", lambda _result, args, _more: not args[1].startswith("laid/"))


def before(owner: object, name: str, point: str) -> None:
    def struck_before(original: Callable[..., Any], *args: Any, **more: Any) -> Any:
        strike(point)
        return original(*args, **more)

    wrap(owner, name, struck_before)


def after(owner: object, name: str, point: str, when: When = lambda *_: True) -> None:
    """`when` is asked with the result, the arguments and those by name."""

    def struck_after(original: Callable[..., Any], *args: Any, **more: Any) -> Any:
        result = original(*args, **more)
        if when(result, args, more):
            strike(point)
        return result

    wrap(owner, name, struck_after)


def on_the_wire() -> None:
    """Only paid calls: a query goes the same way, and a worker does one thing at a time."""
    paying = [False]

    def sent(send: Callable[..., Any], *args: Any, **more: Any) -> Any:
        paying[0] = True
        try:
            return send(*args, **more)
        finally:
            paying[0] = False

    def noticed(notice: Callable[..., None], began: Began, event: str, info: Mapping[str, object]) -> None:
        notice(began, event, info)
        if paying[0] and event in WIRE:
            strike(WIRE[event])

    wrap(Client, "send", sent)
    wrap(Began, "__call__", noticed)


class Deadly:
    """A file whose first bytes may be its last."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, data: bytes) -> int:
        written = self.file.write(data[: len(data) // 2])
        self.file.flush()
        strike("file-half-kept")
        return written + self.file.write(data[len(data) // 2 :])


def in_the_midst_of_a_file() -> None:
    def fetched(fetch: Callable[..., Any], url: str, *, to: BinaryIO, **more: Any) -> Any:
        return fetch(url, to=Deadly(to), **more)

    wrap(keeping, "fetch", fetched)
