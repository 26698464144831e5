"""Viggle's later developer API, of which the fact sheet takes what it knows of Multi and of the credits.

At which path the gateway has it is not known; here it stands behind the gateway's prefix. A no has a text and a code;
the texts here are made up, the codes are those of the API's reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members, viggle_shelf
from studio.sandbox.clock import iso
from studio.sandbox.film import VIDEO, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.parts import NoForm, Upload, form
from studio.sandbox.routes import Route
from studio.sandbox.viggle_shelf import TEMPLATES, Thing
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, Task, Voice, World

RENDER = "/viggle/api/render"
STATUS = {"queued": "queued", "running": "processing", "failed": "failed", "succeeded": "complete"}
MODELS = ("V4_Preview", "V3_Preview")
BACKGROUNDS = ("original", "solid", "transparent")
LONGEST = 5 * 60
PURCHASED = 1000
NO_PICTURE, NO_VIDEO, TOO_LONG, NO_CREDITS = "CS-ORIV-001", "CS-ORIV-002", "CS-ORIV-004", "CS-ORCR-001"


class Faulty(Refused):
    """A no that has a code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def no(status: int, text: str, code: str = "") -> Answer:
    told = {"error_code": code, "message": text, "action": ""} if code else {"message": text}
    return as_json({"detail": told}, status)


def scene(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/api/scenes/import: a template becomes a scene, whose people have numbers."""
    try:
        name = members.text(request.json(), "template_id")
    except Refused as refusal:
        return no(400, str(refusal))
    if name not in TEMPLATES:
        return no(404 if name else 400, "no such template" if name else "template_id is required")
    thing = replace(TEMPLATES[name].thing, kind="scene")
    task = viggle_shelf.keep(world, request, post, thing, VOICE)
    return replace(as_json({"scene_id": task.id, "character_uuids": list(thing.figures)}), task=task)


def render(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/api/render, as a form in parts or as JSON: a picture and a video, or characters and a scene."""
    try:
        texts, files = _sent(request)
        film = _asked(world, texts, files)
    except Refused as refusal:
        return no(400, str(refusal), refusal.code if isinstance(refusal, Faulty) else "")
    task = Task(request.path, film.prompt, film, Decimal(film.seconds), request.base, VOICE, asked=texts)
    world.accept(task, post)
    at = f"{RENDER}/{task.id}"
    told = {"job_id": task.id, "status": "queued", "mode": _mode(task), "enqueued_at": iso(task.created)}
    return replace(as_json(told | {"poll_url": at, "status_url": at}), task=task)


def _sent(request: Request) -> tuple[Body, Mapping[str, Upload]]:
    """What the request holds; of a form, an object is a text of JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return request.json(), {}
    try:
        sent = form(request)
        texts: Body = dict(sent.texts)
        if "character_mapping" in texts:
            texts["character_mapping"] = json.loads(texts["character_mapping"])
    except NoForm as fault:
        raise Refused(str(fault)) from fault
    except json.JSONDecodeError as fault:
        raise Refused("character_mapping is no JSON") from fault
    return texts, sent.files


def _asked(world: World, texts: Body, files: Mapping[str, Upload]) -> Film:
    figures, motion = _of_scene(world, texts) if texts.get("scene_id") else _of_files(files)
    model = members.choice(texts, "model", MODELS, MODELS[0])
    background = members.choice(texts, "background_mode", BACKGROUNDS, BACKGROUNDS[0])
    colour = members.text(texts, "bg_color")
    if colour and not _is_colour(colour):
        raise Refused("bg_color must be three numbers up to 255")
    words = f"{figures}: {motion.name}, {' '.join(filter(None, (background, colour)))}"
    return Film(words, motion.ratio, viggle_shelf.shown_seconds(motion), model, motion.kind)


def _of_files(files: Mapping[str, Upload]) -> tuple[str, Thing]:
    if "ref_image" not in files or not files["ref_image"].content:
        raise Faulty(NO_PICTURE, "a picture of the figure is required")
    if "driving_video" not in files or not files["driving_video"].content:
        raise Faulty(NO_VIDEO, "a driving video is required")
    motion = viggle_shelf.video(files["driving_video"], "")
    if motion.seconds > LONGEST:
        raise Faulty(TOO_LONG, "the driving video is longer than 5 minutes")
    return viggle_shelf.picture(files["ref_image"]).name, motion


def _of_scene(world: World, texts: Body) -> tuple[str, Thing]:
    """Who stands in for whom; people of the scene that nobody stands in for stay."""
    motion = viggle_shelf.found(world, members.text(texts, "scene_id"), "scene", "scene_id")
    mapping = members.inner(texts, "character_mapping")
    if strange := sorted(set(mapping) - set(motion.figures)):
        raise Refused(f"character_mapping: nobody in this scene is {strange[0]}")
    names = [members.text(mapping, name) for name in mapping] or [members.text(texts, "character_id")]
    if not all(names):
        raise Refused("character_id or character_mapping is required")
    return " and ".join(names), motion


def _is_colour(text: str) -> bool:
    parts = text.split(",")
    return len(parts) == 3 and all(part.isdecimal() and int(part) <= 255 for part in parts)


def query(world: World, request: Request, post: Post) -> Answer:
    """GET /viggle/api/render/{job_id}"""
    with world.lock:
        task = world.tasks.get(request.steps["job_id"])
        if task is None or task.path != RENDER or world.clock.gateway < task.known_from:
            return no(404, "no such job")
        return as_json(view(task) | {"progress_pct": round(100 * world.share(task))})


def view(task: Task) -> dict[str, Any]:
    """The job; a transparent one has a mask beside it."""
    done, failed = task.state == "succeeded", task.state == "failed"
    mask = replace(task.film, prompt="mask", source="mask")
    masked = done and task.asked.get("background_mode") == "transparent"
    return {
        "job_id": task.id,
        "status": STATUS[task.state],
        "mode": _mode(task),
        "cdn_url": _video(task, task.film) if done else None,
        "mask_cdn_url": _video(task, mask) if masked else None,
        "error_code": "CS-UORC01-009" if failed else None,
        "error_message": task.message if failed else None,
        "created_at": iso(task.created),
    }


def _mode(task: Task) -> str:
    return "preprocessed" if task.asked.get("scene_id") else "full_pipeline"


def _video(task: Task, film: Film) -> str:
    return viggle_shelf.files(task.base, film, task.updated, dead=task.dead_links)(VIDEO)


def credits_left(world: World, request: Request, post: Post) -> Answer:
    """GET /viggle/api/credits"""
    used = int(world.charged - world.refunded)
    left = {"balance": PURCHASED - used, "credits": PURCHASED - used}
    return as_json(left | {"total_purchased": PURCHASED, "total_used": used, "updated_at": iso(world.clock.wall)})


VOICE = Voice(  # nothing here calls back
    view=view,
    forged=lambda told, url: told | {"status": "complete", "cdn_url": url},
    foreign=lambda told, id_: told | {"job_id": id_},
    wrapped=lambda told: {"data": told},
    retells=(),
)
OWN = (partial(no, 402, "the credits of this account are used up", NO_CREDITS), partial(no, 429, "too many jobs"))
ROUTES = (
    Route(
        *("POST", "/viggle/api/scenes/import", scene, "Make a scene of a template", "把模板变成场景"),
        paid=True,
        own=OWN,
    ),
    Route("POST", RENDER, render, "Put figures into a scene", "替换场景中的人物", paid=True, own=OWN),
    Route("GET", f"{RENDER}/{{job_id}}", query, "Ask for one job", "查询一个任务"),
    Route("GET", "/viggle/api/credits", credits_left, "Credits that are left", "剩余积分"),
)
