"""Pixverse as its fact sheet tells it: a video from a text or a picture, told in one object by feed and callbacks."""

from __future__ import annotations

import re
from typing import Any

from studio.sandbox import members, v1
from studio.sandbox.film import POSTER, PREVIEW, RATIO, VIDEO, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.runway import no_inside_200
from studio.sandbox.world import Task

POINTS = 100
LENGTHS = (5, 8, 10, 15)
TEXTS = (
    *("negative_prompt", "sound_effect_content", "lip_sync_tts_content", "lip_sync_tts_speaker_id"),
    "camera_movement",
)
WHOLE = ("seed", "template_id")
SCALES = ("horizontal", "vertical", "roll", "zoom")
QUALITY = re.compile(r"\d{3,4}p")
NEWEST = "auto"  # what an old client means that names no model


def view(task: Task) -> dict[str, Any]:
    """The feed's task object has the state as a word too, and a preview that moves."""
    told = v1.task_object(task, video_url=VIDEO, image_url=PREVIEW, poster=POSTER)
    return {"task_id": told.pop("task_id"), "state": v1.WORDS[task.state], **told}


VOICE = v1.voice(view)


def _film(body: Body) -> Film:
    """With a picture it is the image form, whose shape the picture decides. Unknown members are ignored."""
    image = bool(members.address(body, "image"))
    members.address(body, "last_image")
    prompt = members.text(body, "prompt")
    if not prompt.strip():
        raise Refused("prompt_empty")
    for name in TEXTS:
        members.text(body, name)
    for name in WHOLE:
        whole(body, name)
    _style(body)
    _sound(body)
    _motion(body)
    ratio = "" if image else members.text(body, "ratio")
    if ratio and not RATIO.fullmatch(ratio):
        raise Refused("ratio is invalid")
    quality = members.text(body, "quality")
    if quality and not QUALITY.fullmatch(quality):
        raise Refused("quality is invalid")
    model = members.text(body, "model") or NEWEST
    label = " ".join(["pixverse", model, *([quality] if quality else [])])
    return Film(prompt, ratio or "16:9", _seconds(body), label, "image" if image else "text")


def _style(body: Body) -> None:
    """A word, or the number that an old client sends."""
    value = body.get("style")
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise Refused("style must be a string or a whole number")


def _sound(body: Body) -> None:
    """The switch is a number, not true or false."""
    switch = body.get("sound_effect_switch", 0)
    if isinstance(switch, bool) or switch not in (0, 1):
        raise Refused("sound_effect_switch must be 0 or 1")


def _motion(body: Body) -> None:
    """What older models knew: checked, and of no effect."""
    members.number(body, "motion_strength", 0, 1)
    scale = members.inner(body, "motion_scale")
    for name in SCALES:
        if isinstance(value := scale.get(name, 0), bool) or not isinstance(value, int | float):
            raise Refused(f"motion_scale.{name} must be a number")
    whole(scale, "roll", of="motion_scale.")


def whole(body: Body, name: str, *, required: bool = False, of: str = "") -> int:
    """A whole number of any size, which nothing and null leave out."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | None) or (required and value is None):
        raise Refused(f"{of}{name} must be a whole number")
    return value or 0


def _seconds(body: Body) -> int:
    seconds = whole(body, "duration") or LENGTHS[0]
    if seconds not in LENGTHS:
        raise Refused(f"duration must be one of {', '.join(map(str, LENGTHS))}")
    return seconds


ROUTES = (
    Route(
        "POST",
        "/pixverse/v1/pro/generate",
        v1.submit(VOICE, _film, POINTS),
        "Text or image to video",
        "文字或图片生成视频",
        paid=True,
        no=no_inside_200,
    ),
    Route(
        "GET",
        "/pixverse/v1/pro/feed",
        v1.feed(VOICE, lambda request: request.query.get("task_id")),
        "Ask for one video task",
        "查询一个视频任务",
    ),
)
