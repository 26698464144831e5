"""Docmee's templates as its fact sheet tells them: page by page, or a handful at random."""

from __future__ import annotations

from typing import Any

from studio.sandbox import members
from studio.sandbox.docmee_wire import NO_DATA, No, answering, yes
from studio.sandbox.film import PICTURE, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, World

BASE = "/docmee/v1/api/ppt"
SYSTEM, OWN = 1, 4
CATEGORIES = (
    "年终总结",
    "教育培训",
    "医学医疗",
    "商业计划书",
    "企业介绍",
    "毕业答辩",
    "营销推广",
    "晚会表彰",
    "个人简历",
)
STYLES = ("扁平简约", "商务科技", "文艺清新", "卡通手绘", "中国风", "创意时尚", "创意趣味")
COLOURS = (
    *("#FA920A", "#589AFD", "#7664FA", "#65E5EC", "#61D328", "#F5FD59", "#E05757", "#8F5A0B", "#FFFFFF", "#000000"),
)
NAMES = ("Harbour", "Meadow", "Lantern", "Paper", "Granite", "Orchard", "Signal", "Dune", "Ribbon", "Frost")
CHINESE_NAMES = ("港湾", "草甸", "灯笼", "纸张", "花岗岩", "果园", "信号", "沙丘", "丝带", "霜")
COUNT = 37
DOCUMENTED = "181..."  # the cut id of the documents: here it is the first template
MOST = 100  # on one page
COVERS_LIVE = 24 * 3600


def template(number: int) -> dict[str, Any]:
    """The template of this number, from 0."""
    return {
        "id": str(1_815_000_000_000_000_001 + number),
        "type": SYSTEM,
        "category": CATEGORIES[number % len(CATEGORIES)],
        "style": STYLES[number % len(STYLES)],
        "themeColor": COLOURS[number % len(COLOURS)],
        "subject": f"{NAMES[number % len(NAMES)]} {1 + number // len(NAMES)}",
        "num": 18 + number % 9,
        "createTime": "2024-08-01 10:00:00",
    }


TEMPLATES = {each["id"]: each for each in map(template, range(COUNT))}


def chosen(id_: str, world: World) -> dict[str, Any]:
    """The template of this id, or any where there is none. Raises No."""
    if not id_:
        return template(int(world.dice.fraction("template") * COUNT))
    if id_ != DOCUMENTED and id_ not in TEMPLATES:
        raise No(NO_DATA, "模板不存在")
    return template(0) if id_ == DOCUMENTED else TEMPLATES[id_]


@answering
def listed(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/templates?lang=…"""
    body = request.json()
    page, size = whole(body, "page", 100_000), whole(body, "size", MOST)
    fitting = filtered(body)
    shown = fitting[(page - 1) * size : page * size]
    return yes([_told(each, request, world) for each in shown], total=len(fitting))


@answering
def drawn(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/randomTemplates. Those that were shown already are left out."""
    body = request.json()
    size = whole(body, "size", MOST)
    without = members.inner(body, "filters").get("neq_id") or []
    if not isinstance(without, list):
        raise Refused("filters.neq_id must be a list")
    left = [each for each in filtered(body) if each["id"] not in without]
    begin = int(world.dice.fraction("templates") * len(left)) if left else 0
    shown = (left[begin:] + left[:begin])[:size]
    return yes([_told(each, request, world) for each in shown], total=len(left))


def whole(body: Body, name: str, most: int) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Refused(f"{name} must be a whole number from 1 to {most}")
    return value


def filtered(body: Body) -> list[dict[str, Any]]:
    """The templates that fit the filters; an account has none of its own here."""
    filters = members.inner(body, "filters")
    if filters.get("type") not in (SYSTEM, OWN) or isinstance(filters.get("type"), bool):
        raise Refused("filters.type must be 1 or 4")
    asked = {name: text for name in ("category", "style", "themeColor") if (text := members.text(filters, name))}
    known = TEMPLATES.values() if filters["type"] == SYSTEM else []
    return [each for each in known if all(each[name] == text for name, text in asked.items())]


def _told(each: dict[str, Any], request: Request, world: World) -> dict[str, Any]:
    place = int(each["id"]) % 1_000_000 - 1
    chinese = request.query.get("lang", "zh").startswith("zh")
    name = f"{CHINESE_NAMES[place % len(NAMES)]} {1 + place // len(NAMES)}" if chinese else each["subject"]
    cover = Film(name, "16:9", 0, each["style"], "template")
    expires = int(world.clock.wall) + COVERS_LIVE
    return each | {"subject": name, "coverUrl": link(request.base, cover, PICTURE, expires)}


ROUTES = (
    Route("POST", f"{BASE}/templates", listed, "Templates, page by page", "分页查询 PPT 模板"),
    Route("POST", f"{BASE}/randomTemplates", drawn, "Templates at random", "随机 PPT 模板"),
)
