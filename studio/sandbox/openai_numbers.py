"""OpenAI's embeddings: unit vectors that lie the closer together, the more words two texts share."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox import openai_words as words
from studio.sandbox.members import Body, Refused
from studio.sandbox.openai import no, no_model, refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

SIZES = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
FIXED = "text-embedding-ada-002"
MOST_TEXTS = 2048
POINTS = Decimal("0.001")  # for each token
UNITS = re.compile(r"\w+|[\u4e00-\u9fff]")


def embeddings(world: World, request: Request, post: Post) -> Answer:
    body = request.json()
    try:
        model, texts = members.text(body, "model"), _texts(body)
        encoding = members.choice(body, "encoding_format", ("float", "base64"), "float")
        if model not in SIZES:
            return no_model(model)
        size = _size(body, model)
    except Refused as refusal:
        return refused(refusal)
    used = sum(words.tokens(text) for text in texts)
    world.charge(post, POINTS * used)
    data = [
        {"object": "embedding", "index": index, "embedding": _written(vector(text, size), encoding)}
        for index, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": used, "total_tokens": used}
    return as_json({"object": "list", "data": data, "model": model, "usage": usage})


def _texts(body: Body) -> list[str]:
    given = body.get("input")
    if isinstance(given, list) and given and all(isinstance(each, int) for each in given):
        given = [given]  # one text as tokens
    texts = given if isinstance(given, list) else [given]
    read = [" ".join(map(str, each)) if isinstance(each, list) else each for each in texts]
    if not read or not all(isinstance(each, str) and each for each in read):
        raise Refused("field input is required, and no text in it may be empty")
    if len(read) > MOST_TEXTS:
        raise Refused(f"input holds more than {MOST_TEXTS} texts")
    return [str(each) for each in read]


def _size(body: Body, model: str) -> int:
    size = body.get("dimensions")
    if size is None:
        return SIZES[model]
    if model == FIXED:
        raise Refused(f"dimensions is not supported by {model}")
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= SIZES[model]:
        raise Refused(f"dimensions must be a whole number from 1 to {SIZES[model]}")
    return size


def vector(text: str, size: int) -> list[float]:
    """The sum of a fixed direction for each word, made one long. Shortening it keeps its first numbers' directions."""
    total = [0.0] * size
    for unit in UNITS.findall(text.lower()) or [text]:
        for place, byte in enumerate(hashlib.shake_256(unit.encode()).digest(size)):
            total[place] += byte - 127.5
    length = math.sqrt(sum(number * number for number in total))
    return [number / length for number in total]


def _written(numbers: list[float], encoding: str) -> Any:
    if encoding == "base64":
        return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
    return [round(number, 8) for number in numbers]


ROUTES = (Route("POST", "/v1/embeddings", embeddings, "Numbers for texts", "文本向量", paid=True, no=no),)
