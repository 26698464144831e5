"""Pixverse's web format as the fact sheet tells it: whole numbers for videos and states, and nobody is called back."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members, v1
from studio.sandbox.film import LAST, POSTER, VIDEO, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.pixverse import POINTS, whole
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, Task, Voice, World

NUMBERS = {"queued": 5, "running": 5, "failed": 8, "succeeded": 1}
CHOICES = {
    "quality": ("360p", "540p", "720p", "1080p"),
    "aspect_ratio": ("1:1", "4:3", "3:4", "16:9", "9:16"),
    "motion_mode": ("normal", "performance"),
}
LENGTHS = (5, 8)
TEXTS = ("style", "camera_movement")
NO = 400
_ids = itertools.count(100_000_000 + secrets.randbelow(10**8))


def no_in_its_words(text: str = "generate_failed") -> Answer:
    return as_json({"ErrCode": NO, "ErrMsg": text})


def generate(world: World, request: Request, post: Post) -> Answer:
    """POST /pixverse/generate. A refusal is an ErrCode inside HTTP 200."""
    body = request.json()
    try:
        film = _film(body)
        _extended(world, body)
    except Refused as refusal:
        return no_in_its_words(str(refusal))
    points = Decimal(POINTS)
    task = Task(request.path, film.prompt, film, points, request.base, VOICE, asked=body, id=str(next(_ids)))
    world.accept(task, post)
    return replace(as_json({"ErrCode": 0, "ErrMsg": "Success", "Resp": {"video_id": int(task.id)}}), task=task)


def feed(world: World, request: Request, post: Post) -> Answer:
    """GET /pixverse/feed/{video_id}. It does not repeat the id; of a video that is not known yet it says nothing."""
    with world.lock:
        task = world.tasks.get(request.steps["video_id"])
        if task is None or task.voice is not VOICE:
            return no_in_its_words("video not found")
        if world.clock.gateway < task.known_from:
            return as_json({"ErrCode": 0, "ErrMsg": "Success"})
        return as_json(view(task))


def view(task: Task) -> dict[str, Any]:
    done = task.state == "succeeded"
    video, first, last = (v1.address(task, name) if done else "" for name in (VIDEO, POSTER, LAST))
    told = {
        "video_status": NUMBERS[task.state],
        "prompt": task.prompt,
        "model": task.asked["model"],
        "quality": task.asked["quality"],
        "video_duration": task.film.seconds,
        "first_frame": first,
        "last_frame": last,
        "url": video,
    }
    return {"ErrCode": 0, "Resp": told}


VOICE = Voice(
    view=view,
    forged=lambda told, link: {"ErrCode": 0, "Resp": told["Resp"] | {"video_status": 1, "url": link}},
    foreign=lambda told, id_: told,  # it names no task at all
    wrapped=lambda told: told,
)


def _film(body: Body) -> Film:
    prompt, model = members.text(body, "prompt"), members.text(body, "model")
    if not prompt.strip() or not model:
        raise Refused(f"{'model' if prompt.strip() else 'prompt'} is required")
    for name, known in CHOICES.items():
        if not members.choice(body, name, known):
            raise Refused(f"{name} is required")
    for name in TEXTS:
        members.text(body, name)
    whole(body, "seed", required=True)
    whole(body, "template_id")
    seconds = whole(body, "duration", required=True)
    if seconds not in LENGTHS:
        raise Refused("duration must be 5 or 8")
    frames, image = _frames(body), members.address(body, "img_url")
    source = "image" if frames or image else "text"
    return Film(prompt, str(body["aspect_ratio"]), seconds, f"pixverse {model} {body['quality']}", source)


def _frames(body: Body) -> Sequence[str]:
    """The first and the last frame, which exclude a picture of its own."""
    frames = body.get("frame") or []
    if not frames:
        return []
    if not isinstance(frames, list) or len(frames) != 2 or not all(_is_address(each) for each in frames):
        raise Refused("frame must be two URLs")
    if body.get("img_url"):
        raise Refused("img_url and frame exclude each other")
    return frames


def _is_address(value: object) -> bool:
    return isinstance(value, str) and members.is_address(value)


def _extended(world: World, body: Body) -> None:
    """An earlier video goes on where it is named, and the two members beside it say so."""
    original = whole(body, "original_video_id")
    if not original:
        return
    if body.get("extend") != 1 or body.get("platform") != "web":
        raise Refused("extend must be 1 and platform web")
    with world.lock:
        task = world.tasks.get(str(original))
        if task is None or task.voice is not VOICE or task.state != "succeeded":
            raise Refused("original_video_id not found")


ROUTES = (
    Route(
        "POST",
        "/pixverse/generate",
        generate,
        "Video in the web format",
        "网页格式生成视频",
        paid=True,
        no=no_in_its_words,
    ),
    Route("GET", "/pixverse/feed/{video_id}", feed, "Ask for one task of the web format", "查询一个网页格式任务"),
)
