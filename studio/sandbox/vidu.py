"""Vidu as its fact sheet tells it: one task object for all, a query that gives fresh links, and a stream to watch by.

No refusal of the service is recorded: the one here is of a shape that clients are known to read.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import FPS, PICTURE, POSTER, VIDEO, Film, link
from studio.sandbox.looking import UNREACHED
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.vidu_reading import film_of
from studio.sandbox.wire import Answer, Request, as_events, as_json, error
from studio.sandbox.world import FAILS_AT, FINAL, WAIT_IN_LINE, Post, Task, Voice, World

TASKS = "/vidu/v1/tasks"
WORDS = {"queued": "queueing", "running": "processing", "failed": "failed", "succeeded": "success"}
UPSCALE, UPSCALER = "upscale", "stable"
MODELS = re.compile(r"vidu[\w.\-]{0,40}|\d+\.\d+")
POINTS_A_SECOND = 4
UPSCALE_TAKES = (80.0, 120.0)  # seconds of work
LINK_LIVES = 3600.0  # how long is not told: long enough to copy the file at once
NEXT = 54  # from a task's id to that of its creation
BEAT = 5.0  # seconds between two lines of the stream


def refused(status: int, code: str, message: str) -> Answer:
    return as_json({"err_code": code, "message": message}, status)


def submit(world: World, request: Request, post: Post) -> Answer:
    """POST /vidu/v1/tasks: a new film, or a sharper copy of one, as its type says."""
    body = request.json()
    try:
        upscaled = members.text(body, "type") == UPSCALE
        film = _upscaled(world, body) if upscaled else film_of(body)
    except Refused as refusal:
        missing = str(refusal).endswith("is required")
        return refused(400, "FieldLacking" if missing else "FieldInvalid", str(refusal))
    except LookupError as unknown:
        return refused(404, "CreationNotFound", str(unknown.args[0]))
    if not upscaled and not MODELS.fullmatch(film.model):
        return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
    points = Decimal(POINTS_A_SECOND * (film.seconds or 1))
    task = Task(request.path, film.prompt, film, points, request.base, VOICE, asked=body, id=_new_id())
    if upscaled:
        task.takes = UPSCALE_TAKES
    world.accept(task, post)
    return replace(as_json(told(task, world.clock.wall)), task=task)


def get(world: World, request: Request, post: Post) -> Answer:
    """GET /vidu/v1/tasks/{id}. Its links are fresh each time."""
    with world.lock:
        task = _known(world, request.steps["id"])
        return as_json(told(task, world.clock.wall)) if task else _no_task()


def watch(world: World, request: Request, post: Post) -> Answer:
    """GET /vidu/v1/tasks/state?id=...: a line every few seconds until the task ends.

    What a task's way will be is decided when it is accepted, so the lines to come are known; where the clock stands
    still they come at once.
    """
    with world.lock:
        if (task := _known(world, request.query.get("id", ""))) is None:
            return _no_task()
        words, pause = list(_ahead(task, world.clock.gateway)), BEAT / world.clock.speed
    lines = [{"state": word, "estimated_time_left": 0, "err_code": ""} for word in words]
    lines[-1]["err_code"] = _code(task) if words[-1] == WORDS["failed"] else ""
    return as_events(lines, pause=pause, done=False)


def _ahead(task: Task, now: float) -> Iterator[str]:
    ends = task.began + task.run * (FAILS_AT if task.fails else 1.0)
    while task.state not in FINAL and now < ends:
        yield WORDS["queued" if now < task.began + WAIT_IN_LINE else "running"]
        now += BEAT
    yield WORDS[task.state if task.state in FINAL else "failed" if task.fails else "succeeded"]


def told(task: Task, now: float) -> dict[str, Any]:
    """The task object of every answer; `now` is when its links begin to age."""
    given = task.asked.get("input") or {}
    prompts = [{**part, "recaption": ""} if part.get("type") == "text" else part for part in given.get("prompts", [])]
    return {
        "id": task.id,
        "input": {"creation_id": given.get("creation_id", "0"), "prompts": prompts, "lang": ""},
        "settings": task.asked["settings"],
        "type": task.asked["type"],
        "state": WORDS[task.state],
        "creations": [_creation(task, now)] if task.state == "succeeded" else [],
        "err_code": _code(task) if task.state == "failed" else "",
        "created_at": f"{datetime.fromtimestamp(task.created, UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def _creation(task: Task, now: float) -> dict[str, Any]:
    film, expires = task.film, int(task.updated - 1.0 if task.dead_links else now + LINK_LIVES)
    width, height = film.size
    creation: dict[str, Any] = {"id": _creation_id(task), "task_id": task.id}
    creation |= {"type": "video" if film.seconds else "image", "grade": "draft"}
    creation["uri"] = link(task.base, film, VIDEO if film.seconds else PICTURE, expires)
    creation["cover_uri"] = link(task.base, film, POSTER, expires)
    creation["resolution"] = {"width": width, "height": height}
    if film.seconds:
        creation["video"] = {"duration": float(film.seconds), "fps": FPS}
    return creation | {"err_code": ""}


def _code(task: Task) -> str:
    unreached = task.post is not None and UNREACHED in task.post.faults
    return "ImageDownloadFailure" if unreached else "InternalServiceFailure"


VOICE = Voice(  # nothing is called back: only `view` is ever asked
    view=lambda task: told(task, task.updated),
    forged=lambda told, url: told,
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: {"data": told},
    retells=(),
)


def _upscaled(world: World, body: Body) -> Film:
    """The film of a creation once more. Raises Refused; LookupError for a creation that is not there."""
    settings = members.inner(body, "settings")
    wanted = members.text(members.inner(body, "input"), "creation_id")
    if not wanted or "duration" not in settings:
        raise Refused("input.creation_id is required" if not wanted else "settings.duration is required")
    if members.text(settings, "model") != UPSCALER:
        raise Refused("settings.model is invalid")
    with world.lock:
        known = (task for task in world.tasks.values() if task.voice is VOICE and task.state == "succeeded")
        source = next((task for task in known if _creation_id(task) == wanted), None)
    if source is None:
        raise LookupError("creation not found")
    if source.asked["type"] == UPSCALE or not source.film.seconds:
        raise Refused("input.creation_id is of a creation that cannot be upscaled")
    if settings["duration"] != source.film.seconds or isinstance(settings["duration"], bool):
        raise Refused("settings.duration must be that of the creation")
    return replace(source.film, model=f"{source.film.model} · {UPSCALE}")


def _known(world: World, id_: str) -> Task | None:
    task = world.tasks.get(id_)
    return task if task and task.voice is VOICE and world.clock.gateway >= task.known_from else None


def _no_task() -> Answer:
    return refused(404, "TaskNotFound", "task not found")


def _new_id() -> str:
    return f"237{secrets.randbelow(10**13):013}"


def _creation_id(task: Task) -> str:
    return str(int(task.id) + NEXT)


OWN = (
    partial(refused, 429, "TooManyRequests", "too many requests"),
    partial(refused, 403, "CreditInsufficient", "insufficient credits"),
    partial(refused, 503, "ModelUnavailable", "the model is not available"),
)
ROUTES = (
    Route("POST", TASKS, submit, "Make a video, or a sharper copy of one", "创建视频或高清视频", paid=True, own=OWN),
    Route("GET", f"{TASKS}/state", watch, "Watch one task", "查看一个任务的实时状态"),
    Route("GET", f"{TASKS}/{{id}}", get, "Ask for one task", "查询一个任务"),
)
