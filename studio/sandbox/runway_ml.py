"""Runway's developer API as the fact sheet tells it: a version header, a bare task, no callback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.clock import iso
from studio.sandbox.film import VIDEO, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, Task, Voice, World

VERSION, HEADER = "2024-11-06", "X-Runway-Version"
WORDS = {"queued": "PENDING", "running": "RUNNING", "failed": "FAILED", "succeeded": "SUCCEEDED"}
GEN4 = ("1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672")
WIDE = ("1280:720", "720:1280")
VEO = (*WIDE, "1920:1080", "1080:1920")
VIDEO_RATIOS = (*GEN4, "848:480", "640:480")
# By model: the ratios and the lengths in seconds that it makes.
IMAGE_MODELS: Mapping[str, tuple[Sequence[str], Sequence[int]]] = {
    "gen3a_turbo": (("1280:768", "768:1280"), (5, 10)),
    "gen4_turbo": ((*GEN4, "1280:768"), (5, 10)),
}
TEXT_MODELS: Mapping[str, tuple[Sequence[str], Sequence[int]]] = {
    "gen4.5": (WIDE, range(2, 11)),
    "veo3.1": (VEO, (4, 6, 8)),
    "veo3.1_fast": (VEO, (4, 6, 8)),
    "veo3": (VEO, (8,)),
}
LARGEST_SEED = 4294967295
LONGEST_PROMPT = 1000
EDITED_SECONDS = 5
CREDITS_A_SECOND = 5
LINK_LIVES = 24 * 3600.0


def refused(text: str, status: int = 400) -> Answer:
    return as_json({"error": text}, status)


def versioned(handle: Callable[[World, Request, Post], Answer]) -> Callable[[World, Request, Post], Answer]:
    """Every route of this API asks for the version header."""

    def guarded(world: World, request: Request, post: Post) -> Answer:
        if request.headers.get(HEADER.lower()) != VERSION:
            return refused(f"The {HEADER} header must be {VERSION}")
        return handle(world, request, post)

    return guarded


def begin(read: Callable[[Body], Film]) -> Callable[[World, Request, Post], Answer]:
    """The handler of one submit; what it makes follows from the body."""

    @versioned
    def handle(world: World, request: Request, post: Post) -> Answer:
        body = request.json()
        try:
            _seed(body)
            film = read(body)
        except Refused as refusal:
            return refused(str(refusal))
        points = Decimal(film.seconds * CREDITS_A_SECOND)
        task = Task(request.path, film.prompt, film, points, request.base, VOICE)
        world.accept(task, post)
        return replace(as_json({"id": task.id}), task=task)

    return handle


@versioned
def get(world: World, request: Request, post: Post) -> Answer:
    """GET /runwayml/v1/tasks/{task_id}. A new task may not be known yet, which is told inside HTTP 200."""
    with world.lock:
        task = world.tasks.get(request.steps["task_id"])
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return as_json({"code": "task_not_exist", "message": "task not exist", "data": None})
        task.share = world.share(task)
        return as_json(view(task))


def view(task: Task) -> dict[str, Any]:
    """Progress stands there only while it runs; each asking makes fresh links."""
    told: dict[str, Any] = {"id": task.id, "status": WORDS[task.state], "createdAt": iso(task.created)}
    if task.state == "running":
        told["progress"] = round(task.share, 2)
    if task.state == "failed":
        told |= {"failure": task.message, "failureCode": "INTERNAL.BAD_OUTPUT.CODE01"}
    if task.state == "succeeded":
        expires = int(task.updated + (-1.0 if task.dead_links else LINK_LIVES))
        told |= {"output": [link(task.base, task.film, VIDEO, expires)], "cost": {"credits": int(task.points)}}
    return told


VOICE = Voice(  # it makes no callbacks, so nothing is told falsely
    view=view,
    forged=lambda told, link: told,
    foreign=lambda told, id_: told,
    wrapped=lambda told: told,
)


def _image_film(body: Body) -> Film:
    model, prompt = _model(body, IMAGE_MODELS), _prompt(body)
    _pictures(body, model)
    if model == "gen3a_turbo" and not prompt.strip():
        raise Refused("promptText is required for gen3a_turbo")
    ratios, lengths = IMAGE_MODELS[model]
    usual = "" if model == "gen4_turbo" else ratios[0]
    return Film(prompt, _ratio(body, ratios, usual), _seconds(body, lengths, 10), model, "image")


def _text_film(body: Body) -> Film:
    model, prompt = _model(body, TEXT_MODELS), _prompt(body)
    if not prompt.strip():
        raise Refused("promptText is required")
    ratios, lengths = TEXT_MODELS[model]
    usual = 4 if model.startswith("veo3.1") else 0
    return Film(prompt, _ratio(body, ratios, ""), _seconds(body, lengths, usual), model, "text")


def _video_film(body: Body) -> Film:
    model, prompt = _model(body, ("gen4_aleph", "aleph2")), _prompt(body)
    if not members.address(body, "videoUri"):
        raise Refused("videoUri is required")
    if model == "gen4_aleph" and not prompt.strip():
        raise Refused("promptText is required")
    references = body.get("references", [])
    if not isinstance(references, list) or len(references) > 1:
        raise Refused("references holds at most one picture")
    usual = "" if model == "gen4_aleph" else WIDE[0]
    return Film(prompt, _ratio(body, VIDEO_RATIOS, usual), EDITED_SECONDS, model, "video")


def _model(body: Body, known: Mapping[str, Any] | Sequence[str]) -> str:
    model = members.text(body, "model")
    if model not in known:
        raise Refused(f"model must be one of {', '.join(known)}")
    return model


def _prompt(body: Body) -> str:
    prompt = members.text(body, "promptText")
    if len(prompt) > LONGEST_PROMPT:
        raise Refused(f"promptText is longer than {LONGEST_PROMPT} characters")
    return prompt


def _pictures(body: Body, model: str) -> None:
    """One picture, or a list of pictures with their places; the last frame is known to gen3a_turbo only."""
    told = body.get("promptImage")
    pictures = told if isinstance(told, list) else [{"uri": told, "position": "first"}]
    places = ("first", "last") if model == "gen3a_turbo" else ("first",)
    for each in pictures or [{}]:
        each = each if isinstance(each, dict) else {}
        uri = each.get("uri")
        if not isinstance(uri, str) or not (members.is_address(uri) or uri.startswith("data:image/")):
            raise Refused("promptImage must be a URL or a data URI")
        if each.get("position") not in places:
            raise Refused(f"promptImage.position must be {' or '.join(places)}")


def _seed(body: Body) -> None:
    seed = body.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise Refused(f"seed must be a whole number from 0 to {LARGEST_SEED}")


def _ratio(body: Body, known: Sequence[str], usual: str) -> str:
    ratio = members.choice(body, "ratio", known, usual)
    if not ratio:
        raise Refused("ratio is required")
    return ratio


def _seconds(body: Body, known: Sequence[int], usual: int) -> int:
    seconds = body.get("duration", usual)
    if isinstance(seconds, bool) or seconds not in known:
        raise Refused(f"duration must be {', '.join(map(str, known))}")
    return int(seconds)


def _submit(path: str, read: Callable[[Body], Film], en: str, zh: str) -> Route:
    return Route("POST", f"/runwayml/v1/{path}", begin(read), f"{en} (developer API)", f"{zh}（开发者 API）", paid=True)


ROUTES = (
    _submit("image_to_video", _image_film, "Image to video", "图生视频"),
    _submit("text_to_video", _text_film, "Text to video", "文生视频"),
    _submit("video_to_video", _video_film, "Video to video", "视频转视频"),
    Route("GET", "/runwayml/v1/tasks/{task_id}", get, "Ask for one task (developer API)", "查询一个任务（开发者 API）"),
)
