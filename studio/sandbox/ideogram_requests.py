"""What stands in an image_request of Ideogram's: read, and held to what the fact sheet allows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from studio.sandbox import members
from studio.sandbox.members import Body, Refused

Call = Literal["generate", "remix", "upscale"]
MODEL = re.compile(r"V_\d\w{0,20}")
OLDEST, NEWEST = ("V_1", "V_1_TURBO"), ("V_2A", "V_2A_TURBO")
SIZES = {
    **{"ASPECT_1_1": (1024, 1024), "ASPECT_10_16": (800, 1280), "ASPECT_16_10": (1280, 800)},
    **{"ASPECT_9_16": (736, 1312), "ASPECT_16_9": (1312, 736), "ASPECT_3_2": (1248, 832), "ASPECT_2_3": (832, 1248)},
    **{"ASPECT_4_3": (1152, 864), "ASPECT_3_4": (864, 1152), "ASPECT_1_3": (512, 1536), "ASPECT_3_1": (1536, 512)},
}
RESOLUTION = re.compile(r"RESOLUTION_([1-9]\d{2,3})_([1-9]\d{2,3})")
SHORTEST, LONGEST = 512, 1536  # sides of the listed resolutions
STYLES = ("AUTO", "GENERAL", "REALISTIC", "DESIGN", "RENDER_3D", "ANIME")
PALETTES = ("EMBER", "FRESH", "JUNGLE", "MAGIC", "MELON", "MOSAIC", "PASTEL", "ULTRAMARINE")
HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
LOOK = ("model", "aspect_ratio", "resolution", "style_type", "negative_prompt", "color_palette")
OF_OTHERS: dict[Call, tuple[str, ...]] = {  # members that belong to another call
    "generate": ("image_weight", "resemblance", "detail"),
    "remix": ("resemblance", "detail"),
    "upscale": ("image_weight", *LOOK),
}
LACKING = {  # members that these models do not have; of a model that the sheet does not name nobody knows
    "resolution": OLDEST,
    "style_type": OLDEST,
    "negative_prompt": NEWEST,
    "color_palette": (*OLDEST, *NEWEST),
}
LAST_SEED, MOST, MOST_COLOURS = 2_147_483_647, 8, 8
AS_IT_IS = 50  # where image_weight, resemblance or detail is not told


@dataclass(frozen=True)
class Asked:
    """`weight` (1 to 100) is how much stays of the picture that came in."""

    prompt: str
    model: str
    size: tuple[int, int]
    style: str
    magic: str
    seed: int | None
    count: int
    weight: int

    def used(self, more: str) -> str:
        """The prompt that is painted: with `more` behind it, unless the magic is off or there is nothing to rewrite."""
        return self.prompt if self.magic == "OFF" or not self.prompt else self.prompt + more


def read(call: Call, given: object) -> Asked:
    """`given` is the object, or its JSON text where it came as a part of a form. Raises Refused."""
    body = _object(given)
    prompt = members.text(body, "prompt")
    if call != "upscale" and not prompt.strip():
        raise Refused("image_request.prompt is required")
    model = members.text(body, "model") or "V_2"
    if not MODEL.fullmatch(model):
        raise Refused("model is invalid")
    _known_there(body, call, model)
    _palette(members.inner(body, "color_palette"))
    members.text(body, "negative_prompt")
    _whole(body, "detail", 1, 100)
    weight = _whole(body, "resemblance" if call == "upscale" else "image_weight", 1, 100)
    return Asked(
        prompt,
        model,
        _size(body),
        members.choice(body, "style_type", STYLES),
        members.choice(body, "magic_prompt_option", ("AUTO", "ON", "OFF"), "AUTO"),
        _whole(body, "seed", 0, LAST_SEED),
        _whole(body, "num_images", 1, MOST) or 1,
        AS_IT_IS if weight is None else weight,
    )


def _object(given: object) -> Body:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise Refused("image_request is no JSON") from None
    if not isinstance(given, dict):
        raise Refused("image_request is required, as an object")
    return given


def _known_there(body: Body, call: Call, model: str) -> None:
    """Nothing stands there that belongs to another call, or that the model does not have."""
    given = [name for name, value in body.items() if value not in (None, "")]
    for name in given:
        if name in OF_OTHERS[call]:
            raise Refused(f"{name} is not known to {call}")
        if model in LACKING.get(name, ()):
            raise Refused(f"{name} is not supported by {model}")


def _size(body: Body) -> tuple[int, int]:
    ratio = members.choice(body, "aspect_ratio", SIZES)
    resolution = members.text(body, "resolution")
    if ratio and resolution:
        raise Refused("aspect_ratio and resolution cannot be used together")
    if not resolution:
        return SIZES[ratio or "ASPECT_1_1"]
    found = RESOLUTION.fullmatch(resolution)
    if not found or not all(SHORTEST <= int(side) <= LONGEST for side in found.groups()):
        raise Refused("resolution is invalid")
    return int(found[1]), int(found[2])


def _palette(palette: Body) -> None:
    """A preset, or one to eight colours."""
    if not palette:
        return
    name, colours = members.choice(palette, "name", PALETTES), palette.get("members")
    if bool(name) == (colours is not None):
        raise Refused("color_palette has either a name or members")
    if name:
        return
    if not isinstance(colours, list) or not 1 <= len(colours) <= MOST_COLOURS:
        raise Refused(f"color_palette.members must be a list of 1 to {MOST_COLOURS}")
    for each in colours:
        if not isinstance(each, dict) or not HEX.fullmatch(members.text(each, "color_hex")):
            raise Refused("color_hex must be #RRGGBB or #RGB")
        members.number(each, "color_weight", 0.05, 1)


def _whole(body: Body, name: str, low: int, high: int) -> int | None:
    value: Any = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Refused(f"{name} must be a whole number from {low} to {high}")
    return value
