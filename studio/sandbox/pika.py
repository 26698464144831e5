"""Pika as its fact sheet tells it: three forms of one submit and their feed, and the web site's own format."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members, v1
from studio.sandbox.film import LAST, POSTER, RATIO, VIDEO, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.runway import no_inside_200
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

POINTS = 80
SECONDS, LENGTHENED_BY = 5, 4  # a sheet's example, and what a reseller says of an extension
CAMERA = {"pan": ("left", "right"), "tilt": ("up", "down"), "rotate": ("cw", "ccw"), "zoom": ("in", "out")}
WEB_WORDS = {"queued": "queued", "running": "pending", "failed": "error", "succeeded": "finished"}
WEB_PARAMETERS = (("guidanceScale", int), ("motion", int), ("negativePrompt", str))
WEB_RATIOS = {16 / 9: "16:9", 9 / 16: "9:16", 1: "1:1", 4 / 3: "4:3", 3 / 4: "3:4"}
NEVER_EMPTY = ("image", "video")


# Three forms of one submit: a body with a video is the video form, one with an image the image form.


def view(task: Task) -> dict[str, Any]:
    return v1.task_object(task, video_url=VIDEO, poster=POSTER)


VOICE = v1.voice(view)


def _film(body: Body) -> Film:
    """Unknown members are ignored, and those of another form too; wrong ones are refused."""
    source = next((name for name in ("video", "image") if members.address(body, name)), "text")
    prompt = members.text(body, "prompt")
    if not prompt.strip():
        raise Refused("prompt_empty")
    _flag(body, "sfx", required=source == "video")
    if source != "image" and not isinstance(body.get("options"), dict):
        raise Refused("options_empty")
    options = members.inner(body, "options")
    _settings(options)
    extends = source == "video" and _flag(options, "extend")
    seconds = SECONDS + LENGTHENED_BY if extends else SECONDS
    return Film(prompt, _ratio(body, source), seconds, _model(body), source)


def _ratio(body: Body, source: str) -> str:
    ratio = members.text(body, "ratio") if source != "video" else ""
    if source == "text" and not ratio:
        raise Refused("ratio_empty")
    if ratio and not RATIO.fullmatch(ratio):
        raise Refused("ratio is invalid")
    return ratio or "16:9"


def _model(body: Body) -> str:
    """As it stands on the picture: the version, and the effect where there is one."""
    model, style = body.get("model", 1.5), members.text(body, "style")
    if isinstance(model, bool) or not isinstance(model, int | float):
        raise Refused("model must be a number")
    return f"pika {model:g} {style}".strip()


def _settings(options: Body) -> None:
    if "frameRate" in options:
        _whole(options, "frameRate", 8, 24)
    camera = members.inner(options, "camera", "options.")
    for name, ways in CAMERA.items():
        members.choice(camera, name, ways)
    parameters = members.inner(options, "parameters", "options.")
    for name, low, high in (("guidanceScale", 5, 25), ("motion", 0, 4)):
        if name in parameters:
            _whole(parameters, name, low, high)
    members.text(parameters, "negativePrompt")
    if "seed" in parameters and (isinstance(parameters["seed"], bool) or not isinstance(parameters["seed"], int)):
        raise Refused("seed must be a whole number")


def _whole(body: Body, name: str, low: int, high: int) -> None:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(f"{name} must be a whole number from {low} to {high}")


def _flag(body: Body, name: str, *, required: bool = False) -> bool:
    value = body.get(name)
    if not isinstance(value, bool) and (required or value is not None):
        raise Refused(f"{name} must be true or false")
    return bool(value)


# The web site's own format.


def web_generate(world: World, request: Request, post: Post) -> Answer:
    """POST /pika/generate. A refusal is HTTP 400 with the gateway's own error object; nobody is called back."""
    try:
        film = _web_film(request.json())
    except Refused as refusal:
        return error(400, str(refusal), "invalid_request_error", "bad_request")
    task = Task(request.path, film.prompt, film, Decimal(POINTS), request.base, WEB)
    world.accept(task, post)
    return replace(as_json({"id": task.id}), task=task)


def web_feed(world: World, request: Request, post: Post) -> Answer:
    """GET /pika/feed/{task_id}."""
    with world.lock:
        task = world.tasks.get(request.steps["task_id"])
        if task is None or task.voice is not WEB or world.clock.gateway < task.known_from:
            return error(404, "task not found", "invalid_request_error", "task_not_exist")
        task.share = world.share(task)
        return as_json(web_view(task))


def web_view(task: Task) -> dict[str, Any]:
    """The list is empty until the work begins; `sharingUrl` is the same clip once more."""
    done = task.state == "succeeded"
    video, poster, thumbnail = (v1.address(task, name) if done else "" for name in (VIDEO, POSTER, LAST))
    told = {
        "id": task.id,
        "status": WEB_WORDS[task.state],
        "progress": 100 if done else int(task.share * 100),
        "seed": zlib.crc32(task.id.encode()),
        "resultUrl": video,
        "sharingUrl": f"{video}&shared=1" if done else "",
        "videoPoster": poster,
        "imageThumb": thumbnail,
        "duration": task.film.seconds,
        "error": task.message or "",
    }
    return {"id": task.id, "promptText": task.prompt, "videos": [] if task.state == "queued" else [told]}


WEB = Voice(
    view=web_view,
    forged=lambda told, link: told | {"videos": [{"status": "finished", "resultUrl": link}]},
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: told,
)


def _web_film(body: Body) -> Film:
    prompt = members.text(body, "promptText")
    if not prompt.strip():
        raise Refused("promptText is required")
    for name in NEVER_EMPTY:
        if name in body and not body[name]:
            raise Refused(f"{name} must not be empty")
    options = members.inner(body, "options")
    parameters = members.inner(options, "parameters", "options.")
    for name, kind in WEB_PARAMETERS:
        if not isinstance(parameters.get(name), kind) or isinstance(parameters[name], bool):
            raise Refused(f"options.parameters.{name} is required")
    extends = _flag(options, "extend", required=True)
    source = "video" if members.address(body, "video") else "image" if _picture(body) else "text"
    label = f"pika {members.text(body, 'model')} {members.text(body, 'pikaffect')}"
    seconds = SECONDS + LENGTHENED_BY if extends else SECONDS
    return Film(prompt, _web_ratio(options, source), seconds, " ".join(label.split()), source)


def _web_ratio(options: Body, source: str) -> str:
    """Width divided by height, a number; the text form's, and to be removed beside an image."""
    if source == "image" and "aspectRatio" in options:
        raise Refused("options.aspectRatio is not for an image")
    if source != "text":
        return "16:9"
    if "aspectRatio" not in options:
        raise Refused("options.aspectRatio is required")
    ratio = members.number(options, "aspectRatio", min(WEB_RATIOS), max(WEB_RATIOS), "options.")
    if ratio not in WEB_RATIOS:
        raise Refused("options.aspectRatio is invalid")
    return WEB_RATIOS[ratio]


def _picture(body: Body) -> str:
    """An address or base64 text."""
    picture = members.text(body, "image")
    if picture and not members.is_address(picture):
        try:
            base64.b64decode(picture, validate=True)
        except binascii.Error as fault:
            raise Refused("image must be a URL or base64") from fault
    return picture


ROUTES = (
    Route(
        "POST",
        "/pika/v1/pro/generate",
        v1.submit(VOICE, _film, POINTS),
        "Text, image or video to video",
        "文字、图片或视频生成视频",
        paid=True,
        no=no_inside_200,
    ),
    Route(
        "POST",
        "/pika/v1/feed",
        v1.feed(VOICE, lambda request: request.json().get("task_id")),
        "Ask for one video task",
        "查询一个视频任务",
    ),
    Route("POST", "/pika/generate", web_generate, "Video in the web format", "网页格式生成视频", paid=True),
    Route("GET", "/pika/feed/{task_id}", web_feed, "Ask for one task of the web format", "查询一个网页格式任务"),
)
