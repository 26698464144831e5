"""What a Vidu body asks for: its prompt is a list of parts, and its kind says how many of them are pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import LONGEST, RATIO, Film
from studio.sandbox.members import Body, Refused, is_address
from studio.sandbox.pictures import ratio_of

PICTURES = {"text2video": 0, "img2video": 1, "character2video": 1, "headtailimg2video": 2, "text2image": 0}
SEVERAL = "reference2image"  # how many it takes is not told
STILLS = frozenset({"text2image", SEVERAL})
SHAPED = frozenset({"text2video", "character2video"})  # the others have the shape of their first picture
FIRST_MODEL, FIRST_SECONDS = "vidu-1", (4, 8)
AMPLITUDES, QUEUES = ("auto", "small", "medium", "large"), ("normal", "nopeak")
HANDLE = "ssupload:"


@dataclass(frozen=True)
class Prompt:
    text: str
    pictures: tuple[str, ...]


def film_of(body: Body) -> Film:
    """The film, or the picture, that a body asks for; its model may be one of others. Raises Refused."""
    kind = members.text(body, "type")
    if kind not in PICTURES and kind != SEVERAL:
        raise Refused("type is invalid" if kind else "type is required")
    prompt = _prompt(members.inner(body, "input"), kind)
    settings = members.inner(body, "settings")
    _look(settings, kind)
    _newer(settings)
    model = members.text(settings, "model")
    version = members.text(settings, "model_version")
    if not model and not version:
        raise Refused("settings.model is required")
    seconds = _seconds(settings, model)
    source = "text" if not prompt.pictures else "image"
    return Film(prompt.text, _ratio(settings, kind, prompt), 0 if kind in STILLS else seconds, model or version, source)


def _prompt(given: Body, kind: str) -> Prompt:
    parts = given.get("prompts")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise Refused("input.prompts must be a list of parts")
    texts, pictures = [], []
    for part in parts:
        content = members.text(part, "content").strip()
        _flag(part, "enhance")
        if not content:
            raise Refused("input.prompts: content is required")
        if members.choice(part, "type", ("text", "image", "material")) == "text":
            texts.append(content)
        else:
            pictures.append(_picture(part, content))
    if len(texts) != 1:
        raise Refused("input.prompts takes one text")
    wanted = PICTURES.get(kind)
    if len(pictures) != wanted and (wanted is not None or not pictures):
        asked = "at least one" if wanted is None else wanted
        raise Refused(f"pictures in input.prompts: {asked} for {kind}, not {len(pictures)}")
    return Prompt(texts[0], tuple(pictures))


def _picture(part: Body, content: str) -> str:
    if not members.text(part, "type"):
        raise Refused("input.prompts: type is required")
    if not is_address(content) and not content.startswith(HANDLE):
        raise Refused("content is no address of a picture")
    return content


def _look(settings: Body, kind: str) -> None:
    if members.choice(settings, "style", ("general", "anime")) == "anime" and kind != "text2video":
        raise Refused("the style anime goes with text2video only")
    if (ratio := members.text(settings, "aspect_ratio")) and not RATIO.fullmatch(ratio):
        raise Refused("aspect_ratio is invalid")


def _newer(settings: Body) -> None:
    """What newer clients send besides: looked at, but without effect here."""
    members.choice(settings, "movement_amplitude", AMPLITUDES)
    members.choice(settings, "schedule_mode", QUEUES)
    for name in ("resolution", "codec", "transition"):
        members.text(settings, name)
    _flag(settings, "use_trial")
    if settings.get("sample_count", 1) != 1:
        raise Refused("sample_count is invalid")


def _seconds(settings: Body, model: str) -> int:
    if "duration" not in settings:
        raise Refused("settings.duration is required")
    seconds = members.number(settings, "duration", 1, LONGEST, "settings.")
    if seconds != int(seconds) or (model == FIRST_MODEL and seconds not in FIRST_SECONDS):
        raise Refused("settings.duration is invalid")
    return int(seconds)


def _ratio(settings: Body, kind: str, prompt: Prompt) -> str:
    first = prompt.pictures[0] if prompt.pictures else ""
    if kind not in SHAPED and is_address(first):
        return ratio_of(first, "content") or "16:9"
    return members.text(settings, "aspect_ratio") or "16:9"


def _flag(body: Body, name: str) -> None:
    value: Any = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refused(f"{name} must be true or false")
