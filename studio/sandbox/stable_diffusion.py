"""Stable Diffusion's newer calls (v2beta) as its fact sheet tells them: a form in parts, answered with one picture.

Words decide what the filters say: a prompt with "nude" or "gore" is refused, one with "blood" is painted and held back.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from PIL import Image

from studio.sandbox import stills
from studio.sandbox.parts import Form, NoForm, form
from studio.sandbox.routes import Route
from studio.sandbox.stills import MEDIA_TYPES, Still
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

SIZES = {
    **{"16:9": (1344, 768), "1:1": (1024, 1024), "21:9": (1536, 640), "2:3": (832, 1216), "3:2": (1216, 832)},
    **{"4:5": (896, 1088), "5:4": (1088, 896), "9:16": (768, 1344), "9:21": (640, 1536)},
}
STYLES = (
    *("3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art", "enhance", "fantasy-art"),
    *("isometric", "line-art", "low-poly", "modeling-compound", "neon-punk", "origami", "photographic", "pixel-art"),
    "tile-texture",
)
LARGEST, LONGEST, SHORTEST_SIDE, LAST_SEED = 10 * 1024 * 1024, 10_000, 64, 4_294_967_294
MODERATED, FILTERED = ("nude", "gore"), ("blood",)
MODERATION = "Your request was flagged by our content moderation system, as a result your request was denied."


@dataclass(frozen=True)
class Kind:
    """One v2beta call: what it takes, and its price in points."""

    name: str
    points: int
    files: Collection[str] = tuple(MEDIA_TYPES)
    has_mode: bool = False
    takes_picture: bool = True


class Faulty(Exception):
    """The call says no: HTTP status, the word for it, and a text for each thing that is wrong."""

    def __init__(self, status: int, name: str, *errors: str) -> None:
        super().__init__(name, *errors)
        self.status, self.name, self.errors = status, name, errors


def no(status: int, name: str, *errors: str) -> Answer:
    return as_json({"id": secrets.token_hex(16), "name": name, "errors": list(errors)}, status)


def generate(kind: Kind, world: World, request: Request, post: Post) -> Answer:
    """The handler of one v2beta call."""
    if len(request.body) > LARGEST:
        return no(413, "payload_too_large", "the request is larger than 10 MiB")
    try:
        sent = form(request)
        still, file_type = read(kind, sent)
        over = start(kind, sent)
    except NoForm as fault:
        return no(400, "bad_request", str(fault))
    except Faulty as fault:
        return no(fault.status, fault.name, *fault.errors)
    if any(word in still.prompt.lower() for word in MODERATED):
        return no(403, "content_moderation", MODERATION)
    filtered = any(word in still.prompt.lower() for word in FILTERED)
    if over is not None:
        still = fitted(still, over)
    share = float(sent.texts.get("strength") or 1)
    picture = stills.saved(stills.paint(still, over=over, share=share, blurred=filtered), file_type)
    world.charge(post, Decimal(kind.points))
    seed = int(sent.texts.get("seed") or 0) or 1 + secrets.randbelow(LAST_SEED)
    return told(request, picture, file_type, "CONTENT_FILTERED" if filtered else "SUCCESS", seed)


def told(request: Request, picture: bytes, file_type: str, reason: str, seed: int) -> Answer:
    """JSON only where it is asked for; else the picture itself, and the rest in headers."""
    if "application/json" in request.headers.get("accept", ""):
        return as_json({"image": base64.b64encode(picture).decode(), "finish_reason": reason, "seed": seed})
    return Answer(200, picture, MEDIA_TYPES[file_type], (("finish-reason", reason), ("seed", str(seed))))


def read(kind: Kind, sent: Form) -> tuple[Still, str]:
    """The picture that is asked for and its kind of file. Everything that is wrong is told at once."""
    texts, wrong = sent.texts, []

    def checked(name: str, fits: Callable[[str], bool], must: str) -> str:
        value = texts.get(name, "")
        if value and not fits(value):
            wrong.append(f"{name}: must be {must}")
        return value

    prompt = checked("prompt", lambda text: len(text) <= LONGEST, f"at most {LONGEST} characters")
    if not prompt.strip():
        wrong.append("prompt: is required")
    checked("negative_prompt", lambda text: len(text) <= LONGEST, f"at most {LONGEST} characters")
    ratio = checked("aspect_ratio", SIZES.__contains__, "one of " + ", ".join(SIZES)) or "1:1"
    checked("seed", lambda text: text.isdecimal() and int(text) <= LAST_SEED, f"a whole number from 0 to {LAST_SEED}")
    file_type = checked("output_format", kind.files.__contains__, "one of " + ", ".join(kind.files)) or "png"
    checked("style_preset", STYLES.__contains__, "one of the known styles")
    checked("strength", lambda text: _between(text, 0, 1), "a number from 0 to 1")
    checked("cfg_scale", lambda text: _between(text, 1, 10), "a number from 1 to 10")
    if kind.has_mode:
        checked("mode", {"text-to-image", "image-to-image"}.__contains__, "text-to-image or image-to-image")
    if guided(kind, sent) and not texts.get("strength"):
        wrong.append("strength: is required with an image")
    if wrong:
        raise Faulty(400, "bad_request", *wrong)
    model = texts.get("model") or kind.name
    width, height = SIZES[ratio]
    return Still(
        prompt, ratio, 0, model, "image" if guided(kind, sent) else "text", width=width, height=height
    ), file_type


def guided(kind: Kind, sent: Form) -> bool:
    """Is there a picture to begin from? An empty file part is how some clients make a form of parts at all."""
    if kind.has_mode:
        return sent.texts.get("mode") == "image-to-image"
    return kind.takes_picture and bool(sent.files.get("image") and sent.files["image"].content)


def start(kind: Kind, sent: Form) -> Image.Image | None:
    """The picture to begin from. Raises Faulty where one is needed and none that can be used is there."""
    if not guided(kind, sent):
        return None
    file = sent.files.get("image")
    if file is None or not file.content:
        raise Faulty(400, "bad_request", "image: is required")
    try:
        picture = stills.opened(file.content)
    except stills.NoPicture:
        raise Faulty(400, "bad_request", "image: must be a JPEG, PNG or WebP file") from None
    if min(picture.size) < SHORTEST_SIDE:
        raise Faulty(422, "unprocessable_entity", f"image: each side must have at least {SHORTEST_SIDE} pixels")
    return picture


def fitted(still: Still, over: Image.Image) -> Still:
    """The size of what it begins from, brought to about a million pixels in steps of 64."""
    scale = (1024 * 1024 / (over.width * over.height)) ** 0.5
    wide, high = (max(64, min(2048, 64 * round(side * scale / 64))) for side in over.size)
    return replace(still, ratio=f"{wide}:{high}", width=wide, height=high)


def _between(text: str, low: float, high: float) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


# The errors that no body causes; 402 and 404 have no word in any document, theirs are made up.
OWN = (
    partial(no, 402, "payment_required", "You lack sufficient credits to make this request."),
    partial(no, 404, "not_found", "The requested resource could not be found."),
    partial(no, 429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within 10 seconds."),
    partial(no, 500, "internal_error", "An unexpected server error has occurred, please try again later."),
)


def _filtered() -> Answer:
    return as_json({"finish_reason": "CONTENT_FILTERED"})


def _route(kind: Kind, en: str, zh: str) -> Route:
    path = f"/sd/v2beta/stable-image/generate/{kind.name}"
    return Route("POST", path, partial(generate, kind), en, zh, paid=True, no=_filtered, own=OWN)


ROUTES = (
    _route(Kind("ultra", 8), "Text to the best picture", "文字生成高质量图片"),
    _route(Kind("core", 3, takes_picture=False), "Text to a picture, quickly", "文字快速生成图片"),
    _route(Kind("sd3", 6, files=("png", "jpeg"), has_mode=True), "Text or picture to a picture", "文字或图片生成图片"),
)
