"""Stable Diffusion's older call (v1) as its fact sheet tells it: JSON in, a list of pictures out."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members, stills
from studio.sandbox.members import Refused
from studio.sandbox.routes import Route
from studio.sandbox.stable_diffusion import FILTERED, LAST_SEED, MODERATED, MODERATION, STYLES, Faulty
from studio.sandbox.stills import Still
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

XL, SIX, BETA = "stable-diffusion-xl-1024-v1-0", "stable-diffusion-v1-6", "stable-diffusion-xl-beta-v2-2-2"
XL_SIZES = (
    *((1024, 1024), (1152, 896), (896, 1152), (1216, 832), (832, 1216)),
    *((1344, 768), (768, 1344), (1536, 640), (640, 1536)),
)
USUAL = {XL: 1024, SIX: 512, BETA: 512}
PRESETS = ("NONE", "FAST_BLUE", "FAST_GREEN", "SIMPLE", "SLOW", "SLOWER", "SLOWEST")
SAMPLERS = (
    *("DDIM", "DDPM", "K_DPMPP_2M", "K_DPMPP_2S_ANCESTRAL", "K_DPM_2", "K_DPM_2_ANCESTRAL", "K_EULER"),
    *("K_EULER_ANCESTRAL", "K_HEUN", "K_LMS"),
)


def no(status: int, name: str, message: str) -> Answer:
    return as_json({"id": secrets.token_hex(16), "name": name, "message": message}, status)


def text_to_image(world: World, request: Request, post: Post) -> Answer:
    """The handler of the v1 call. Of several pictures with a word for the filter, the first is held back."""
    engine = request.steps["engine"]
    if engine not in USUAL:
        return no(404, "not_found", f"The specified engine (ID {engine}) was not found.")
    try:
        stills_asked, seed = _asked(engine, request.json())
    except Faulty as fault:
        return no(fault.status, fault.name, fault.errors[0])
    except Refused as refusal:
        return no(400, "bad_request", str(refusal))
    filtered = any(word in stills_asked[0].prompt.lower() for word in FILTERED)
    made = [
        (stills.saved(stills.paint(still, blurred=filtered and not number), "png", light=True), filtered and not number)
        for number, still in enumerate(stills_asked)
    ]
    world.charge(post, Decimal(len(made)))
    reasons = ["CONTENT_FILTERED" if held else "SUCCESS" for _, held in made]
    if "image/png" in request.headers.get("accept", ""):
        return Answer(200, made[0][0], "image/png", (("Finish-Reason", reasons[0]), ("Seed", str(seed))))
    artifacts = [
        {"base64": base64.b64encode(picture).decode(), "seed": seed + number, "finishReason": reason}
        for number, ((picture, _), reason) in enumerate(zip(made, reasons, strict=True))
    ]
    return as_json({"artifacts": artifacts})


def _asked(engine: str, body: dict[str, Any]) -> tuple[list[Still], int]:
    prompts = body.get("text_prompts")
    if not isinstance(prompts, list) or not prompts or not all(isinstance(each, dict) for each in prompts):
        raise Refused("text_prompts: must hold at least one prompt")
    for each in prompts:
        if not 0 < len(members.text(each, "text")) <= 2000:
            raise Refused("text_prompts.text: must have 1 to 2000 characters")
        members.number(each, "weight", -10, 10, "text_prompts.")
    text = " ".join(each["text"] for each in prompts if each.get("weight", 1) > 0) or prompts[0]["text"]
    if any(word in text.lower() for word in MODERATED):
        raise Faulty(403, "content_moderation", MODERATION)
    members.number(body, "cfg_scale", 0, 35)
    members.number(body, "steps", 10, 150)
    members.choice(body, "clip_guidance_preset", PRESETS)
    members.choice(body, "sampler", SAMPLERS)
    members.choice(body, "style_preset", STYLES)
    count = int(members.number(body, "samples", 1, 10))
    seed = int(members.number(body, "seed", 0, LAST_SEED + 1)) or 1 + secrets.randbelow(LAST_SEED)
    width, height = (int(body.get(name) or USUAL[engine]) for name in ("width", "height"))
    _check_size(engine, width, height)
    still = Still(text, f"{width}:{height}", 0, engine, "text", 1, count, width=width, height=height)
    return [replace(still, number=number) for number in range(1, count + 1)], seed


def _check_size(engine: str, width: int, height: int) -> None:
    pairs = ", ".join(f"{wide}x{high}" for wide, high in XL_SIZES)
    if engine == XL and (width, height) not in XL_SIZES:
        raise Faulty(400, "invalid_sdxl_v1_dimensions", f"for {XL} the allowed dimensions are {pairs}")
    low, high, other = (320, 1536, 1536) if engine == SIX else (128, 896, 512)
    sides = sorted((width, height))
    if width % 64 or height % 64 or sides[0] < low or (engine != XL and (sides[1] > high or sides[0] > other)):
        raise Refused("height and width: must be multiples of 64 within the limits of the engine")


def _filtered() -> Answer:
    return as_json({"artifacts": [{"seed": 1, "finishReason": "CONTENT_FILTERED"}]})


# 404 has no word in any document; this one is made up.
OWN = (
    partial(no, 404, "not_found", "The requested resource could not be found."),
    partial(no, 500, "internal_error", "An unexpected server error has occurred, please try again later."),
)

ROUTES = (
    Route(
        "POST",
        "/sd/v1/generation/{engine}/text-to-image",
        text_to_image,
        "Text to pictures, the older call",
        "文字生成图片（旧接口）",
        paid=True,
        no=_filtered,
        own=OWN,
    ),
)
