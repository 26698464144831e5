"""Runway's own Python client, unchanged but for its address, finds in the sandbox what it expects of the real API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import runwayml

from studio.sandbox.app import App
from tests.sandbox.rig import Rig

PICTURE = "https://files.example.com/boat.png"


@pytest.fixture
def official(app: App) -> Any:
    """Untyped: its types know no model that its newest release has dropped, and no value that is wrong on purpose."""
    network = httpx.Client(transport=httpx.WSGITransport(app=app))
    return runwayml.RunwayML(
        api_key="sk-test-1234", base_url="http://sandbox.test/runwayml", http_client=network, max_retries=0
    )


def test_a_film_is_begun_watched_and_there(rig: Rig, official: Any) -> None:
    begun = official.image_to_video.create(
        model="gen4_turbo", prompt_image=PICTURE, prompt_text="a paper boat", ratio="1280:720", duration=5, seed=7
    )
    rig.step(2)
    running = official.tasks.retrieve(begun.id)
    assert running.status == "RUNNING"
    assert 0 < running.progress < 1
    rig.step(60)
    done = official.tasks.retrieve(begun.id)
    assert done.status == "SUCCEEDED"
    assert rig.client.get(done.output[0]).content[4:8] == b"ftyp"


def test_what_its_helper_waits_for_comes(rig: Rig, official: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # it rests before it asks
    begun = official.video_to_video.create(
        model="gen4_aleph", video_uri="https://files.example.com/a.mp4", prompt_text="as a woodcut", ratio="1280:720"
    )
    rig.step(60)
    assert official.tasks.retrieve(begun.id).wait_for_task_output().output


def test_a_wrong_body_a_wrong_key_and_haste_are_its_own_errors(rig: Rig, official: Any) -> None:
    with pytest.raises(runwayml.BadRequestError, match="ratio is invalid"):
        official.image_to_video.create(model="gen4_turbo", prompt_image=PICTURE, ratio="1920:1080", duration=5)
    with pytest.raises(runwayml.AuthenticationError):
        official.with_options(api_key="nobody").tasks.retrieve("a")
    rig.play(rate_limit=1)
    with pytest.raises(runwayml.RateLimitError):
        official.text_to_video.create(model="veo3.1", prompt_text="a boat", ratio="1280:720", duration=4)
