"""Luma as its fact sheet tells it: the same object behind three paths, extensions, and links without a watermark.

The plain path has a link of each kind; free accounts have only the one with a watermark, paid ones none with it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial

from studio.sandbox import luma_reading as reading
from studio.sandbox import members
from studio.sandbox.film import LONGEST, VIDEO, Film, link
from studio.sandbox.luma_generations import FREE, PAID, PLAIN, VOICE, Edition, Generation, signed, view
from studio.sandbox.members import Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import SATURATED, Answer, Request, as_json, error
from studio.sandbox.world import WAIT_IN_LINE, Post, World

ADDED_SECONDS = 5
Handler = Callable[[World, Request, Post], Answer]


def no(status: int, detail: str | Mapping[str, str]) -> Answer:
    """The refusal of the proxy behind the gateway: a text, or a reason with a code."""
    return as_json({"detail": detail}, status)


def unknown() -> Answer:
    return no(404, "generation not found")


def unfinished() -> Answer:
    return no(400, {"reason": "generation is not completed", "code": "not_completed"})


def begin(edition: Edition, world: World, request: Request, post: Post) -> Answer:
    """The handler of one submit; what it makes follows from the body."""
    body = request.json()
    try:
        film = reading.film_of(body, needs_ratio=edition.needs_ratio)
        callback_url = members.address(body, "notify_hook")
    except Refused as refusal:
        return no(400, str(refusal))
    if not re.fullmatch(r"ray[\w.\-]{0,30}", film.model):
        return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
    return accepted(world, request, post, film, edition, callback_url)


def extend(world: World, request: Request, post: Post) -> Answer:
    """POST .../{task_id}/extend: a new generation, some seconds longer. It takes the ids of all editions."""
    body, before = request.json(), known(world, request)
    try:
        prompt, callback_url = reading.words(body), members.address(body, "notify_hook")
        reading.shapes(body)
        reading.ratio_of(body)
    except Refused as refusal:
        return no(400, str(refusal))
    if before is None or before.state != "succeeded":
        return unfinished() if before else unknown()
    seconds = min(LONGEST, before.film.seconds + ADDED_SECONDS)
    film = replace(before.film, prompt=prompt, seconds=seconds, source="video")
    return accepted(world, request, post, film, PLAIN, callback_url)


def accepted(world: World, request: Request, post: Post, film: Film, edition: Edition, callback_url: str) -> Answer:
    points = Decimal(edition.points)
    task = Generation(request.path, film.prompt, film, points, request.base, VOICE, callback_url, edition=edition)
    task.takes = edition.takes
    world.accept(task, post)
    return replace(as_json(view(task)), task=task)


def get(edition: Edition, world: World, request: Request, post: Post) -> Answer:
    """The handler of one query."""
    with world.lock:
        task = known(world, request)
        if task is None or task.edition is not edition:
            return unknown()
        told = view(task)
        if edition.tells_wait and task.state == "queued":
            told["estimate_wait_seconds"] = math.ceil(WAIT_IN_LINE + task.began - world.clock.gateway)
        return as_json(told)


def download_url(world: World, request: Request, post: Post) -> Answer:
    """GET .../{task_id}/download_video_url: the clip without a watermark, of any edition; signed anew each time."""
    task = known(world, request)
    if task is None or task.state != "succeeded":
        return unfinished() if task else unknown()
    expires = int(world.clock.wall + task.lives)
    return as_json({"url": signed(link(task.base, task.film, VIDEO, expires))})


def known(world: World, request: Request) -> Generation | None:
    with world.lock:
        task = world.tasks.get(request.steps["task_id"])
        return task if isinstance(task, Generation) and world.clock.gateway >= task.known_from else None


# The errors that no body causes. No page lists any: the words are made up, their places are the sheet's.
OWN = (
    partial(no, 429, {"reason": "too many generations under way", "code": "too_many"}),
    partial(no, 500, "internal server error"),
    partial(error, 429, SATURATED, code="upstream_saturated"),
)


def submit(path: str, handle: Handler, en: str, zh: str) -> Route:
    return Route("POST", path, handle, en, zh, paid=True, own=OWN)


def of(edition: Edition, en: str, zh: str) -> tuple[Route, Route]:
    """What each edition has: a way to begin, and a way to ask."""
    return (
        submit(edition.path, partial(begin, edition), f"Text or pictures to video{en}", f"文字或图片生成视频{zh}"),
        Route(
            "GET", f"{edition.path}/{{task_id}}", partial(get, edition), f"Ask for one video{en}", f"查询一段视频{zh}"
        ),
    )


ONE = f"{PLAIN.path}/{{task_id}}"
ROUTES = (
    *of(PLAIN, "", ""),
    submit(f"{ONE}/extend", extend, "Extend a video", "扩展视频"),
    Route("GET", f"{ONE}/download_video_url", download_url, "Link without watermark", "获取无水印链接"),
    *of(PAID, ", GoAmzAI, paid", "（GoAmzAI 付费版）"),
    *of(FREE, ", GoAmzAI, free", "（GoAmzAI 免费版）"),
)
