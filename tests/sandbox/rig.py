"""What the sandbox's tests hold in their hands: a client with a key, and a box that callbacks fall into."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import av
import httpx

from studio.sandbox.film import FPS

CALLBACK = "http://studio.test/callback/one/mac/"
BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "model": "gen3",
    "prompt": "a paper boat crossing a rain puddle",
    "ratio": "9:16",
    "options": {"seconds": 5},
}


@dataclass
class Mailbox:
    """Receives callbacks and answers `status`."""

    status: int = 200
    letters: list[httpx.Request] = field(default_factory=list)

    def take(self, request: httpx.Request) -> httpx.Response:
        self.letters.append(request)
        return httpx.Response(self.status)

    def told(self) -> list[dict[str, Any]]:
        """The letters as JSON objects."""
        return [json.loads(letter.content) for letter in self.letters]

    def statuses(self) -> list[Any]:
        return [told["status"] for told in self.told()]


@dataclass
class Rig:
    client: httpx.Client
    key: str = "sk-test-1234"

    def post(self, path: str, body: object) -> httpx.Response:
        return self.client.post(path, json=body, headers={"Authorization": f"Bearer {self.key}"})

    def generate(self, **changes: Any) -> httpx.Response:
        """Submit; a member given as None is left out."""
        body = {name: value for name, value in {**BODY, **changes}.items() if value is not None}
        return self.post("/runway/v1/pro/generate", body)

    def begin(self, **changes: Any) -> str:
        """Submit and return the task id."""
        return str(self.generate(**changes).json()["data"]["task_id"])

    def feed(self, task_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.post("/runway/v1/feed", {"task_id": task_id}).json()
        return answer

    def ask(self, path: str) -> httpx.Response:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.key}"})

    def step(self, seconds: float) -> None:
        assert self.client.post("/_sandbox/step", json={"seconds": seconds}).status_code == 200

    def play(self, seed: int = 1, **shares: float) -> None:
        """Switch faults on; rate_limit=1 means rate-limit always."""
        told = {"seed": seed, "faults": {name.replace("_", "-"): share for name, share in shares.items()}}
        assert self.client.post("/_sandbox/faults", json=told).status_code == 200

    def ledger(self) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get("/_sandbox/ledger").json()
        return told

    def finished(self, **changes: Any) -> dict[str, Any]:
        """The task object of a video that is done."""
        task_id = self.begin(**changes)
        self.step(60)
        task: dict[str, Any] = self.feed(task_id)["data"]
        return task


def fetched(rig: Rig, url: str) -> io.BytesIO:
    """What the sandbox serves behind one of its addresses."""
    parts = urlsplit(url)
    return io.BytesIO(rig.client.get(f"{parts.path}?{parts.query}").content)


def shape_of(rig: Rig, url: str) -> tuple[int, int, float]:
    """Width, height and seconds of a film, of which every frame can be decoded."""
    with av.open(fetched(rig, url), "r") as film:
        stream = film.streams.video[0]
        return stream.width, stream.height, len(list(film.decode(video=0))) / FPS
