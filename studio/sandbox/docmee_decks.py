"""Docmee's decks as its fact sheet tells them: kept, listed, loaded, downloaded, changed and deleted."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from studio.sandbox import film, members, slides
from studio.sandbox.docmee_structure import deck_of, packed, structure
from studio.sandbox.docmee_templates import BASE, MOST, chosen, whole
from studio.sandbox.docmee_wire import AI_FAULT, FAULT, NO_DATA, SHUT, No, answering, flag, paid, yes
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.slides import Deck
from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, Task, Voice, World

LINK_LIVES = 2 * 3600
TAKES = (60.0, 110.0)  # seconds of work for one deck: 3 to 5.5 on the wall at speed 20
NO_DECK = "数据不存在"
OWNED = {"userId": "1800000000000000001", "userName": "sandbox", "companyId": "1800000000000000002"}


# What others begin ---------------------------------------------------------------------------------------------------


def dressed(deck: Deck, template: dict[str, Any]) -> Deck:
    """The deck in a template: its name and its colour. White would not be seen."""
    colour = template["themeColor"].removeprefix("#")
    return replace(deck, template=template["subject"], colour="111827" if colour == "FFFFFF" else colour)


def task_of(request: Request, deck: Deck, template: dict[str, Any], points: int, *, in_line: bool) -> Task:
    """A deck that is to be made. `in_line`: it is made while a stream runs, else in the call itself."""
    asked = {"deck": deck, "drawn": deck, "name": deck.title, "subject": deck.title, "template": template["id"]}
    id_ = str(1_830_000_000_000_000_000 + secrets.randbelow(10**16))
    return Task(
        request.path,
        deck.title,
        deck.cover,
        Decimal(points),
        request.base,
        VOICE,
        asked=asked | {"in_line": in_line, "changed": 0.0},
        takes=TAKES,
        id=id_,
    )


def finished(world: World, task: Task, post: Post) -> Task:
    """Make the deck at once. Raises No where it fails; then nothing is charged."""
    with world.lock:
        if world.dice.roll("fail-task"):
            raise No(AI_FAULT, FAULT)
        task.dead_links = world.dice.roll("expired-links")
        task.state, task.created = "succeeded", world.clock.wall
        world.tasks[task.id] = task
        post.task_id = task.id
        world.charge(post, task.points)
    return task


def found(world: World, id_: str) -> Task:
    """The deck of this id. Raises No for one that is not there, or not yet."""
    task = world.tasks.get(id_)
    if task is None or task.voice is not VOICE or world.clock.gateway < task.known_from:
        raise No(NO_DATA, NO_DECK)
    return task


def info(world: World, task: Task, *, with_file: bool = True, with_structure: bool = False) -> dict[str, Any]:
    """The `pptInfo` of a deck."""
    asked = task.asked
    expires = int(world.clock.wall) + LINK_LIVES
    told = {name: asked[name] for name in ("name", "subject")}
    cover = film.link(task.base, asked["drawn"].cover, film.POSTER, expires)
    return {
        "id": task.id,
        **told,
        "coverUrl": cover,
        **({"fileUrl": link(world, task)} if with_file else {}),
        "templateId": asked["template"],
        "pptxProperty": packed(asked["deck"]) if with_structure else None,
        **OWNED,
        "createTime": moment(task.created),
        "updateTime": moment(asked["changed"]) if asked["changed"] else None,
    }


def link(world: World, task: Task) -> str:
    """Where the file lies, as it was drawn last."""
    name = world.kept.put(slides.pptx(task.asked["drawn"]))
    return film.address(task.base, name, film.DECK, int(world.clock.wall) + (-1 if task.dead_links else LINK_LIVES))


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def change(world: World, task: Task, **changes: Any) -> None:
    task.asked = {**task.asked, **changes, "changed": world.clock.wall}


# The calls -----------------------------------------------------------------------------------------------------------


@answering
def listed(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/listPptx: everything that was ever made, the latest first."""
    body = request.json()
    page, size = whole(body, "page", 100_000), whole(body, "size", MOST)
    with world.lock:
        known = [task for task in reversed(world.tasks.values()) if task.voice is VOICE]
    shown = known[(page - 1) * size : page * size]
    wanted = ("id", "subject", "coverUrl", "templateId", "createTime")
    told = [{name: info(world, task, with_file=False)[name] for name in wanted} for task in shown]
    return yes(told, total=len(known))


@answering
def loaded(world: World, request: Request, post: Post) -> Answer:
    """GET /ppt/loadPptx?id=…: the whole structure."""
    if not request.query.get("id"):
        raise Refused("id is required")
    task = found(world, request.query["id"])
    return yes({"pptInfo": info(world, task, with_file=False, with_structure=True)})


@answering
def downloaded(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/downloadPptx: the link, null while the deck is being made."""
    body = request.json()
    task = _meant(world, body, "id")
    if task.state == "failed":
        raise No(AI_FAULT, FAULT)
    if flag(body, "refresh"):
        change(world, task, drawn=task.asked["deck"])
    told = {"id": task.id, "name": task.asked["name"], "subject": task.asked["subject"]}
    return yes(told | {"fileUrl": link(world, task) if task.state == "succeeded" else None})


@answering
def redressed(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/updatePptTemplate. Only with `sync` the file is drawn too."""
    body = request.json()
    task = _meant(world, body, "pptId")
    if not members.text(body, "templateId"):
        raise Refused("templateId is required")
    template = chosen(body["templateId"], world)
    deck = dressed(task.asked["deck"], template)
    drawn = {"drawn": deck} if flag(body, "sync") else {}
    change(world, task, deck=deck, template=template["id"], **drawn)
    return yes({"pptId": task.id, "templateId": template["id"], "pptxProperty": structure(deck)})


@answering
def saved(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/savePptx. The link is told where the file was drawn."""
    body = request.json()
    task = _meant(world, body, "id")
    told = body.get("pptxProperty")
    if told is not None and not isinstance(told, dict):
        raise Refused("pptxProperty must be an object")
    deck = task.asked["deck"] if told is None else deck_of(told)
    draws, covers = flag(body, "drawPptx"), flag(body, "drawCover")
    change(world, task, deck=deck, **({"drawn": deck} if draws or covers else {}))
    return yes({"pptInfo": info(world, task, with_file=draws)})


@answering
def renamed(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/updatePptxAttr."""
    body = request.json()
    task = _meant(world, body, "id")
    told = {name: text for name in ("name", "subject") if (text := members.text(body, name).strip())}
    if not told:
        raise Refused("one of name and subject is required")
    change(world, task, **told)
    return yes()


@answering
def deleted(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/delete."""
    task = _meant(world, request.json(), "id")
    with world.lock:
        world.tasks.pop(task.id, None)
    return yes()


def _meant(world: World, body: Body, name: str) -> Task:
    if not members.text(body, name):
        raise Refused(f"{name} is required")
    return found(world, body[name])


VOICE = Voice(  # nothing here ever calls back
    view=lambda task: {"id": task.id},
    forged=lambda told, url: told,
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: {"data": told},
    retells=(),
)
ROUTES = (
    Route("POST", f"{BASE}/listPptx", listed, "Decks made so far", "获取 PPT 列表"),
    Route("GET", f"{BASE}/loadPptx", loaded, "The structure of a deck", "加载 PPT 数据"),
    Route("POST", f"{BASE}/downloadPptx", downloaded, "The file of a deck", "下载 PPT", own=SHUT),
    paid(f"{BASE}/updatePptTemplate", redressed, "Another template for a deck", "更换 PPT 模板"),
    paid(f"{BASE}/savePptx", saved, "Save a deck", "保存 PPT"),
    paid(f"{BASE}/updatePptxAttr", renamed, "Rename a deck", "更新 PPT 属性"),
    paid(f"{BASE}/delete", deleted, "Delete a deck", "删除 PPT"),
)
