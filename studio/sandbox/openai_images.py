"""OpenAI's pictures as their fact sheet tells them: DALL·E's list, and a chat model with links to pictures in its text.

A prompt with "nude" or "gore" is refused. The chat model paints where its last message speaks of a picture; else it
answers in words.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members, stills
from studio.sandbox import openai_words as words
from studio.sandbox.film import Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route, names_model
from studio.sandbox.wire import Answer, Request, as_events, as_json, error
from studio.sandbox.world import Post, World

SIZES = {
    "dall-e-3": ("1024x1024", "1792x1024", "1024x1792"),
    "dall-e-2": ("1024x1024", "256x256", "512x512"),
}
LONGEST = {"dall-e-3": 4000, "dall-e-2": 1000}
MOST = {"dall-e-3": 1, "dall-e-2": 10}
POINTS, POINTS_HD, POINTS_SMALL, POINTS_CHAT = Decimal(8), Decimal(16), Decimal(4), Decimal(10)
LINK_LIVES = 3600.0
UNSAFE = ("nude", "gore")
SAFETY = "Your request was rejected as a result of our safety system."

PAINTERS = r"gpt-4o?-all"
ROLES = ("system", "user", "assistant")
WISH = re.compile(r"paint|draw|picture|image|poster|photo|illustrat|sketch|画|图|绘|海报|照片", re.IGNORECASE)
WIDE, TALL = (
    re.compile(r"wide|landscape|横|宽", re.IGNORECASE),
    re.compile(r"tall|portrait|upright|竖|高", re.IGNORECASE),
)
STREAM_SECONDS = 2.0  # of the gateway's time for each piece
PIECE = 40  # letters: a link comes in several


# DALL·E --------------------------------------------------------------------------------------------------------------


def draw(world: World, request: Request, post: Post) -> Answer:
    """POST /v1/images/generations with any model but Flux's; without one it is dall-e-2."""
    body = request.json()
    try:
        model = members.text(body, "model") or "dall-e-2"
        if model not in SIZES:
            return no_channel(model)
        film, price = asked(body, model)
        as_text = members.choice(body, "response_format", ("url", "b64_json"), "url") == "b64_json"
    except Refused as refusal:
        return error(400, str(refusal), "invalid_request_error", "invalid_request")
    if any(word in film.prompt.lower() for word in UNSAFE):
        return error(400, SAFETY, "image_generation_user_error", "content_policy_violation")
    world.charge(post, price * film.count)
    painted = film.prompt if model == "dall-e-2" else revised(film.prompt)
    data = []
    for number in range(1, film.count + 1):
        one = replace(film, prompt=painted, number=number)
        told = {} if model == "dall-e-2" else {"revised_prompt": painted}
        if as_text:
            data.append(told | {"b64_json": base64.b64encode(stills.served(one, "png")).decode()})
        else:
            data.append(told | {"url": stills.address(request.base, one, "png", _end(world))})
    return as_json({"created": int(world.clock.wall), "data": data})


def asked(body: Body, model: str) -> tuple[Film, Decimal]:
    """What is to be painted, and the price of one. Raises Refused."""
    prompt = members.text(body, "prompt")
    if not prompt.strip() or len(prompt) > LONGEST[model]:
        raise Refused(f"prompt is required and has at most {LONGEST[model]} characters with {model}")
    count = members.number(body, "n", 1, MOST[model])
    if count != int(count):
        raise Refused("n must be a whole number")
    size = members.choice(body, "size", SIZES[model], "1024x1024")
    members.text(body, "user")
    price = POINTS_SMALL
    if model == "dall-e-3":
        price = POINTS_HD if members.choice(body, "quality", ("standard", "hd"), "standard") == "hd" else POINTS
        model = f"{model} · {members.choice(body, 'style', ('vivid', 'natural'), 'vivid')}"
    return Film(prompt, size.replace("x", ":"), 0, model, "text", count=int(count)), price


def revised(prompt: str) -> str:
    """The prompt as it is painted: longer than it was written."""
    return f"{prompt.rstrip('. ')}, shown in careful detail, with balanced light and a clear composition."


def _end(world: World) -> float:
    """When a link dies that is made now."""
    with world.lock:
        return world.clock.wall + (-1.0 if world.dice.roll("expired-links") else LINK_LIVES)


def no_channel(model: str) -> Answer:
    return error(503, f"当前分组 default 下对于模型 {model} 无可用渠道", code="model_not_found")


def nothing() -> Answer:
    """How a refusal inside HTTP 200 looks: no picture."""
    return as_json({"created": 0, "data": []})


# A chat model that paints --------------------------------------------------------------------------------------------


def paint(world: World, request: Request, post: Post) -> Answer:
    """POST /v1/chat/completions with a model that paints: its text, at once or piece by piece."""
    body = request.json()
    try:
        prompt = last_wish(body)
    except Refused as refusal:
        return error(400, str(refusal), "invalid_request_error", "invalid_request")
    if any(word in prompt.lower() for word in UNSAFE):
        return error(400, SAFETY, "invalid_request_error", "content_policy_violation")
    text = answer(world, request, prompt, body["model"]) if WISH.search(prompt) else words.reply(prompt)
    world.charge(post, POINTS_CHAT)
    mark = hashlib.sha256(request.body).hexdigest()[:24]
    head = {"id": f"chatcmpl-{mark}", "created": int(world.clock.wall), "model": body["model"]}
    if body.get("stream") is True:
        return as_events(events(head, text), pause=STREAM_SECONDS / world.clock.speed)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    used, said = words.tokens(prompt), words.tokens(text)
    usage = {"prompt_tokens": used, "completion_tokens": said, "total_tokens": used + said}
    return as_json(head | {"object": "chat.completion", "choices": [choice], "usage": usage})


def last_wish(body: Body) -> str:
    """What was asked for last. Raises Refused."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused("field messages is required")
    said = []
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise Refused(f"the role of a message must be one of {', '.join(ROLES)}")
        if not isinstance(message.get("content"), str | list):
            raise Refused("the content of a message must be a text or a list of parts")
        if message["role"] == "user":
            said.append(_text(message["content"]))
    if not isinstance(body.get("stream", False), bool):
        raise Refused("stream must be true or false")
    return said[-1] if said else ""


def _text(content: str | list[Any]) -> str:
    """The words of a message: a text, or the texts among its parts."""
    if isinstance(content, str):
        return content
    parts = [part for part in content if isinstance(part, dict)]
    if any(part.get("type") not in {"text", "image_url"} for part in parts) or len(parts) < len(content):
        raise Refused("the type of a part must be text or image_url")
    return " ".join(str(part.get("text", "")) for part in parts).strip()


def answer(world: World, request: Request, prompt: str, model: str) -> str:
    """What such a model writes: the call of its tool, how far it is, the picture, and a link to load it down."""
    size = "1792x1024" if WIDE.search(prompt) else "1024x1792" if TALL.search(prompt) else "1024x1024"
    url = stills.address(request.base, Film(prompt, size.replace("x", ":"), 0, model, "text"), "webp", _end(world))
    call = json.dumps({"prompt": prompt, "size": size, "referenced_image_ids": []}, ensure_ascii=False)
    steps = "\n".join(f"> 进度 **{percent}%**" for percent in (25, 50, 100))
    file = hashlib.sha256(url.encode()).hexdigest()[:10]
    links = f"![file_{file}]({url})\n[下载⏬]({url}&download=1)"
    return f"```json\n{call}\n```\n{steps}\n\n{links}\n\n{words.topic(prompt).capitalize()}."


def events(head: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return head | {"object": "chat.completion.chunk", "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    for start in range(0, len(text), PIECE):
        yield chunk({"content": text[start : start + PIECE]})
    yield chunk({}, "stop")


def wordless() -> Answer:
    """How a refusal inside HTTP 200 looks: an answer with nothing in it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": None}, "finish_reason": "stop"}
    return as_json({"id": "chatcmpl-0", "object": "chat.completion", "created": 0, "model": "x", "choices": [choice]})


ROUTES = (
    Route("POST", "/v1/images/generations", draw, "Text to a picture (DALL·E)", "DALL·E 绘图", paid=True, no=nothing),
    Route(
        "POST",
        "/v1/chat/completions",
        paint,
        "Pictures by chat",
        "对话绘图",
        paid=True,
        no=wordless,
        told_by=names_model(PAINTERS),
    ),
)
