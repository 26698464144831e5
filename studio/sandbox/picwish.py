"""PicWish as its fact sheet tells it: nine tools that take form parts, one envelope, and a query under each path."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import media, members
from studio.sandbox.film import Film, link
from studio.sandbox.looking import UNREACHED
from studio.sandbox.members import Refused
from studio.sandbox.parts import Form, NoForm, form
from studio.sandbox.picwish_sources import Errand, TooLarge, Unusable
from studio.sandbox.picwish_tools import TOOLS, Made, Tool, chosen
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, Task, Voice, World

STATES = {"queued": 0, "running": 4, "succeeded": 1}
WORDS = {"queued": "Waiting", "running": "Processing", "succeeded": "Complete"}  # only the last is in any document
BROKEN, NOT_FETCHED = -1, -3
LINK_LIVES = 3600.0
NOTHING = Film("", "1:1", 0, "nothing", "")  # what a task is about that comes to nothing


def told(data: Any, status: int = 200, message: str = "success") -> dict[str, Any]:
    return {"status": status, "message": message, "data": data}


def no(status: int, message: str, http: int = 0) -> Answer:
    """A refusal: the status stands in the body too."""
    return as_json({"status": status, "message": message}, http or status)


def begin(tool: Tool, world: World, request: Request, post: Post) -> Answer:
    """The handler of one tool. What it cannot use it accepts and tells later; what it cannot read it refuses."""
    try:
        sent = form(request)
        how = _how(tool, sent)
        callback_url = members.address(dict(sent.texts), "callback_url")
        made, failure = _made(tool, Errand(sent, request.base, world.clock.ticking))
    except (NoForm, Refused) as fault:
        return no(400, str(fault))
    except TooLarge:
        return no(413, "the file is too large")
    task = Task(request.path, sent.texts.get("prompt", ""), NOTHING, Decimal(0), request.base, VOICE, callback_url)
    task.takes, task.asked = tool.takes, {"made": made, "return_type": how["return_type"]}
    if made is not None:
        task.film, task.points = made.first, Decimal(made.points)
    if failure is not None:
        task.fails, task.message = True, str(failure)
        task.asked = {**task.asked, "state": failure.state}
    world.accept(task, post)
    if not how["sync"]:
        return as_json(told({"task_id": task.id}), task=task)
    world.finish(task)
    return _at_once(task, raw=how["return_type"] == 3)


def _how(tool: Tool, sent: Form) -> dict[str, int]:
    """Whether the call waits, and how the result is to come."""
    waits = tool.waits and chosen(sent.texts, "sync", "01", "0") == "1"
    return_type = int(chosen(sent.texts, "return_type", "123" if tool.raw else "12", "1"))
    if return_type == 3 and not waits:
        raise Refused("return_type 3 needs sync 1")
    return {"sync": int(waits), "return_type": return_type}


def _made(tool: Tool, errand: Errand) -> tuple[Made | None, Unusable | None]:
    try:
        return tool.make(errand), None
    except Unusable as failure:
        return None, failure


def _at_once(task: Task, *, raw: bool) -> Answer:
    if raw and task.state == "succeeded":
        film, name = next(iter(task.asked["made"].files.values()))
        content_type, make = media.KINDS[name]
        return Answer(200, make(film), content_type, task=task)
    return as_json(view(task), task=task)


def query(world: World, request: Request, post: Post) -> Answer:
    """GET of the path that began the task, with its id. Any other path does not know it."""
    path, _, asked = request.path.rpartition("/")
    with world.lock:
        task = world.tasks.get(asked)
        if task is None or task.path != path or world.clock.gateway < task.known_from:
            return no(404, "task not found")
        share = world.share(task)
    return as_json(view(task, share))  # outside the lock: base64 has to be painted first


def view(task: Task, share: float | None = None) -> dict[str, Any]:
    """The task as a query, a call that waited and a callback tell it."""
    data: dict[str, Any] = {
        "task_id": task.id,
        "state": _state(task),
        "state_detail": task.message or WORDS.get(task.state, ""),
        "progress": round(100 * (task.share if share is None else share)),
        "return_type": task.asked["return_type"],
        "created_at": int(task.created),
    }
    if task.state in {"succeeded", "failed"}:
        data |= {"processed_at": int(task.created), "completed_at": int(task.updated)}
        data |= {"time_elapsed": round((task.updated - task.created) * 1000, 1)}
    if task.state == "succeeded":
        made: Made = task.asked["made"]
        data |= {**made.told, **{name: _file(task, *file) for name, file in made.files.items()}}
    return told(data)


def _state(task: Task) -> int:
    if task.state != "failed":
        return STATES[task.state]
    unreached = task.post is not None and UNREACHED in task.post.faults
    return int(task.asked.get("state") or (NOT_FETCHED if unreached else BROKEN))


def _file(task: Task, film: Film, name: str) -> str:
    if task.asked["return_type"] == 2:
        return base64.b64encode(media.KINDS[name][1](film)).decode()
    return link(task.base, film, name, int(task.updated + (-1.0 if task.dead_links else LINK_LIVES)))


def _with(whole: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**whole, "data": {**whole["data"], **changes}}


# A callback is expected to be the body of a query; no document shows one. "Wrapped" is here the other way round.
VOICE = Voice(
    view=view,
    forged=lambda whole, url: _with(whole, state=1, state_detail="Complete", image=url),
    foreign=lambda whole, id_: _with(whole, task_id=id_),
    wrapped=lambda whole: dict(whole["data"]),
    retells=(),
    at_end=True,
)
OWN: tuple[Callable[[], Answer], ...] = (
    partial(no, 429, "more than 2 requests in a second"),
    partial(no, 500, "internal error"),
)


def _no_inside_200() -> Answer:
    return no(400, "the parameters are invalid", 200)


ROUTES = (
    *(
        Route("POST", tool.path, partial(begin, tool), tool.en, tool.zh, paid=True, no=_no_inside_200, own=OWN)
        for tool in TOOLS
    ),
    *(
        Route("GET", f"{tool.path}/{{task_id}}", query, f"{tool.en}: ask for a task", f"{tool.zh}：查询任务")
        for tool in TOOLS
    ),
)
