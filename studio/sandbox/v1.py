"""What Pika and Pixverse share with Runway v1: a submit in an envelope, one task object for feed and callbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox.film import Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.runway import STATUS, envelope
from studio.sandbox.wire import Answer, Request, Stopwatch
from studio.sandbox.world import Post, Task, Voice, World

LINK_LIVES = 24 * 3600.0
WORDS = {"queued": "pending", "running": "running", "failed": "error", "succeeded": "succeeded"}
Handler = Callable[[World, Request, Post], Answer]


def voice(view: Callable[[Task], dict[str, Any]]) -> Voice:
    """How a system of this family tells of a task, the faults included."""
    return Voice(
        view=view,
        forged=lambda told, link: (
            told
            | ({"state": WORDS["succeeded"]} if "state" in told else {})
            | {"status": STATUS["succeeded"], "video_url": link, "msg": None}
        ),
        foreign=lambda told, id_: told | {"task_id": id_},
        wrapped=lambda told: {"code": 200, "msg": "ok", "data": told, "exec_time": 0.03},
    )


def submit(of: Voice, read: Callable[[Body], Film], points: int) -> Handler:
    """The handler of a submit; what it makes follows from the body. Refusals are code 400 inside HTTP 200."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        watch = Stopwatch()
        body = request.json()
        try:
            callback_url = members.address(body, "callback_url")
            if not callback_url:
                raise Refused("callback_url_empty")
            film = read(body)
        except Refused as refusal:
            return envelope(watch, None, 400, str(refusal))
        task = Task(request.path, film.prompt, film, Decimal(points), request.base, of, callback_url)
        world.accept(task, post)
        return replace(envelope(watch, {"task_id": task.id}, msg="ok"), task=task)

    return handle


def feed(of: Voice, asked: Callable[[Request], object]) -> Handler:
    """The handler of a query; `asked` finds the id in it. Free, and may be asked again."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        watch = Stopwatch()
        id_ = asked(request)
        if not isinstance(id_, str) or not id_:
            return envelope(watch, None, 400, "task_id_empty")
        with world.lock:
            task = world.tasks.get(id_)
            if task is None or task.voice is not of or world.clock.gateway < task.known_from:
                return envelope(watch, None, 400, "task_not_exist")
            return envelope(watch, of.view(task), msg="ok")

    return handle


def task_object(task: Task, **files: str) -> dict[str, Any]:
    """Numbers as text, nothing known yet as null; `files` are members that hold a link once the task has succeeded."""
    done = task.state == "succeeded"
    return {
        "task_id": task.id,
        "status": STATUS[task.state],
        "prompt": task.prompt,
        **{name: address(task, file) if done else None for name, file in files.items()},
        "msg": task.message,
        "point": str(task.points),
        "refund": "1" if task.refunded else "0",
        "create_time": str(int(task.created)),
        "update_time": str(int(task.updated)),
    }


def address(task: Task, name: str) -> str:
    """Where one file of a finished task lies; a day long, unless its links are to be dead from the start."""
    return link(task.base, task.film, name, int(task.updated + (-1.0 if task.dead_links else LINK_LIVES)))
