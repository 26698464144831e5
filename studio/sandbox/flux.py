"""Flux as its fact sheet tells it: a picture that is asked for until it is ready, and OpenAI's form, which answers at
once.

Words decide what the moderation says: a prompt with "nude" or "gore" is held back before it is painted, one with
"blood" afterwards. Both are states of a task, told with HTTP 200.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members, stills
from studio.sandbox.film import Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route, names_model
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

MODEL = r"flux[\w.-]{0,60}"
WIDTH, HEIGHT = 1024, 768  # where a body names none
SHORTEST_SIDE, LONGEST_SIDE, STEP = 256, 1440, 32
RANGES = {"steps": (1, 50), "guidance": (1.5, 5), "interval": (1, 4), "safety_tolerance": (0, 6)}
WHOLE = ("steps", "safety_tolerance", "seed")
TAKES = (60.0, 120.0)  # seconds of work: 3 to 6 on the wall at speed 20
LINK_LIVES = 600.0
POINTS, POINTS_AT_ONCE = Decimal(5), Decimal(4)  # for each picture
HELD_BEFORE, HELD_AFTER = ("nude", "gore"), ("blood",)
WORDS = {"queued": "Pending", "running": "Generating", "failed": "Error", "succeeded": "Ready"}

LONGEST_PROMPT, MOST = 1000, 10
SIZE, RATIO = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})"), re.compile(r"([1-9]\d?):([1-9]\d?)")
SQUARE, GRAIN, LARGEST = 1024, 16, 2048  # pixels: of a side, of its steps, of the longest side

# The first interface -------------------------------------------------------------------------------------------------


def image(world: World, request: Request, post: Post) -> Answer:
    """POST /flux/v1/image. Everything that is wrong is told at once."""
    body = request.json()
    if wrong := list(_wrong(body)):
        return as_json({"detail": wrong}, 422)
    ratio = f"{body.get('width', WIDTH)}:{body.get('height', HEIGHT)}"
    film = Film(body["prompt"], ratio, 0, body.get("variant") or "flux.1-pro", "text")
    asked = {"seed": body.get("seed", secrets.randbelow(2**31))}
    task = Task(request.path, film.prompt, film, POINTS, request.base, VOICE, asked=asked, takes=TAKES)
    world.accept(task, post)
    return replace(as_json({"id": task.id}), task=task)


def get_result(world: World, request: Request, post: Post) -> Answer:
    """By `id`, or `request_id` as another page has it. What is not known is told in the place of a state."""
    asked = request.query.get("id") or request.query.get("request_id")
    if not asked:
        return as_json({"detail": [_fault("query", "id", "field required", "value_error.missing")]}, 422)
    with world.lock:
        task = world.tasks.get(asked)
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return as_json({"id": asked, "status": "Task not found", "result": None})
        task.share = world.share(task)
        return as_json(view(task))


def view(task: Task) -> dict[str, Any]:
    """A task as a query tells it; how far it is stands there only while it is worked on."""
    told = {"id": task.id, "status": WORDS[task.state], "result": None, "progress": None}
    if held := _held(task):
        return told | {"status": held, "progress": 0.0, "details": {"Moderation Reasons": ["Safety Filter"]}}
    if task.state == "running":
        return told | {"progress": round(min(0.99, task.share), 2)}
    if task.state == "failed":
        return told | {"detail": task.message}
    return told | {"result": _result(task)} if task.state == "succeeded" else told


def _held(task: Task) -> str:
    """The state of a task whose words or whose picture the moderation holds back; "" for any other."""
    prompt = task.prompt.lower()
    if task.state != "queued" and any(word in prompt for word in HELD_BEFORE):
        return "Request Moderated"
    return "Content Moderated" if task.state == "succeeded" and any(word in prompt for word in HELD_AFTER) else ""


def _result(task: Task) -> dict[str, Any]:
    sample = stills.address(task.base, task.film, "jpeg", task.updated + (-1.0 if task.dead_links else LINK_LIVES))
    times = {"duration": task.run, "start_time": task.updated - task.run, "end_time": task.updated}
    return {"sample": sample, "seed": task.asked["seed"], "prompt": task.prompt} | times


def _wrong(body: Body) -> Iterator[dict[str, Any]]:
    prompt = body.get("prompt")
    if prompt is None:
        yield _fault("body", "prompt", "field required", "value_error.missing")
    elif not isinstance(prompt, str):
        yield _fault("body", "prompt", "str type expected", "type_error.str")
    for name in ("width", "height"):
        side = body.get(name, WIDTH)
        if not _is_whole(side) or not SHORTEST_SIDE <= side <= LONGEST_SIDE or side % STEP:
            says = f"must be a multiple of {STEP} from {SHORTEST_SIDE} to {LONGEST_SIDE}"
            yield _fault("body", name, says)
    for name in WHOLE:
        if body.get(name) is not None and not _is_whole(body[name]):
            yield _fault("body", name, "value is not a valid integer", "type_error.integer")
    for name, (low, high) in RANGES.items():
        try:
            members.number({name: body[name]} if body.get(name) is not None else {}, name, low, high)
        except Refused as refusal:
            yield _fault("body", name, str(refusal))
    if not isinstance(body.get("prompt_upsampling", False), bool):
        yield _fault("body", "prompt_upsampling", "value could not be parsed to a boolean", "type_error.bool")
    if not isinstance(body.get("variant", ""), str):
        yield _fault("body", "variant", "str type expected", "type_error.str")


def _fault(where: str, name: str, says: str, kind: str = "value_error") -> dict[str, Any]:
    return {"loc": [where, name], "msg": says, "type": kind}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


VOICE = Voice(
    view=view,
    forged=lambda told, url: told | {"status": "Ready", "result": {"sample": url}},
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: told,
)

# OpenAI's form -------------------------------------------------------------------------------------------------------


def pictures(world: World, request: Request, post: Post) -> Answer:
    """POST /v1/images/generations with a model of Flux: the pictures are in the answer."""
    body = request.json()
    try:
        prompt = members.text(body, "prompt")
        if not prompt.strip() or len(prompt) > LONGEST_PROMPT:
            raise Refused(f"prompt is required and has at most {LONGEST_PROMPT} characters")
        count = members.number(body, "n", 1, MOST)
        if count != int(count):
            raise Refused("n must be a whole number")
        as_text = members.choice(body, "response_format", ("url", "b64_json"), "url") == "b64_json"
        film = Film(prompt, _size(body), 0, body["model"], "text", count=int(count))
    except Refused as refusal:
        return error(400, str(refusal), "invalid_request_error", "invalid_request")
    with world.lock:
        dead = world.dice.roll("expired-links")
    world.charge(post, POINTS_AT_ONCE * film.count)
    expires = world.clock.wall + (-1.0 if dead else LINK_LIVES)
    each = (replace(film, number=number) for number in range(1, film.count + 1))
    data = [_written(one) if as_text else {"url": stills.address(request.base, one, "webp", expires)} for one in each]
    return as_json({"created": int(world.clock.wall), "data": data})


def _size(body: Body) -> str:
    """The pixels, as the ratio of a film: of the size, or of the ratio where a kontext model is told one."""
    ratio = members.text(body, "aspect_ratio") if "kontext" in body["model"] else ""
    if ratio:
        if not (found := RATIO.fullmatch(ratio)):
            raise Refused("aspect_ratio is invalid")
        wide, high = int(found[1]), int(found[2])
        scale = SQUARE / (wide * high) ** 0.5
        wide, high = (max(GRAIN, min(LARGEST, GRAIN * round(side * scale / GRAIN))) for side in (wide, high))
        return f"{wide}:{high}"
    size = members.text(body, "size") or f"{SQUARE}x{SQUARE}"
    found = SIZE.fullmatch(size)
    if not found or max(int(found[1]), int(found[2])) > LARGEST:
        raise Refused("size is invalid")
    return f"{found[1]}:{found[2]}"


def _written(film: Film) -> dict[str, str]:
    return {"b64_json": base64.b64encode(stills.served(film, "webp")).decode()}


# The errors that no body causes. Their shape is in the documents; status and words are made up.
def _no(status: int, words: str) -> Answer:
    return as_json({"detail": words}, status)


OWN = (
    partial(_no, 402, "Insufficient credits. Add more credits to go on."),
    partial(_no, 429, "Too many active tasks. Wait until one of them is ready."),
    partial(_no, 500, "Internal server error"),
)


def nothing() -> Answer:
    """How a refusal inside HTTP 200 looks in OpenAI's form: no picture."""
    return as_json({"created": 0, "data": []})


ROUTES = (
    Route("POST", "/flux/v1/image", image, "Text to a picture", "文字生成图片", paid=True, own=OWN),
    Route("GET", "/flux/v1/get_result", get_result, "Ask for one picture", "查询一张图片"),
    Route(
        "POST",
        "/v1/images/generations",
        pictures,
        "Flux in OpenAI's form",
        "Flux（OpenAI 格式）",
        paid=True,
        no=nothing,
        told_by=names_model(MODEL),
    ),
)
