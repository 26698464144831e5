"""MewXAI as its fact sheet tells it: four ways to make a picture, one query, one callback at the end, and two lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from studio.sandbox import art_qrcode_reading as reading
from studio.sandbox import members
from studio.sandbox.art_qrcode_reading import Order
from studio.sandbox.film import PICTURE, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, as_text
from studio.sandbox.world import Post, Task, Voice, World

STATUS = {"queued": 0, "running": 0, "succeeded": 1, "failed": -1}  # there is no word for waiting in line
TAKES = (40.0, 80.0)  # seconds of work: about a minute
HOUR = 3600.0
RECORD_LIVES = 2 * HOUR  # a link lives one
NO = 1  # any code but 0; no list of codes is known
DONE, FAILED, GONE, SPENT, BUSY = "成功", "失败", "记录不存在", "积分不足", "系统繁忙，请稍后再试"
# Names, and the ids of the other kinds, are made up.
TEMPLATES = {
    "qrcode": {2: "花绘", 3: "山水", 10: "城市", 12: "糖果", 13: "雪景", 23: "森林", 53: "海岸", 54: "古镇"},
    "textart": {101: "黏土", 102: "霓虹"},
    "texthidden": {111: "云海", 112: "人群"},
    "textshadow": {121: "窗影", 122: "树影"},
}
MODELS = {
    "qrcode": {67: "卡通插画", 51: "糖果头像", 69: "水墨画", 70: "美漫", 74: "彩漫4"},
    "textart": {201: "立体字"},
    "texthidden": {211: "风景"},
    "textshadow": {221: "写实"},
}
Entries = dict[str, dict[int, str]]


def said(data: Any, message: str = "success") -> Answer:
    return as_json({"code": 0, "msg": message, "data": data})


def no(message: str, name: str = "msg") -> Answer:
    """A refusal, inside HTTP 200."""
    return as_json({"code": NO, name: message})


def begin(read: Callable[[Body], Order]) -> Callable[[World, Request, Post], Answer]:
    """The handler of one submit: its answer holds an id and no word of state."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        body = request.json()
        try:
            order = read(body)
            callback_url = members.address(body, "callback_url")
        except Refused as refusal:
            return no(str(refusal))
        task = Task(request.path, order.prompt, order.film, order.points, request.base, VOICE, callback_url)
        task.asked, task.takes = {"file": order.file, "qr_content": order.qr_content}, TAKES
        world.accept(task, post)
        return replace(said({"img_uuid": task.id}), task=task)

    return handle


def detail(world: World, request: Request, post: Post) -> Answer:
    """GET /api/v1/images/detail?img_uuid=... A record is gone two hours after its picture was made."""
    with world.lock:
        task = world.tasks.get(request.query.get("img_uuid", ""))
        if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
            return no(GONE)
        if task.state in {"succeeded", "failed"} and world.clock.wall > task.updated + RECORD_LIVES:
            return no(GONE)
        return said(view(task))


def view(task: Task) -> dict[str, Any]:
    """The task as a query tells it; a callback is less than this."""
    told: dict[str, Any] = {"img_uuid": task.id, "user_id": "1", "status": STATUS[task.state]}
    if task.asked["qr_content"]:
        told["qr_content"] = task.asked["qr_content"]
    if task.state == "failed":
        return told | {"msg": FAILED}
    if task.state == "succeeded":
        told |= {"urls": _urls(task), "duration": round(task.run, 1), "cost": int(task.points)}
    return told


def called_back(task: Task) -> dict[str, Any]:
    """What is told once, when the task has ended: its fields lie at the top."""
    told = {"img_uuid": task.id, "status": STATUS[task.state]}
    return told | ({"urls": _urls(task), "msg": DONE} if task.state == "succeeded" else {"msg": FAILED})


def _urls(task: Task) -> list[str]:
    expires = int(task.updated + (-1.0 if task.dead_links else HOUR))
    return [link(task.base, task.film, task.asked["file"], expires)]


VOICE = Voice(
    view=called_back,
    forged=lambda told, url: told | {"status": 1, "urls": [url], "msg": DONE},
    foreign=lambda told, id_: told | {"img_uuid": id_},
    wrapped=lambda told: {"code": 0, "msg": DONE, "data": {name: told[name] for name in told if name != "msg"}},
    retells=(),
    at_end=True,
)


def listed(entries: Entries, world: World, request: Request, post: Post) -> Answer:
    """GET of a list with ?type=...: each entry with a small picture of what it looks like."""
    kind = request.query.get("type", "")
    if kind not in entries:
        return no("type is invalid" if kind else "type is required")
    expires = int(world.clock.wall + HOUR)
    previews = {id_: Film(name, "1:1", 0, kind, "preview") for id_, name in entries[kind].items()}
    return said(
        [
            {"id": id_, "name": film.prompt, "preview_img": link(request.base, film, PICTURE, expires)}
            for id_, film in previews.items()
        ]
    )


# What no body causes: the points are used up, the same told in the other member, and a text in place of JSON.
OWN = (partial(no, SPENT), partial(no, BUSY, "message"), partial(as_text, "timed out", "text/plain"))


def _making(path: str, read: Callable[[Body], Order], en: str, zh: str) -> Route:
    return Route("POST", f"/api/v1{path}", begin(read), en, zh, paid=True, no=partial(no, BUSY), own=OWN)


ROUTES = (
    _making("/images/generate", reading.qrcode, "A QR code that is a picture", "艺术二维码"),
    _making("/images/shadow/generate", reading.text, "Words that are a picture", "创意文字"),
    _making("/images/neuralstyle/generate", reading.fusion, "A picture in the style of another", "图片融合"),
    _making("/mx/images/cute/generate", reading.cute, "Text to picture (Cute)", "MX 绘画 Cute"),
    Route("GET", "/api/v1/images/detail", detail, "Ask for one picture", "查询详情"),
    Route("GET", "/api/v1/template/list", partial(listed, TEMPLATES), "The templates of one kind", "模版列表"),
    Route("GET", "/api/v1/model/list", partial(listed, MODELS), "The models of one kind", "模型列表"),
)
