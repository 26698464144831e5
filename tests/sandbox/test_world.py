"""What a call brings with it: a failure that is certain beforehand, and an address in the parts of a form."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox.app import App, told
from studio.sandbox.film import Film
from studio.sandbox.wire import Request
from studio.sandbox.world import NO_FRAMES, Task, Voice
from tests.sandbox.rig import CALLBACK

PLAIN = Voice(lambda task: {"state": task.state}, lambda told, url: told, lambda told, id_: told, lambda told: told)


def run(app: App, **changes: Any) -> Task:
    """A task of two points, at its end."""
    task = Task("/path", "", Film("x", "1:1", 0, "m", "text"), Decimal(2), "http://sandbox.test", PLAIN, CALLBACK)
    task = replace(task, **changes)
    app.world.accept(task, app.world.enter(CALLBACK, "sk-test", "/path"))
    app.step(60)
    return task


def test_a_failure_that_is_certain_beforehand_happens_with_its_own_text(app: App) -> None:
    assert (run(app).state, run(app, fails=True).message) == ("succeeded", NO_FRAMES)
    failed = run(app, fails=True, message="no picture in it")
    assert (failed.state, failed.message, failed.refunded) == ("failed", "no picture in it", True)


def test_the_callback_address_of_a_form_is_entered_like_that_of_json() -> None:
    def request(content_type: str, body: bytes) -> Request:
        return Request("POST", "/", {}, {"content-type": content_type}, body, "http://sandbox.test")

    part = b'--b\r\nContent-Disposition: form-data; name="callback_url"\r\n\r\nhttp://a.b/c\r\n--b--\r\n'
    assert told(request("multipart/form-data; boundary=b", part)) == {"callback_url": "http://a.b/c"}
    assert told(request("application/json", b'{"callback_url": "http://a.b/c"}')) == {"callback_url": "http://a.b/c"}
    assert told(request("multipart/form-data; boundary=other", part)) == told(request("text/plain", b"x")) == {}
