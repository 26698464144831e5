"""Midjourney as its proxies speak: a code inside HTTP 200, buttons to press, windows that wait for an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.midjourney_jobs import VOICE, Job, described, shortened, view
from studio.sandbox.midjourney_pressing import change, modal, of_button, simple_change
from studio.sandbox.midjourney_reading import LONGEST_STATE, banned, film_of, number_of, pictures, proportions
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, unrouted
from studio.sandbox.world import Post, World

ACCEPTED, WINDOW, IN_LINE, QUEUE_FULL, BANNED = 1, 21, 22, 23, 24
NOT_FOUND, BAD_PARAMETER, SYSTEM, TOO_FAST = 3, 4, 9, 30
BUSY = 3  # tasks at a time; more wait in line
TAKES = (40.0, 80.0)
SPEED = re.compile(r"mj-(?:relax|fast|turbo)(?:-(?:relay|origin|proxy))?")
POINTS = {"mj-relax": 4, "mj-fast": 8, "mj-turbo": 16}
Maker = Callable[[World, Body], Job]


def said(code: int, description: str, status: int = 200, **more: Any) -> Answer:
    return as_json({"code": code, "description": description, **more}, status)


def relayed(text: str, status: int) -> Answer:
    """An error of the relay: no result, and often a blank at its end."""
    return as_json({"description": f"{text} ", "type": "upstream_error", "code": BAD_PARAMETER}, status)


def begin(make: Maker) -> Callable[[World, Request, Post], Answer]:
    """The handler of one submit: what it makes follows from the body; a refusal is a code, mostly inside HTTP 200."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        body = request.json()
        try:
            if word := banned(body):
                return said(BANNED, "可能包含敏感词", properties={"promptEn": body.get("prompt"), "bannedWord": word})
            with world.lock:
                job = make(world, body)
            return taken(world, request, post, job, body)
        except KeyError as fault:
            return said(NOT_FOUND, str(fault.args[0]), 404)
        except Refused as refusal:
            text = str(refusal)
            return relayed(text, 400) if text.startswith("unknown_action") else said(BAD_PARAMETER, text)

    return handle


def taken(world: World, request: Request, post: Post, job: Job, body: Body) -> Answer:
    if job.state == "succeeded" or job.id in world.tasks:  # the same upscale, once more
        return existing(job)
    job.callback_url = members.address(body, "notifyHook")
    job.own_text = members.text(body, "state")
    if len(job.own_text) > LONGEST_STATE:
        raise Refused(f"state is longer than {LONGEST_STATE} characters")
    job.base, job.path = request.base, request.path
    job.relaxed = request.steps.get("speed", "").startswith("mj-relax")
    job.takes = TAKES
    job.points = Decimal(0) if job.waits else price(request, job)
    with world.lock:
        ahead = sum(isinstance(task, Job) and task.state in {"queued", "running"} for task in world.tasks.values())
        world.accept(job, post)
        if job.waits:
            world.tell(job)
            final = {"finalPrompt": job.prompt, "remix": True}
            answer = said(WINDOW, "Waiting for window confirm", result=job.id, properties=final)
        elif ahead >= BUSY:
            answer = said(IN_LINE, "排队中", result=job.id, properties={"numberOfQueues": ahead - BUSY + 1})
        else:
            answer = said(ACCEPTED, "提交成功", result=job.id, properties={"discordInstanceId": "100000000000000001"})
    return replace(answer, task=job)


def existing(job: Job) -> Answer:
    told = view(job)
    return said(
        WINDOW, "任务已存在", result=job.id, properties={"status": told["status"], "imageUrl": told["imageUrl"]}
    )


def price(request: Request, job: Job) -> Decimal:
    speed = "-".join(request.steps.get("speed", "").split("-")[:2])
    points = POINTS.get(speed, POINTS["mj-fast"])
    return Decimal(points if job.is_grid else max(1, points // 4))


def imagine(world: World, body: Body) -> Job:
    given = pictures(body, "base64Array", 0, 5)
    return job("IMAGINE", film_of(body, needed=True, source="image" if given else "text"), body)


def blend(world: World, body: Body) -> Job:
    given = pictures(body, "base64Array", 2, 5)
    ratio = proportions(members.choice(body, "dimensions", ("PORTRAIT", "SQUARE", "LANDSCAPE"), "SQUARE"))
    marks = "+".join(hashlib.sha256(each.encode()).hexdigest()[:4] for each in given)
    return job("BLEND", Film(f"a blend of {len(given)} pictures ({marks})", ratio, 0, "blend", "image"), body)


def describe(world: World, body: Body) -> Job:
    if not body.get("base64") and not members.address(body, "link"):
        raise Refused("base64 or link is required")
    [ratio] = pictures(body, "base64", 1, 1) if body.get("base64") else ["1:1"]
    film = Film("the picture that was sent", ratio or "1:1", 0, "describe", "image")
    made = job("DESCRIBE", film, body)
    made.prompt, made.told = "", described(replace(film, prompt="a picture"))
    return made


def shorten(world: World, body: Body) -> Job:
    made = job("SHORTEN", film_of(body, needed=True, source="text"), body)
    made.told = shortened(made.prompt)
    return made


def swap_face(world: World, body: Body) -> Job:
    [source], [target] = (pictures(body, name, 1, 1) for name in ("sourceBase64", "targetBase64"))
    if body["sourceBase64"] == body["targetBase64"]:
        raise Refused("sourceBase64 and targetBase64 are the same")
    return job("SWAP_FACE", Film("a face on another picture", target or source or "1:1", 0, "swap", "image"), body)


def job(action: str, film: Film, body: Body) -> Job:
    bot = members.choice(body, "botType", ("MID_JOURNEY", "NIJI_JOURNEY"), "MID_JOURNEY")
    film = replace(film, model="niji" if bot == "NIJI_JOURNEY" else film.model)
    return Job("", str(body.get("prompt") or "") or film.prompt, film, Decimal(0), "", VOICE, action=action)


def confirm(world: World, request: Request, post: Post) -> Answer:
    """The answer to a window: the waiting task itself goes on, under the id that it has."""
    body = request.json()
    try:
        if word := banned(body):
            return said(BANNED, "可能包含敏感词", properties={"promptEn": body.get("prompt"), "bannedWord": word})
        with world.lock:
            waiting = modal(world, body)
            waiting.points = price(request, waiting)
            world.resume(waiting, post)
    except KeyError as fault:
        return said(NOT_FOUND, str(fault.args[0]), 404)
    except Refused as refusal:
        return said(BAD_PARAMETER, str(refusal))
    return replace(said(ACCEPTED, "提交成功", result=waiting.id, properties={}), task=waiting)


def fetch(world: World, request: Request, post: Post) -> Answer:
    with world.lock:
        found = world.tasks.get(request.steps["id"])
        if not isinstance(found, Job) or world.clock.gateway < found.known_from:
            return relayed("task_no_found", 400)
        found.share = world.share(found)
        return as_json(view(found))


def listed(world: World, request: Request, post: Post) -> Answer:
    """Unknown ids are left out; the order is the gateway's own."""
    ids = request.json().get("ids")
    if not isinstance(ids, list):
        return said(BAD_PARAMETER, "ids must be a list")
    wanted = {str(each) for each in ids}
    with world.lock:
        found = [task for task in reversed(world.tasks.values()) if task.id in wanted and isinstance(task, Job)]
        for each in found:
            each.share = world.share(each)
        return as_json([view(task) for task in found])


def image_seed(world: World, request: Request, post: Post) -> Answer:
    with world.lock:
        found = world.tasks.get(request.steps["id"])
    if not isinstance(found, Job):
        return said(NOT_FOUND, "关联任务不存在或已失效", 404)
    if found.state != "succeeded" or not (found.is_grid or found.action == "UPSCALE"):
        return said(BAD_PARAMETER, "the task has no picture with a seed", 400)
    return said(ACCEPTED, "ok", result=number_of(found.film))


def queue_full() -> Answer:
    """A result all the same, though no task exists."""
    return said(QUEUE_FULL, "提交失败，队列已满", result="1769999999999999", properties={})


OWN = (
    queue_full,
    lambda: said(BANNED, "可能包含敏感词", properties={"bannedWord": "gory"}),
    lambda: said(NOT_FOUND, "无可用的账号实例", 404),
    lambda: said(SYSTEM, "系统异常"),
    lambda: said(TOO_FAST, "当前分组负载已饱和", 429),
    lambda: relayed("invalid character '<' looking for beginning of value", 500),
)


def routes(path: str, handle: Callable[[World, Request, Post], Answer], en: str, zh: str) -> tuple[Route, ...]:
    """Each submit has a plain path, and one with a speed before it."""

    def prefixed_handle(world: World, request: Request, post: Post) -> Answer:
        known = SPEED.fullmatch(request.steps["speed"])
        return handle(world, request, post) if known else unrouted(request)

    both = ((path, handle), ("/{speed}" + path, prefixed_handle))
    return tuple(Route("POST", at, act, en, zh, paid=True, no=queue_full, own=OWN) for at, act in both)


ROUTES = (
    *routes("/mj/submit/imagine", begin(imagine), "Text to a grid of four pictures", "文生图（四宫格）"),
    *routes("/mj/submit/action", begin(of_button), "Press a button", "执行动作"),
    *routes("/mj/submit/change", begin(change), "Upscale, vary or redo", "绘图变化"),
    *routes("/mj/submit/simple-change", begin(simple_change), "The same in one text", "绘图变化（一行文本）"),
    *routes("/mj/submit/blend", begin(blend), "Blend pictures", "混图"),
    *routes("/mj/submit/describe", begin(describe), "Describe a picture", "图生文"),
    *routes("/mj/submit/shorten", begin(shorten), "Shorten a prompt", "提示词分析"),
    *routes("/mj/submit/modal", confirm, "Answer a window", "提交 Modal"),
    *routes("/mj/insight-face/swap", begin(swap_face), "Swap faces", "换脸"),
    Route("GET", "/mj/task/{id}/fetch", fetch, "Ask for one task", "查询一个任务"),
    Route("POST", "/mj/task/list-by-condition", listed, "Ask for several tasks", "批量查询任务"),
    Route("GET", "/mj/task/{id}/image-seed", image_seed, "Ask for a picture's seed", "获取图片种子"),
)
