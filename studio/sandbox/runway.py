"""Runway v1 as its fact sheet tells it: submit a video, ask for it, and the object that callbacks carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import LAST, POSTER, RATIO, VIDEO, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, Stopwatch, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

STATUS = {"queued": "0", "running": "1", "failed": "2", "succeeded": "3"}
MOTION = ("x", "y", "z", "r", "bg_x_pan", "bg_y_pan")
POINTS_A_SECOND = 12
GEN2_SECONDS = 4
USUAL_SECONDS = 10
LINK_LIVES = 24 * 3600.0


def no_inside_200() -> Answer:
    return envelope(Stopwatch(), None, 400, "generate_failed")


def envelope(watch: Stopwatch, data: Any, code: int = 200, msg: str = "成功") -> Answer:
    exec_time = watch.seconds()
    return as_json({"code": code, "msg": msg, "data": data, "exec_time": exec_time, "ip": "127.0.0.1"})


def begin(read: Callable[[Body], Film]) -> Callable[[World, Request, Post], Answer]:
    """The handler of one submit; what it makes follows from the body. Refusals are code 400 inside HTTP 200."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        watch = Stopwatch()
        body = request.json()
        try:
            if not members.address(body, "callback_url"):
                raise Refused("callback_url_empty")
            film = read(body)
        except Refused as refusal:
            return envelope(watch, None, 400, str(refusal))
        if not re.fullmatch(r"gen\d[\w.\-]{0,20}", film.model):
            return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
        points = Decimal(film.seconds * POINTS_A_SECOND)
        task = Task(request.path, film.prompt, film, points, request.base, VOICE, str(body["callback_url"]))
        world.accept(task, post)
        return replace(envelope(watch, {"task_id": task.id}), task=task)

    return handle


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
        video, poster, last = (link(task.base, task.film, name, int(expires)) for name in (VIDEO, POSTER, LAST))
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


def _film(body: Body) -> Film:
    """Text and image alike: the body decides. Unknown members are ignored, wrong ones refused."""
    prompt, model = members.text(body, "prompt"), members.text(body, "model")
    image = bool(members.address(body, "image"))
    members.address(body, "last_image")
    if not prompt.strip() and not image:
        raise Refused("prompt_empty")
    if not model:
        raise Refused("model_empty")
    options = members.inner(body, "options")
    ratio = members.text(body, "ratio") or ("9:16" if options.get("flip") is True else "16:9")
    if not RATIO.fullmatch(ratio):
        raise Refused("ratio is invalid")
    if model == "gen2":
        vector = members.inner(options, "motion_vector", "options.")
        for axis in MOTION:
            members.number(vector, axis, -10, 10, "options.motion_vector.")
    seconds = GEN2_SECONDS if model == "gen2" else _seconds(options)
    return Film(prompt, ratio, seconds, model, "image" if image else "text")


def _restyled(body: Body) -> Film:
    if not members.address(body, "video"):
        raise Refused("video_empty")
    prompt, model = members.text(body, "prompt"), members.text(body, "model")
    if not prompt.strip() or not model:
        raise Refused("prompt_empty" if model else "model_empty")
    options = members.inner(body, "options")
    if "structure_transformation" not in options or not isinstance(options.get("flip"), bool):
        raise Refused("options.structure_transformation and options.flip are required")
    members.number(options, "structure_transformation", 0, 1, "options.")
    return Film(prompt, "9:16" if options["flip"] else "16:9", USUAL_SECONDS, model, "video")


def _acted(body: Body) -> Film:
    for name in ("video", "image"):
        if not members.address(body, name):
            raise Refused(f"{name}_empty")
    return Film("", "16:9", USUAL_SECONDS, "gen3", "video")


def _seconds(options: Body) -> int:
    seconds = options.get("seconds", USUAL_SECONDS)
    if isinstance(seconds, bool) or str(seconds) not in {"5", "10"}:
        raise Refused("options.seconds must be 5 or 10")
    return int(seconds)


def _submit(path: str, read: Callable[[Body], Film], en: str, zh: str) -> Route:
    return Route("POST", f"/runway/v1/pro/{path}", begin(read), en, zh, paid=True, no=no_inside_200)


ROUTES = (
    _submit("generate", _film, "Text or image to video", "文字或图片生成视频"),
    _submit("video2video", _restyled, "Video to video", "视频转视频"),
    _submit("act_one", _acted, "Act-One: a performance onto a character", "Act-One 表演迁移"),
    Route("POST", "/runway/v1/feed", feed, "Ask for one video task", "查询一个视频任务"),
)
