"""Runway v1 as its fact sheet tells it: submit a video, ask for it, and the object that callbacks carry."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from studio.sandbox.film import RATIO, Film, links
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, Stopwatch, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

STATUS = {"queued": "0", "running": "1", "failed": "2", "succeeded": "3"}
MOTION = ("x", "y", "z", "r", "bg_x_pan", "bg_y_pan")
POINTS_A_SECOND = 12
GEN2_SECONDS = 4
LINK_LIVES = 24 * 3600.0


class Refused(Exception):
    """The wire says no to this body; the text is its `msg`."""


def envelope(watch: Stopwatch, data: Any, code: int = 200, msg: str = "成功") -> Answer:
    exec_time = watch.seconds()
    return as_json({"code": code, "msg": msg, "data": data, "exec_time": exec_time, "ip": "127.0.0.1"})


def generate(world: World, request: Request, post: Post) -> Answer:
    """POST /runway/v1/pro/generate, text and image: the body decides. Refusals are code 400 inside HTTP 200."""
    watch = Stopwatch()
    body = request.json()
    try:
        film = _film(body)
    except Refused as refusal:
        return envelope(watch, None, 400, str(refusal))
    if not re.fullmatch(r"gen\d[\w.\-]{0,20}", film.model):
        return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
    task = Task(
        path=request.path,
        prompt=str(body.get("prompt") or ""),
        film=film,
        points=Decimal(film.seconds * POINTS_A_SECOND),
        base=request.base,
        voice=VOICE,
        callback_url=str(body["callback_url"]),
    )
    world.accept(task, post)
    return replace(envelope(watch, {"task_id": task.id}), task=task)


def feed(world: World, request: Request, post: Post) -> Answer:
    """POST /runway/v1/feed: one task. Free, and may be asked again."""
    watch = Stopwatch()
    asked = request.json().get("task_id")
    if not isinstance(asked, str) or not asked:
        return envelope(watch, None, 400, "task_id_empty")
    with world.lock:
        task = world.tasks.get(asked)
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return envelope(watch, None, 400, "task_not_exist")
        return envelope(watch, view(task))


def view(task: Task) -> dict[str, Any]:
    """The task object of feed and callback: numbers as text, nothing known yet as null."""
    video = poster = last = None
    if task.state == "succeeded":
        expires = task.updated + (-1.0 if task.dead_links else LINK_LIVES)
        video, poster, last = links(task.base, task.film, int(expires))
    return {
        "task_id": task.id,
        "status": STATUS[task.state],
        "prompt": task.prompt,
        "prompt_en": task.prompt,
        "video_url": video,
        "poster": poster,
        "last_frame": last,
        "msg": task.message,
        "point": str(task.points),
        "refund": "1" if task.refunded else "0",
        "create_time": str(int(task.created)),
        "update_time": str(int(task.updated)),
    }


VOICE = Voice(
    view=view,
    forged=lambda told, link: told | {"status": STATUS["succeeded"], "video_url": link, "msg": None},
    foreign=lambda told, id_: told | {"task_id": id_},
    wrapped=lambda told: {"code": 200, "msg": "成功", "data": told, "exec_time": 0.03},
)


def _film(body: dict[str, Any]) -> Film:
    """Read the body as this wire does: unknown members are ignored, wrong ones refused."""
    _address(body, "callback_url")
    prompt, model = _text(body, "prompt"), _text(body, "model")
    image = body.get("image") not in (None, "")
    for name in ("image", "last_image"):
        if body.get(name) not in (None, ""):
            _address(body, name)
    if not prompt.strip() and not image:
        raise Refused("prompt_empty")
    if not model:
        raise Refused("model_empty")
    options = body.get("options")
    if options is None:
        options = {}
    if not isinstance(options, dict):
        raise Refused("options must be an object")
    ratio = _text(body, "ratio") or ("9:16" if options.get("flip") is True else "16:9")
    if not RATIO.fullmatch(ratio):
        raise Refused("ratio is invalid")
    if model == "gen2":
        _check_motion(options.get("motion_vector"))
    seconds = GEN2_SECONDS if model == "gen2" else _seconds(options)
    return Film(prompt, ratio, seconds, model, "image" if image else "text")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} must be a string")
    return value or ""


def _address(body: dict[str, Any], name: str) -> None:
    value = _text(body, name).strip()
    if not value:
        raise Refused(f"{name}_empty")
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 (a port that is no number raises here)
    except ValueError:
        raise Refused(f"{name} is not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(f"{name} is not a URL")


def _seconds(options: dict[str, Any]) -> int:
    seconds = options.get("seconds", 10)
    if isinstance(seconds, bool) or str(seconds) not in {"5", "10"}:
        raise Refused("options.seconds must be 5 or 10")
    return int(seconds)


def _check_motion(vector: object) -> None:
    if vector is None:
        return
    if not isinstance(vector, dict):
        raise Refused("options.motion_vector must be an object")
    for name in MOTION:
        value = vector.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -10 <= value <= 10:
            raise Refused(f"options.motion_vector.{name} must be a number from -10 to 10")


ROUTES = (
    Route("POST", "/runway/v1/pro/generate", generate, "Text or image to video", "文字或图片生成视频", paid=True),
    Route("POST", "/runway/v1/feed", feed, "Ask for one video task", "查询一个视频任务"),
)
