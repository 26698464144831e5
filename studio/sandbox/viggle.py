"""Viggle's web site behind the gateway, as its fact sheet tells it: uploads, templates, and a figure put into a motion.

An envelope with a code: 0 is yes. The sheet knows no other number, no text of a no and no number of a failed task, so
these are made up: 1, a sentence, and a no that names the task.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members, viggle_shelf
from studio.sandbox.clock import iso
from studio.sandbox.film import POSTER, VIDEO, Film
from studio.sandbox.members import Body, Refused
from studio.sandbox.parts import NoForm, Upload, form
from studio.sandbox.routes import Route
from studio.sandbox.viggle_shelf import TAGS, TEMPLATES, Thing
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, Task, Voice, World

MODELS = {2: "V2", 3: "V2-Turbo", 4: "V3-Beta"}  # others pass too
BACKGROUNDS = ("on white", "on green", "in the scene of the motion", "in the scene of the picture")
OF_THE_PICTURE = 3
CREDIT_SECONDS = 10  # 9 seconds cost 1 credit in a recorded answer; the rest is made up
Handler = Callable[[World, Request, Post], Answer]


def envelope(data: Any, code: int = 0, message: str = "ok") -> Answer:
    return as_json({"code": code, "message": message, "reason": "", "data": data})


def no(text: str) -> Answer:
    return envelope(None, 1, text)


def refusing(handle: Handler) -> Handler:
    """The handler with its refusals told in the envelope."""

    def answer(world: World, request: Request, post: Post) -> Answer:
        try:
            return handle(world, request, post)
        except Refused as refusal:
            return no(str(refusal))

    return answer


# What is brought -------------------------------------------------------------------------------------------------


def upload_image(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/asset/image: a form with the picture as its part `file`."""
    return _kept(world, request, post, viggle_shelf.picture(_file(request)))


def upload_video(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/asset/video/{imageID}: the same with a video for this picture."""
    image = request.steps["imageID"]
    viggle_shelf.found(world, image, "picture", "imageID")
    return _kept(world, request, post, viggle_shelf.video(_file(request), image))


def _file(request: Request) -> Upload:
    try:
        sent = form(request)
    except NoForm as fault:
        raise Refused(str(fault)) from fault
    if "file" in sent.texts:
        raise Refused("file must be a file, not a text")
    if "file" not in sent.files or not sent.files["file"].content:
        raise Refused("file is required")
    return sent.files["file"]


def _kept(world: World, request: Request, post: Post, thing: Thing) -> Answer:
    task = viggle_shelf.keep(world, request, post, thing, VOICE)
    return replace(envelope(viggle_shelf.upload_told(task, world.clock.wall)), task=task)


# Ready-made motions ----------------------------------------------------------------------------------------------


def templates(world: World, request: Request, post: Post) -> Answer:
    """GET /viggle/template2?page=1&pageSize=48, with a keyword and a tag if wanted."""
    page, size = (_counted(request, name) for name in ("page", "pageSize"))
    if not request.query.get("type", "0").isdecimal():
        raise Refused("type must be a whole number")
    word, tag = request.query.get("searchKeyword", "").casefold(), request.query.get("tagID", "")
    fitting = [each for each in TEMPLATES.values() if word in each.command.casefold() and tag in {"", each.tag}]
    shown = fitting[(page - 1) * size : page * size]
    return envelope([viggle_shelf.listed(each, request.base, world.clock.wall) for each in shown])


def tags(world: World, request: Request, post: Post) -> Answer:
    return envelope(TAGS)


def _counted(request: Request, name: str) -> int:
    text = request.query.get(name, "")
    if not text.isdecimal() or not 1 <= int(text) <= 9999:
        raise Refused(f"{name} must be a whole number from 1" if text else f"{name} is required")
    return int(text)


# A figure in a motion --------------------------------------------------------------------------------------------


def create(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/video-task: a picture with a video of its own or a template."""
    body = request.json()
    film = _asked(world, body)
    points = Decimal(-(-film.seconds // CREDIT_SECONDS))
    task = Task(request.path, film.prompt, film, points, request.base, VOICE, asked=body)
    world.accept(task, post)
    return replace(envelope({"taskID": task.id, "mqType": 0}), task=task)


def _asked(world: World, body: Body) -> Film:
    image = members.text(body, "imageID")
    figure, motion = viggle_shelf.found(world, image, "picture", "imageID"), _motion(world, body, image)
    background = _whole(body, "bgMode", range(len(BACKGROUNDS)))
    model = _whole(body, "modelInfoID", range(1, 1000))
    if body.get("watermark") is not None:
        _whole(body, "watermark", (0, 1))
    if not isinstance(body.get("optimize", False), bool):
        raise Refused("optimize must be true or false")
    shape = figure if background == OF_THE_PICTURE else motion
    words = f"{figure.name}: {motion.name}, {BACKGROUNDS[background]}"
    name = MODELS.get(model, f"model {model}")
    return Film(words, shape.ratio, viggle_shelf.shown_seconds(motion), name, motion.kind)


def _motion(world: World, body: Body, image: str) -> Thing:
    """One of both; a video only with the picture under which it was brought."""
    video, template = members.text(body, "videoID"), members.text(body, "templateID")
    if bool(video) == bool(template):
        raise Refused("one of videoID and templateID is required" if not video else "videoID and templateID exclude")
    if template:
        if template not in TEMPLATES:
            raise Refused("templateID: no such template")
        return TEMPLATES[template].thing
    motion = viggle_shelf.found(world, video, "video", "videoID")
    if motion.of != image:
        raise Refused("videoID: no such video for this picture")
    return motion


def _whole(body: Body, name: str, known: Collection[int]) -> int:
    value = body.get(name)
    if value is None:
        raise Refused(f"{name} is required")
    if isinstance(value, bool) or not isinstance(value, int) or value not in known:
        raise Refused(f"{name} is invalid")
    return value


def query(world: World, request: Request, post: Post) -> Answer:
    """POST /viggle/video-task/by-ids. Only the first id counts; what is not known is not in the list."""
    ids = request.json().get("ids")
    if not isinstance(ids, list) or not ids or not isinstance(ids[0], str):
        raise Refused("ids must be a list of one id")
    with world.lock:
        task = world.tasks.get(ids[0])
        if task is None or task.path != CREATE or world.clock.gateway < task.known_from:
            return envelope([])
        if task.state == "failed":
            return envelope([view(task)], 1, task.message or "")
        return envelope([view(task)])


def view(task: Task) -> dict[str, Any]:
    """The task: 0 while it waits and once it is done, and only then with a result; another number in between."""
    done = task.state == "succeeded"
    at = viggle_shelf.files(task.base, task.film, task.updated, dead=task.dead_links)
    return {
        "taskID": task.id,
        "name": task.prompt.partition(":")[0],
        "status": 1 if task.state == "running" else 0,
        "bgMode": task.asked["bgMode"],
        "modelInfoID": task.asked["modelInfoID"],
        "watermark": task.asked.get("watermark", 1),
        "videoDuration": task.film.seconds if done else 0,
        "freeCredits": 0,
        "planCredits": int(task.points) if done else 0,
        "purchasedCredits": 0,
        "mqType": 0,
        "result": at(VIDEO) if done else "",
        "resultCover": at(POSTER) if done else "",
        "createdAt": iso(task.created),
    }


VOICE = Voice(  # nothing here calls back
    view=view,
    forged=lambda told, url: told | {"status": 0, "result": url},
    foreign=lambda told, id_: told | {"taskID": id_},
    wrapped=lambda told: {"code": 0, "message": "ok", "data": [told]},
    retells=(),
)
OWN = (partial(no, "the credits of this account are used up"), partial(no, "too many videos at a time"))
CREATE = "/viggle/video-task"


def _paid(path: str, handle: Handler, en: str, zh: str) -> Route:
    return Route("POST", path, refusing(handle), en, zh, paid=True, no=OWN[1], own=OWN)


ROUTES = (
    _paid("/viggle/asset/image", upload_image, "Bring a picture of a figure", "上传人物图片"),
    _paid("/viggle/asset/video/{imageID}", upload_video, "Bring a video for a picture", "为图片上传视频"),
    Route("GET", "/viggle/template2", refusing(templates), "List ready-made motions", "动作模板列表"),
    Route("GET", "/viggle/template2/tag", refusing(tags), "List the tags of these motions", "动作模板标签"),
    _paid(CREATE, create, "Put a figure into a motion", "让人物动起来"),
    Route("POST", f"{CREATE}/by-ids", refusing(query), "Ask for one video", "查询一个视频任务"),
)
