"""CogVideoX as its fact sheet tells it: one way to begin, and a query whose answers name no task."""

from __future__ import annotations

import base64
import binascii
import io
import re
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PIL import Image

from studio.sandbox import members
from studio.sandbox.film import POSTER, SOUND_VIDEO, VIDEO, Film, link
from studio.sandbox.looking import UNREACHED
from studio.sandbox.members import Body, Refused, is_address
from studio.sandbox.pictures import LONGEST_SIDE, ratio_of
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

WORDS = {"queued": "PROCESSING", "running": "PROCESSING", "failed": "FAIL", "succeeded": "SUCCESS"}
MODELS = re.compile(r"cogvideo[\w.\-]{0,30}")
FIRST = frozenset({"cogvideo", "cogvideox"})  # what they do not know they ignore
NEWEST = "cogvideox-3"
BAD = "1214"  # the one code that is recorded
LONGEST_PROMPT = 512
LARGEST_PICTURE = 5 * 1024 * 1024
SIZE = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})")
PREFIX = re.compile(r"data:image/(?:png|jpg|jpeg);base64,")
USUAL_RATIO, USUAL_SECONDS = "3:2", 5
POINTS = {"speed": 10, "quality": 20}
LINK_LIVES = 24 * 3600.0  # how long is not told


def refused(message: str, status: int = 400) -> Answer:
    return as_json({"error": {"code": BAD, "message": message}}, status)


def generate(world: World, request: Request, post: Post) -> Answer:
    """POST /cogvideox/v4/videos/generations. Its answer has two numbers; the task is known by `id`."""
    body = request.json()
    try:
        film = _film(body)
        _account(body)
    except Refused as refusal:
        return refused(str(refusal))
    if not MODELS.fullmatch(film.model):
        return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
    points = Decimal(POINTS[body.get("quality") or "speed"])
    own_id = members.text(body, "request_id") or _number()
    task = Task(request.path, film.prompt, film, points, request.base, VOICE, own_id=own_id, asked=body, id=_number())
    world.accept(task, post)
    return replace(as_json({"id": task.id, **view(task)}), task=task)


def query(world: World, request: Request, post: Post) -> Answer:
    """GET /cogvideox/v4/async-result/{id}: by the id of the answer, never by the request's own."""
    with world.lock:
        task = world.tasks.get(request.steps["id"])
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return refused("task not found", 404)
        return as_json(view(task))


def view(task: Task) -> dict[str, Any]:
    """The task as a query tells it: without its id, and mostly without a reason when it has failed."""
    told: dict[str, Any] = {"model": task.film.model, "request_id": task.own_id, "task_status": WORDS[task.state]}
    if task.state == "succeeded":
        expires = int(task.updated + (-1.0 if task.dead_links else LINK_LIVES))
        names = {"url": _file(task), "cover_image_url": POSTER}
        told["video_result"] = [{name: link(task.base, task.film, file, expires) for name, file in names.items()}]
    if task.state == "failed" and task.post and UNREACHED in task.post.faults:
        told["error"] = {"code": BAD, "message": task.message}
    return told


def _file(task: Task) -> str:
    return SOUND_VIDEO if task.asked.get("with_audio") and task.film.model not in FIRST else VIDEO


VOICE = Voice(  # nothing is called back: only `view` is ever asked
    view=view,
    forged=lambda told, url: told,
    foreign=lambda told, id_: told,
    wrapped=lambda told: {"data": told},
    retells=(),
)


def _film(body: Body) -> Film:
    model, prompt = members.text(body, "model"), members.text(body, "prompt")
    if not model:
        raise Refused("model is required")
    if len(prompt) > LONGEST_PROMPT:
        raise Refused(f"prompt is longer than {LONGEST_PROMPT} characters")
    shapes = [_shape(each) for each in _pictures(body, model)]
    if not prompt.strip() and not shapes:
        raise Refused("prompt or image_url is required")
    members.choice(body, "quality", tuple(POINTS))
    _flag(body, "with_audio")
    if body.get("fps", 30) not in (30, 60):
        raise Refused("fps is invalid")
    size = members.text(body, "size")
    if size and not SIZE.fullmatch(size):
        raise Refused("size is invalid")
    if (seconds := body.get("duration", USUAL_SECONDS)) not in (5, 10):
        raise Refused("duration is invalid")
    shape = size.replace("x", ":") if model not in FIRST else ""
    ratio = shape or next(iter(shapes), "") or USUAL_RATIO
    return Film(prompt, ratio, int(seconds) if model == NEWEST else USUAL_SECONDS, model, "image" if shapes else "text")


def _pictures(body: Body, model: str) -> list[str]:
    """One picture, or for the newest model a first and a last frame."""
    value = body.get("image_url")
    if isinstance(value, list):
        if model != NEWEST or len(value) != 2 or not all(isinstance(each, str) and each for each in value):
            raise Refused(f"image_url must be a string, for {NEWEST} also a list of two")
        return value
    return [given] if (given := members.text(body, "image_url")) else []


def _shape(value: str) -> str:
    """Width to height; "" where this gateway would have to fetch it."""
    if is_address(value):
        return ratio_of(value, "image_url")
    try:
        content = base64.b64decode("".join(PREFIX.sub("", value, count=1).split()), validate=True)
    except binascii.Error:
        raise Refused("image_url is neither an address nor base64") from None
    if len(content) > LARGEST_PICTURE:
        raise Refused("image_url is larger than 5 MB")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise Refused("image_url is no JPG or PNG") from None
    parts = -(-max(width, height) // LONGEST_SIDE)  # a ratio has four digits
    return f"{max(1, width // parts)}:{max(1, height // parts)}"


def _account(body: Body) -> None:
    """What is looked at, but without effect here."""
    user = members.text(body, "user_id")
    if user and not 6 <= len(user) <= 128:
        raise Refused("user_id must have 6 to 128 characters")
    members.text(body, "request_id")
    _flag(body, "watermark_enabled")
    check = members.inner(body, "sensitive_word_check")
    members.choice(check, "type", ("ALL",))
    members.choice(check, "status", ("ENABLE", "DISABLE"))


def _flag(body: Body, name: str) -> None:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refused(f"{name} must be true or false")


def _number() -> str:
    return f"88{secrets.randbelow(10**17):017}"


ROUTES = (
    Route("POST", "/cogvideox/v4/videos/generations", generate, "Generate a video", "生成视频", paid=True),
    Route("GET", "/cogvideox/v4/async-result/{id}", query, "Ask for one task", "查询一个任务"),
)
