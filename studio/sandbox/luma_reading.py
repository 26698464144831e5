"""What stands in a body of Luma's. Unknown members are ignored, wrong ones refused."""

from __future__ import annotations

import base64
import binascii
import re

from studio.sandbox import members, pictures, stills
from studio.sandbox.film import LONGEST, RATIO, Film
from studio.sandbox.members import Body, Refused

USUAL_SECONDS, USUAL_RATIO = 5, "16:9"
OLDER, NEWER = "ray-v1", "ray-v2"  # only the newer model knows duration and resolution
LONGEST_SIDE = 9999  # a ratio has four digits
DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def film_of(body: Body, *, needs_ratio: bool) -> Film:
    """Text and pictures alike: the body decides."""
    prompt, ratio = words(body), ratio_of(body)
    if needs_ratio and not ratio:
        raise Refused("aspect_ratio is required")
    first, _ = shapes(body)
    model, seconds = members.text(body, "model_name") or OLDER, seconds_of(body)
    if not re.fullmatch(r"\d{3,4}p", members.text(body, "resolution") or "720p"):
        raise Refused("resolution is invalid")
    if model != NEWER:
        seconds = USUAL_SECONDS
    if body.get("image_url"):  # the ratio is ignored beside it
        return Film(prompt, first or USUAL_RATIO, seconds, model, "image")
    return Film(prompt, ratio or USUAL_RATIO, seconds, model, "text")


def words(body: Body) -> str:
    """The prompt; and whether the two switches are switches."""
    for name in ("expand_prompt", "loop"):
        if not isinstance(body.get(name, False), bool):
            raise Refused(f"{name} must be true or false")
    prompt = members.text(body, "user_prompt")
    if not prompt.strip():
        raise Refused("user_prompt is required")
    return prompt


def ratio_of(body: Body) -> str:
    ratio = members.text(body, "aspect_ratio")
    if ratio and not RATIO.fullmatch(ratio):
        raise Refused("aspect_ratio is invalid")
    return ratio


def seconds_of(body: Body) -> int:
    """A text with its unit; one sister gateway leaves the unit out."""
    found = re.fullmatch(r"(\d{1,2})s?", members.text(body, "duration") or f"{USUAL_SECONDS}s", re.ASCII)
    if found is None or not 0 < int(found[1]) <= LONGEST:
        raise Refused("duration is invalid")
    return int(found[1])


def shapes(body: Body) -> list[str]:
    """The ratio of first and last frame, "" where there is none or it would have to be fetched."""
    return [_shape(members.text(body, name), name) for name in ("image_url", "image_end_url")]


def _shape(value: str, name: str) -> str:
    if not value:
        return ""
    if members.is_address(value):
        return pictures.ratio_of(value, name)
    found = DATA.fullmatch(value)
    if found is None:
        raise Refused(f"{name} is neither an address nor a data URI")
    try:
        picture = stills.opened(base64.b64decode("".join(found[1].split()), validate=True))
    except (binascii.Error, stills.NoPicture):
        raise Refused(f"{name} is no picture") from None
    parts = -(-max(picture.size) // LONGEST_SIDE)
    return ":".join(str(max(1, side // parts)) for side in picture.size)
