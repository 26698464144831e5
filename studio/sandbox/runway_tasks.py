"""Runway's web-app tasks as the fact sheet tells them: { task } in answer, query and callback alike."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.clock import iso
from studio.sandbox.film import POSTER, VIDEO, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import WAIT_IN_LINE, Post, Task, Voice, World

WORDS = {"queued": "PENDING", "running": "RUNNING", "failed": "FAILED", "succeeded": "SUCCEEDED"}
TYPES = {"gen2": "gen2", "europa": "gen3a", "gen3a_turbo": "gen3a_turbo"}  # asked for, and as the answer calls it
NEVER_EMPTY = ("init_image", "image_prompt", "extended_from_task_id", "init_video")
LARGEST_SEED = 4294967295
POINTS_A_SECOND = 10
LINK_LIVES = 24 * 3600.0


def create(world: World, request: Request, post: Post) -> Answer:
    """POST /runway/tasks. A refusal is HTTP 400 with the gateway's own error object."""
    body = request.json()
    try:
        film = _film(body)
        callback_url = members.address(body, "notify_hook")
    except Refused as refusal:
        return error(400, str(refusal), "invalid_request_error", "bad_request")
    points = Decimal(film.seconds * POINTS_A_SECOND)
    task = Task(request.path, film.prompt, film, points, request.base, VOICE, callback_url, asked=body)
    world.accept(task, post)
    return replace(as_json(view(task)), task=task)


def get(world: World, request: Request, post: Post) -> Answer:
    """GET /runway/tasks/{task_id}."""
    with world.lock:
        task = world.tasks.get(request.steps["task_id"])
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return error(404, "task not found", "invalid_request_error", "task_not_exist")
        task.share = world.share(task)
        return as_json(view(task))


def view(task: Task) -> dict[str, Any]:
    """Progress is a fraction as text, null before the start; what failed says why in progressText."""
    options = task.asked.get("options") or {}
    told: dict[str, Any] = {
        "id": task.id,
        "name": options.get("name") or "",
        "taskType": TYPES[task.asked["taskType"]],
        "status": WORDS[task.state],
        "error": "generation_failed" if task.state == "failed" else None,
        "progressText": task.message,
        "progressRatio": None if task.state == "queued" else f"{task.share:.2f}".rstrip("0").rstrip("."),
        "createdAt": iso(task.created),
        "updatedAt": iso(task.updated),
        "options": options,
        "artifacts": [],
    }
    if task.state == "queued":
        told["estimatedTimeToStartSeconds"] = WAIT_IN_LINE
    if task.state == "succeeded":
        expires = int(task.updated + (-1.0 if task.dead_links else LINK_LIVES))
        video, preview = (link(task.base, task.film, name, expires) for name in (VIDEO, POSTER))
        told["artifacts"] = [{"url": video, "previewUrls": [preview]}]
    return {"task": told}


def _forged(told: dict[str, Any], url: str) -> dict[str, Any]:
    return {"task": told["task"] | {"status": "SUCCEEDED", "artifacts": [{"url": url, "previewUrls": []}]}}


VOICE = Voice(
    view=view,
    forged=_forged,
    foreign=lambda told, id_: {"task": told["task"] | {"id": id_}},
    wrapped=lambda told: told,  # the query's envelope is the callback's own
)


def _film(body: Body) -> Film:
    kind = members.choice(body, "taskType", TYPES)
    if not kind:
        raise Refused("taskType is required")
    options = members.inner(body, "options")
    inner = members.inner(options, "gen2Options", "options.") if kind == "gen2" else options
    for each in (options, inner):
        _never_empty(each)
    _seed(inner)
    prompt = members.text(inner, "text_prompt")
    image = members.address(inner, "image_prompt" if kind == "gen2" else "init_image")
    video = members.address(options, "video_prompt") or members.address(options, "init_video")
    if kind == "gen3a_turbo" and not image:
        raise Refused("options.init_image is required for gen3a_turbo")
    if not prompt.strip() and not image and not video:
        raise Refused("text_prompt is required")
    if options.get("video_prompt") and "structure_transformation" not in options:
        raise Refused("options.structure_transformation is required with video_prompt")
    members.number(options, "structure_transformation", 0, 1, "options.")
    source = "video" if video else "image" if image else "text"
    return Film(prompt, _ratio(options), _seconds(options, kind), kind, source)


def _never_empty(options: Body) -> None:
    for name in NEVER_EMPTY:
        if name in options and not options[name]:
            raise Refused(f"{name} must not be empty")


def _seed(options: Body) -> None:
    seed = options.get("seed")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise Refused(f"seed must be a whole number from 0 to {LARGEST_SEED}")


def _seconds(options: Body, kind: str) -> int:
    known = (4,) if kind == "gen2" else (5, 10)
    seconds = options.get("seconds")
    if not isinstance(seconds, int) or seconds not in known:
        raise Refused(f"options.seconds must be {' or '.join(map(str, known))}")
    return int(seconds)


def _ratio(options: Body) -> str:
    sizes = [options.get(name, usual) for name, usual in (("width", 1280), ("height", 768))]
    if any(isinstance(size, bool) or not isinstance(size, int) or not 0 < size < 10_000 for size in sizes):
        raise Refused("options.width and options.height must be pixels")
    return f"{sizes[0]}:{sizes[1]}"


ROUTES = (
    Route("POST", "/runway/tasks", create, "Web-app task: text, image or video to video", "官方格式任务", paid=True),
    Route("GET", "/runway/tasks/{task_id}", get, "Ask for one web-app task", "查询一个官方格式任务"),
)
