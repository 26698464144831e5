"""Ideogram's first interface as its fact sheet tells it: four calls that answer at once.

Words decide what the safety check says: a prompt with "nude" or "gore" is refused; of the pictures of one with "blood"
every other is held back, the first to begin with.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from PIL import Image

from studio.sandbox import stills
from studio.sandbox.film import Film
from studio.sandbox.ideogram_requests import Asked, read
from studio.sandbox.members import Refused
from studio.sandbox.parts import Form, NoForm, form
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

LARGEST, LONGEST_SIDE = 10 * 1024 * 1024, 4096
LINK_LIVES = 24 * 3600.0
POINTS = {"generate": Decimal(8), "remix": Decimal(8), "upscale": Decimal(6), "describe": Decimal(1)}
REFUSED, HELD = ("nude", "gore"), ("blood",)
UNSAFE_PROMPT, UNSAFE_PICTURE = "Prompt provided failed safety check.", "Image provided failed safety check."
MAGIC = ", rich in detail, soft light"
VERSIONS = ("V_2", "V_3")
HUES = ("red", "orange", "yellow", "green", "teal", "blue", "violet", "pink")


def no(status: int, words: str) -> Answer:
    """How these calls refuse: the error is a text."""
    return as_json({"error": words}, status)


def generate(world: World, request: Request, post: Post) -> Answer:
    """POST /ideogram/generate. Everything stands in image_request."""
    try:
        asked = read("generate", request.json().get("image_request"))
    except Refused as refusal:
        return no(400, str(refusal))
    film = Film(asked.used(MAGIC), "{}:{}".format(*asked.size), 0, asked.model, "text", count=asked.count)
    return answer(world, request, post, asked, film)


def remix(world: World, request: Request, post: Post) -> Answer:
    """POST /ideogram/remix. The start picture is cropped to the ratio, and stays by its weight."""
    try:
        sent = form(request)
        asked = read("remix", sent.texts.get("image_request"))
        came_in = cropped(picture(sent), asked.size)
    except (NoForm, Refused) as refusal:
        return no(400, str(refusal))
    source = stills.hint(came_in, 1 - asked.weight / 100)
    film = Film(asked.used(MAGIC), "{}:{}".format(*asked.size), 0, asked.model, source, count=asked.count)
    return answer(world, request, post, asked, film)


def upscale(world: World, request: Request, post: Post) -> Answer:
    """POST /ideogram/upscale. Both sides are doubled, as far as this gateway's pictures go."""
    try:
        sent = form(request)
        asked = read("upscale", sent.texts.get("image_request"))
        came_in = picture(sent)
    except (NoForm, Refused) as refusal:
        return no(400, str(refusal))
    scale = min(2.0, LONGEST_SIDE / max(came_in.size))
    asked = replace(asked, size=(round(came_in.width * scale), round(came_in.height * scale)))
    source = stills.hint(came_in, 1 - asked.weight / 100)
    film = Film(asked.used(MAGIC), "{}:{}".format(*asked.size), 0, "upscale", source, count=asked.count)
    return answer(world, request, post, asked, film)


def describe(world: World, request: Request, post: Post) -> Answer:
    """POST /ideogram/describe. What can be said of a picture by its colours and its shape."""
    try:
        sent = form(request)
        if sent.texts.get("describe_model_version", "V_2") not in VERSIONS:
            raise Refused("describe_model_version is invalid")
        seen = picture(sent)
    except (NoForm, Refused) as refusal:
        return no(400, str(refusal))
    world.charge(post, POINTS["describe"])
    hue, light, shape = looks(seen)
    texts = (
        f"A {light} {shape} picture in shades of {hue}.",
        f"{shape.capitalize()} composition, mostly {hue}, with {light} tones and a calm surface.",
        f"Soft {hue} forms in a {light} scene, seen from the front.",
    )
    return as_json({"descriptions": [{"text": text} for text in texts]})


# What comes in -------------------------------------------------------------------------------------------------------


def picture(sent: Form) -> Image.Image:
    file = sent.files.get("image_file")
    if file is None or not file.content:
        raise Refused("image_file is required, as a file")
    if len(file.content) > LARGEST:
        raise Refused("image_file is larger than 10 MB")
    try:
        return stills.opened(file.content)
    except stills.NoPicture:
        raise Refused("image_file must be a JPEG, PNG or WEBP") from None


def cropped(came_in: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a picture, in the ratio of this size."""
    wide, high = size
    width = min(came_in.width, round(came_in.height * wide / high))
    height = min(came_in.height, round(came_in.width * high / wide))
    left, top = (came_in.width - width) // 2, (came_in.height - height) // 2
    return came_in.crop((left, top, left + max(1, width), top + max(1, height)))


def looks(seen: Image.Image) -> tuple[str, str, str]:
    """Its hue, how light it is, and its shape."""
    hue, grey, value = seen.convert("HSV").resize((1, 1), Image.Resampling.BOX).tobytes()
    name = "grey" if grey < 30 else HUES[round(hue / 256 * len(HUES)) % len(HUES)]
    shape = "wide" if seen.width > seen.height else "tall" if seen.height > seen.width else "square"
    return name, "bright" if value > 150 else "dark", shape


# What is answered ----------------------------------------------------------------------------------------------------


def answer(world: World, request: Request, post: Post, asked: Asked, film: Film) -> Answer:
    """One entry for each picture, also for those that were held back; all are charged."""
    if any(word in asked.prompt.lower() for word in REFUSED):
        return no(422, UNSAFE_PROMPT)
    with world.lock:
        dead = world.dice.roll("expired-links")
    world.charge(post, POINTS[request.path.rpartition("/")[2]] * film.count)
    now = world.clock.wall
    expires = now + (-1.0 if dead else LINK_LIVES)
    told = [entry(request.base, asked, replace(film, number=n), expires) for n in range(1, film.count + 1)]
    return as_json({"created": datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds"), "data": told})


def entry(base: str, asked: Asked, film: Film, expires: float) -> dict[str, Any]:
    held = film.number % 2 == 1 and any(word in asked.prompt.lower() for word in HELD)
    first = secrets.randbelow(2**31) if asked.seed is None else asked.seed
    return {
        "url": None if held else stills.address(base, film, "png", expires),
        "prompt": film.prompt,
        "resolution": "{}x{}".format(*asked.size),
        "is_image_safe": not held,
        "seed": (first + film.number - 1) % 2**31,
        "style_type": asked.style or None,
    }


def held_back() -> Answer:
    """How a refusal inside HTTP 200 looks: an entry, and no picture."""
    one = {"url": None, "prompt": "", "resolution": "1024x1024", "is_image_safe": False, "seed": 1, "style_type": None}
    return as_json({"created": "2025-02-03T10:11:12.000000+00:00", "data": [one]})


def wordless() -> Answer:
    return as_json({"descriptions": []})


def _told(status: int, member: str, words: str) -> Answer:
    return as_json({member: words}, status)


# The errors that no body causes: the statuses and the shapes are in the documents, the words are made up.
OWN = (
    partial(_told, 422, "error", UNSAFE_PICTURE),
    partial(_told, 403, "message", "Not authorized to make this request."),
    partial(_told, 429, "detail", "Too many requests in flight."),
    partial(Answer, 429, b"", "text/plain"),
)


def _route(name: str, handle: Callable[[World, Request, Post], Answer], en: str, zh: str) -> Route:
    no_inside_200 = wordless if name == "describe" else held_back
    return Route("POST", f"/ideogram/{name}", handle, en, zh, paid=True, no=no_inside_200, own=OWN)


ROUTES = (
    _route("generate", generate, "Text to pictures", "文生图"),
    _route("remix", remix, "Picture and text to pictures", "混合图"),
    _route("upscale", upscale, "A picture, larger", "放大高清"),
    _route("describe", describe, "A picture in words", "描述图片"),
)
