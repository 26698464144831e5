"""What stands in a body of Midjourney's: prompts with their own settings, pictures as data addresses, masks."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

from PIL import Image

from studio.sandbox import members, stills
from studio.sandbox.film import Film
from studio.sandbox.members import Body, Refused

LONGEST_STATE = 255
LARGEST = 20 * 1024 * 1024
FORBIDDEN = ("gory", "血腥")
RATIO = re.compile(r"--ar\s+([1-9]\d{0,2}):([1-9]\d{0,2})(?!\S)")
VERSION = re.compile(r"--(?:v|niji)\s+([\d.]+)")
SETTINGS = re.compile(r"\s--[a-z].*$", re.DOTALL)
DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def banned(body: Body) -> str:
    """The first forbidden word of the prompt."""
    prompt = body.get("prompt")
    return next((word for word in FORBIDDEN if isinstance(prompt, str) and word in prompt.lower()), "")


def film_of(body: Body, *, needed: bool, source: str) -> Film:
    prompt = members.text(body, "prompt")
    if needed and not prompt.strip():
        raise Refused("prompt不能为空")
    return film_from(prompt, source)


def film_from(prompt: str, source: str) -> Film:
    """What a prompt asks for: its words, and the shape that its settings give."""
    ratio, version = RATIO.search(prompt), VERSION.search(prompt)
    shape = f"{ratio[1]}:{ratio[2]}" if ratio else "1:1"
    return Film(SETTINGS.sub("", prompt).strip(), shape, 0, f"v{version[1]}" if version else "v6.1", source)


def pictures(body: Body, name: str, least: int, most: int) -> list[str]:
    """The ratio of each picture, "" for one that would have to be fetched. Refuses what is no picture."""
    value: Any = body.get(name) or []
    given = value if isinstance(value, list) else [value]
    if not least <= len(given) <= most:
        raise Refused(f"{name} must hold {least} to {most} pictures")
    return [_ratio(each, name) for each in given]


def _ratio(value: object, name: str) -> str:
    if isinstance(value, str) and members.is_address(value):
        return ""
    picture = picture_of(value, name)
    parts = -(-max(picture.size) // 9999)
    return f"{picture.width // parts}:{picture.height // parts}"


def picture_of(value: object, name: str) -> Image.Image:
    """A picture in the text of a data address."""
    found = DATA.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Refused(f"{name}格式错误")
    try:
        content = base64.b64decode("".join(found[1].split()), validate=True)
        if len(content) > LARGEST:
            raise Refused(f"{name} is larger than 20 MB")
        return stills.opened(content)
    except (binascii.Error, stills.NoPicture):
        raise Refused(f"{name}格式错误") from None


def mask_of(body: Body, size: tuple[int, int]) -> Image.Image:
    """The mask: as large as the picture, with something white in it."""
    mask = picture_of(body.get("maskBase64"), "maskBase64").convert("L")
    if mask.size != size:
        raise Refused(f"maskBase64 is {mask.width}x{mask.height}, the picture {size[0]}x{size[1]}")
    if mask.getextrema()[1] < 200:  # type: ignore[operator]
        raise Refused("maskBase64 has nothing white in it")
    return mask


def proportions(dimensions: str) -> str:
    return {"PORTRAIT": "2:3", "SQUARE": "1:1", "LANDSCAPE": "3:2"}[dimensions]


def number_of(film: Film) -> str:
    """A seed, the same for the same picture."""
    return str(int(hashlib.sha256(film.token.encode()).hexdigest()[:8], 16))
