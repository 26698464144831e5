"""Files that the sandbox keeps: by what is in them, the latest as far as there is room, until their links expire."""

from __future__ import annotations

import pytest

from studio.sandbox.app import App
from studio.sandbox.film import DECK, SOURCE, address
from studio.sandbox.kept import MOST_BYTES, Kept
from tests.sandbox.rig import Rig


def test_the_same_content_has_one_name() -> None:
    kept = Kept()
    assert kept.put(b"one") == kept.put(b"one") != kept.put(b"two")
    assert kept.get(kept.put(b"two")) == b"two"


def test_the_oldest_makes_room() -> None:
    kept = Kept()
    half = MOST_BYTES // 2
    first, second = kept.put(b"a" * half), kept.put(b"b" * half)
    kept.put(b"a" * half)  # asked for again: now the second is the oldest
    third = kept.put(b"c" * half)
    assert [kept.get(name)[:1] for name in (first, third)] == [b"a", b"c"]
    with pytest.raises(KeyError):
        kept.get(second)


def test_a_kept_file_is_served_under_its_own_address_until_it_expires(rig: Rig, app: App) -> None:
    token, now = app.world.kept.put(b'{"topic":"tea"}'), int(app.world.clock.wall)
    good = address("http://sandbox.test", token, SOURCE, now + 60)
    answer = rig.client.get(good)
    assert (answer.content, answer.headers["content-type"]) == (b'{"topic":"tea"}', "application/json")
    assert rig.client.get(address("http://sandbox.test", token, SOURCE, now - 60)).status_code == 403
    assert rig.client.get(good.replace(token[:-1], token[1:])).status_code == 404
    assert rig.client.get(address("http://sandbox.test", "never", DECK, now + 60)).status_code == 404
