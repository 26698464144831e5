"""Kling as its fact sheet tells it: three ways to begin, a query under the path of each, and flat callbacks."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import PICTURE, VIDEO, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.pictures import ratio_of
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

WORDS = {"queued": "submitted", "running": "processing", "failed": "failed", "succeeded": "succeed"}
TEXT, IMAGE, PICTURES = "/kling/v1/videos/text2video", "/kling/v1/videos/image2video", "/kling/v1/images/generations"
BAD_PARAMETER, NO_TASK, TOO_MANY = 1201, 1203, 1303
LONGEST_PROMPT = 2500
VIDEO_RATIOS = ("16:9", "9:16", "1:1")
PICTURE_RATIOS = (*VIDEO_RATIOS, "4:3", "3:4", "3:2", "2:3", "21:9")
CAMERA_MOVES = ("simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward")
CAMERA_AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
POINTS_A_SECOND = {"std": 4, "pro": 7}
PICTURE_TAKES = (40.0, 80.0)  # seconds of work; a picture is quicker than a film
LINK_LIVES = 30 * 24 * 3600.0


def envelope(data: Any, code: int = 0, message: str = "SUCCEED", status: int = 200) -> Answer:
    return as_json({"code": code, "message": message, "request_id": secrets.token_hex(8), "data": data}, status)


def begin(read: Callable[[Body], Film], *, price: Callable[[Body], int]) -> Callable[[World, Request, Post], Answer]:
    """The handler of one submit; what it makes follows from the body. A refusal is code 1201 with HTTP 400."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        body = request.json()
        try:
            film = read(body)
            own_id = _own_id(world, body)
            callback_url = members.address(body, "callback_url")
        except Refused as refusal:
            return envelope(None, BAD_PARAMETER, str(refusal), 400)
        if not re.fullmatch(r"kling[\w.\-]{0,40}", film.model):
            return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
        task = Task(request.path, film.prompt, film, Decimal(price(body)), request.base, VOICE, callback_url, own_id)
        if not film.seconds:
            task.takes = PICTURE_TAKES
        world.accept(task, post)
        told = {"task_id": task.id, "task_status": "submitted"}
        own = {"task_info": {"external_task_id": own_id}} if own_id else {}
        return replace(envelope(told | own | _times(task)), task=task)

    return handle


def query(world: World, request: Request, post: Post) -> Answer:
    """GET of the path that made the task, with its id or the caller's own. Any other path does not know it."""
    path, _, asked = request.path.rpartition("/")
    with world.lock:
        task = world.tasks.get(asked) or next((t for t in world.tasks.values() if t.own_id == asked), None)
        if task is None or task.path != path or world.clock.gateway < task.known_from:
            return envelope(None, NO_TASK, "task not found", 404)
        return envelope(view(task))


def view(task: Task) -> dict[str, Any]:
    """The task as query and callback tell it; a callback is this alone."""
    told: dict[str, Any] = {
        "task_id": task.id,
        "task_status": WORDS[task.state],
        "task_status_msg": task.message or "",
        **_times(task),
        "task_info": {"external_task_id": task.own_id},
        "task_result": {"images": [], "videos": []},
    }
    if task.state == "succeeded":
        told |= {"task_result": _result(task), "final_unit_deduction": str(task.points)}
    return told


def _times(task: Task) -> dict[str, int]:
    return {"created_at": int(task.created * 1000), "updated_at": int(task.updated * 1000)}


def _result(task: Task) -> dict[str, Any]:
    film, expires = task.film, int(task.updated + (-1.0 if task.dead_links else LINK_LIVES))
    if film.seconds:
        video = {"id": f"v-{task.id}", "url": link(task.base, film, VIDEO, expires)}
        return {"videos": [video | {"duration": f"{film.seconds:.1f}"}]}
    pictures = (replace(film, number=number) for number in range(1, film.count + 1))
    urls = [link(task.base, picture, PICTURE, expires) for picture in pictures]
    return {"images": [{"index": index, "url": url} for index, url in enumerate(urls)]}


def _forged(told: dict[str, Any], url: str) -> dict[str, Any]:
    return told | {"task_status": "succeed", "task_result": {"videos": [{"id": "v-0", "url": url, "duration": "5.0"}]}}


VOICE = Voice(
    view=view,
    forged=_forged,
    foreign=lambda told, id_: told | {"task_id": id_},
    wrapped=lambda told: {"code": 0, "message": "SUCCEED", "request_id": secrets.token_hex(8), "data": told},
    retells=(),
)


def _own_id(world: World, body: Body) -> str:
    own_id = members.text(body, "external_task_id")
    with world.lock:
        if own_id and any(task.own_id == own_id for task in world.tasks.values()):
            raise Refused("external_task_id is already used")
    return own_id


def _words(body: Body, *, needed: bool) -> tuple[str, str]:
    """Prompt and model. `model` alone is as if nothing was chosen."""
    prompt = members.text(body, "prompt")
    if needed and not prompt.strip():
        raise Refused("prompt is required")
    for name in ("prompt", "negative_prompt"):
        if len(members.text(body, name)) > LONGEST_PROMPT:
            raise Refused(f"{name} is longer than {LONGEST_PROMPT} characters")
    return prompt, members.text(body, "model_name") or "kling-v1"


def _text_film(body: Body) -> Film:
    prompt, model = _words(body, needed=True)
    if body.get("image_tail"):
        raise Refused("image_tail is not supported here")
    ratio = members.choice(body, "aspect_ratio", VIDEO_RATIOS, "16:9")
    return Film(prompt, ratio, _seconds(body), model, "text")


def _image_film(body: Body) -> Film:
    prompt, model = _words(body, needed=False)
    ratios = [ratio_of(members.text(body, name), name) for name in ("image", "image_tail") if body.get(name)]
    if not ratios:
        raise Refused("image or image_tail is required")
    for name, most in (("dynamic_masks", 6), ("voice_list", 2)):
        _few(body, name, most)
    if body.get("static_mask"):
        ratio_of(members.text(body, "static_mask"), "static_mask")
    return Film(prompt, ratios[0] or "16:9", _seconds(body), model, "image")


def _pictures(body: Body) -> Film:
    prompt, model = _words(body, needed=True)
    guided = bool(body.get("image"))
    if guided:
        ratio_of(members.text(body, "image"), "image")
    kept = members.choice(body, "image_reference", ("subject", "face"))
    if kept and not guided:
        raise Refused("image is required with image_reference")
    if guided and not kept and model == "kling-v1-5":
        raise Refused("image_reference is required")
    for name in ("image_fidelity", "human_fidelity"):
        members.number(body, name, 0, 1)
    count = members.number(body, "n", 1, 9)
    if count != int(count):
        raise Refused("n must be a whole number")
    members.choice(body, "resolution", ("1k", "2k"))
    _few(body, "element_list", 10)
    ratio = members.choice(body, "aspect_ratio", PICTURE_RATIOS, "16:9")
    return Film(prompt, ratio, 0, model, "image" if guided else "text", count=int(count))


def _seconds(body: Body) -> int:
    """The length; and whatever else both videos are checked for."""
    members.number(body, "cfg_scale", 0, 1)
    members.choice(body, "mode", tuple(POINTS_A_SECOND))
    members.choice(body, "sound", ("off", "on"))
    _camera(members.inner(body, "camera_control"))
    return int(members.choice(body, "duration", ("5", "10"), "5"))


def _camera(control: Body) -> None:
    move = members.choice(control, "type", CAMERA_MOVES)
    config = members.inner(control, "config", "camera_control.")
    if bool(config) != (move == "simple"):
        raise Refused("camera_control.config goes with the type simple, and only with it")
    for axis in CAMERA_AXES:
        members.number(config, axis, -10, 10, "camera_control.config.")


def _few(body: Body, name: str, most: int) -> None:
    value = body.get(name)
    if value is not None and (not isinstance(value, list) or len(value) > most):
        raise Refused(f"{name} must be a list of at most {most}")


def _film_points(body: Body) -> int:
    return POINTS_A_SECOND[body.get("mode") or "std"] * int(body.get("duration") or 5)


def _picture_points(body: Body) -> int:
    return int(body.get("n", 1)) * (2 if body.get("resolution") == "2k" else 1)


def too_many() -> Answer:
    return envelope(None, TOO_MANY, "parallel task over resource pack limit")


ROUTES = (
    Route("POST", TEXT, begin(_text_film, price=_film_points), "Text to video", "文生视频", paid=True, no=too_many),
    Route("POST", IMAGE, begin(_image_film, price=_film_points), "Image to video", "图生视频", paid=True, no=too_many),
    Route(
        "POST", PICTURES, begin(_pictures, price=_picture_points), "Text to images", "图像生成", paid=True, no=too_many
    ),
    Route("GET", "/kling/v1/{group}/{action}/{task_id}", query, "Ask for one task", "查询一个任务"),
)
