"""The shared cache on a real Redis, and without it."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
import redis
from django.core.management import call_command

from studio.cache import SharedCache
from studio.management.trouble import Trouble
from tests.postgresql import free_port

RUNNING = "redis://127.0.0.1:6379/0"


def answers(url: str) -> bool:
    try:
        return bool(redis.from_url(url, socket_connect_timeout=1).ping())
    except redis.RedisError:
        return False


@pytest.fixture
def address() -> Iterator[str]:
    """The Redis that runs on this machine, or one that the test starts itself."""
    if answers(RUNNING):
        yield RUNNING
        return
    program, port = shutil.which("redis-server"), free_port()
    assert program, "This test needs Redis. Install it with: apt-get install redis-server"
    process = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""])
    url, patience = f"redis://127.0.0.1:{port}/0", time.monotonic() + 10
    while not answers(url) and time.monotonic() < patience:
        time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


def test_what_one_server_counts_another_sees(address: str) -> None:
    mine = {"KEY_PREFIX": f"test-{secrets.token_hex(4)}"}
    here, there = SharedCache(address, dict(mine)), SharedCache(address, dict(mine))
    assert here.add("limit", 1, 60)
    assert not there.add("limit", 1, 60)
    assert there.incr("limit") == 2
    assert here.get("limit") == 2
    here.delete("limit")
    assert there.get("limit", "gone") == "gone"


def test_without_redis_each_server_counts_for_itself() -> None:
    cache = SharedCache(f"redis://127.0.0.1:{free_port()}/0", {})
    cache.clear()
    assert cache.add("limit", [1], 60)
    assert not cache.add("limit", [2], 60)
    cache.set("limit", 3, 60)
    assert (cache.incr("limit"), cache.get("limit"), cache.touch("limit", 9), cache.delete("limit")) == (
        4,
        4,
        True,
        True,
    )


def test_a_redis_that_was_never_there_stops_the_start(settings: object, db: None) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"  # type: ignore[attr-defined]
    with pytest.raises(Trouble, match="Redis does not answer"):
        call_command("setup")
