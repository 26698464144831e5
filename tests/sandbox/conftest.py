"""A sandbox in this process: its clock stands still until it is stepped, and its callbacks land in a list."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from studio.sandbox.app import App, make_app
from tests.sandbox.rig import Mailbox, Rig


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def app(mailbox: Mailbox) -> App:
    return make_app(client=httpx.Client(transport=httpx.MockTransport(mailbox.take)))


@pytest.fixture
def rig(app: App) -> Iterator[Rig]:
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox.test") as client:
        yield Rig(client)
