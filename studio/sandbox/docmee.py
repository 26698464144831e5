"""Docmee's way from a topic to a deck as its fact sheet tells it: outline, text, and the deck then or meanwhile.

Words decide what it refuses: a topic with "nude" or "gore" is sensitive, one with "gibberish" fails half way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from studio.sandbox import docmee_words as words
from studio.sandbox import members
from studio.sandbox.docmee_decks import dressed, finished, found, info, task_of
from studio.sandbox.docmee_files import source
from studio.sandbox.docmee_structure import packed
from studio.sandbox.docmee_templates import BASE, chosen
from studio.sandbox.docmee_wire import (
    AI_FAULT,
    DONE,
    FAULT,
    FILE,
    NO_DATA,
    RUNNING,
    SENSITIVE,
    Event,
    No,
    answering,
    broken,
    events,
    flag,
    paid,
    streamed,
    yes,
)
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.slides import Deck
from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, Task, World

POINTS = {"outline": 1, "content": 2, "deck": 10, "drawing": 8}
LONGEST_WISH = 50  # a wish is shorter
REMEMBERED = 30.0  # seconds for which the progress of a whole deck is known
LENGTHS = ("short", "medium", "long")
REFUSED, FAILING = ("nude", "gore"), "gibberish"


@dataclass(frozen=True)
class Asked:
    """What a body asks for, whichever of the calls it is of."""

    about: str
    length: str
    lang: str
    wishes: str
    lines: tuple[str, ...] = ()  # of a parsed source
    markdown: str = ""

    @property
    def outline(self) -> str:
        return words.outline(self.about, self.length, self.lang, self.wishes, self.lines)


def asked(world: World, body: Body, markdown: str = "") -> Asked:
    """Reads the body; `markdown` names the member that holds a text to go on from. Raises Refused or No."""
    wishes, url, text = (members.text(body, name) for name in ("prompt", "dataUrl", markdown or "subject"))
    if len(wishes) >= LONGEST_WISH:
        raise Refused(f"prompt must be shorter than {LONGEST_WISH} characters")
    if not text.strip() and (markdown or not url):
        raise Refused(f"{markdown} is required" if markdown else "one of subject and dataUrl is required")
    told = source(world, url) if url else {"topic": "", "lines": []}
    about = words.name_of(text) if markdown else (" ".join(text.split())[: words.LONGEST] or str(told["topic"]))
    if any(word in f"{text} {wishes} {about}".lower() for word in REFUSED):
        raise No(SENSITIVE, "内容涉及敏感信息")
    length = members.choice(body, "length", LENGTHS, "medium")
    return Asked(about, length, members.text(body, "lang"), wishes, tuple(told["lines"]), text if markdown else "")


# Texts ---------------------------------------------------------------------------------------------------------------


def written(world: World, post: Post, body: Body, text: str, points: int) -> Answer:
    """A text, as a stream or whole; a charge only for one that comes to its end."""
    fails = FAILING in text.lower()
    if fails and not flag(body, "stream", otherwise=True):
        raise No(AI_FAULT, FAULT)
    told = [*([{"text": "", "status": FILE}] if body.get("dataUrl") else []), *events(text)]
    if fails:
        return streamed(broken(told, FAULT), world.clock.speed)
    world.charge(post, Decimal(points))
    if not flag(body, "stream", otherwise=True):
        return yes({"text": text, "result": words.tree(text)})
    return streamed([*told, {"text": "", "status": DONE, "result": words.tree(text)}], world.clock.speed)


@answering
def outlined(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/generateOutline."""
    body = request.json()
    return written(world, post, body, asked(world, body).outline, POINTS["outline"])


@answering
def reworked(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/updateOutline: always a stream."""
    body = request.json()
    wanted = asked(world, body, "outlineMarkdown")
    text = words.changed(wanted.markdown, members.text(body, "question"), wanted.length)
    return written(world, post, body | {"stream": True}, text, POINTS["outline"])


@answering
def filled(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/generateContent: the text alone, or with asyncGenPptx the deck meanwhile."""
    body = request.json()
    wanted = asked(world, body, "outlineMarkdown")
    text = words.content(wanted.markdown, wanted.lang, wanted.wishes)
    if flag(body, "asyncGenPptx"):
        return built(world, request, post, body, text)
    return written(world, post, body, text, POINTS["content"])


# Decks ---------------------------------------------------------------------------------------------------------------


def deck_in(world: World, request: Request, body: Body, text: str, points: int, *, in_line: bool = False) -> Task:
    """The deck of a text, in the template that was asked for, as a task that has not begun."""
    template = chosen(members.text(body, "templateId"), world)
    told = body.get("notes") or []
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise Refused("notes must be a list of texts")
    deck = dressed(Deck(words.slides(text, told)), template)
    return task_of(request, deck, template, points, in_line=in_line)


def built(world: World, request: Request, post: Post, body: Body, text: str) -> Answer:
    """The stream of a text whose deck is built meanwhile. From the second event on it tells how far the deck is."""
    told = events(text)
    if FAILING in text.lower():
        return streamed(broken(told, FAULT), world.clock.speed)
    task = deck_in(world, request, body, text, POINTS["deck"], in_line=True)
    world.accept(task, post)
    total = len(task.asked["deck"].slides)
    for place, event in enumerate(told[1:], start=1):
        event |= {"pptId": task.id, "total": total, "current": max(1, place * total // (2 * len(told)))}
    last = {"text": "", "status": DONE, "pptId": task.id, "result": words.tree(text)}
    return replace(streamed([*told, last], world.clock.speed), task=task)


@answering
def made(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/directGeneratePptx: topic to deck in one call, as a stream or silently."""
    body = request.json()
    text = words.content(asked(world, body).outline, members.text(body, "lang"))
    streams, with_structure = flag(body, "stream"), flag(body, "pptxProperty")
    if FAILING in text.lower():
        if streams:
            return streamed(broken(events(text), FAULT), world.clock.speed)
        raise No(AI_FAULT, FAULT)
    task = finished(world, deck_in(world, request, body, text, POINTS["deck"]), post)
    told = info(world, task, with_structure=with_structure)
    if not streams:
        return yes({"pptInfo": told})
    return streamed(_with_deck(text, body, task, told), world.clock.speed)


def _with_deck(text: str, body: Body, task: Task, told: Event) -> Iterator[Event]:
    if body.get("dataUrl"):
        yield {"text": "", "status": FILE}
    yield from events(text)
    yield {"text": "", "status": RUNNING, "pptId": task.id}
    yield {"text": "", "status": DONE, "result": told}


@answering
def drawn(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/generatePptx: the deck of a finished text."""
    body = request.json()
    wanted = asked(world, body, "outlineContentMarkdown")
    with_structure = flag(body, "pptxProperty")
    task = finished(world, deck_in(world, request, body, wanted.markdown, POINTS["drawing"]), post)
    return yes({"pptInfo": info(world, task, with_structure=with_structure)})


@answering
def progress(world: World, request: Request, post: Post) -> Answer:
    """GET /ppt/asyncPptInfo?pptId=…: known while the deck is built, and for half a minute after."""
    task = found(world, request.query.get("pptId", ""))
    ended = task.began + task.run
    if not task.asked["in_line"] or task.state == "failed" or world.clock.gateway > ended + REMEMBERED:
        raise No(NO_DATA, "数据不存在")
    deck = task.asked["deck"]
    current = int(world.share(task) * len(deck.slides))
    shown = replace(deck, slides=deck.slides[:current])
    return yes({"total": len(deck.slides), "current": current, "pptxProperty": packed(shown)})


ROUTES = (
    paid(f"{BASE}/generateOutline", outlined, "An outline", "生成大纲"),
    paid(f"{BASE}/updateOutline", reworked, "An outline, changed", "修改大纲"),
    paid(f"{BASE}/generateContent", filled, "Text, and a deck meanwhile", "生成大纲内容，可同时生成 PPT"),
    paid(f"{BASE}/directGeneratePptx", made, "Topic to deck", "直接生成 PPT"),
    paid(f"{BASE}/generatePptx", drawn, "Text to deck", "生成 PPT"),
    Route("GET", f"{BASE}/asyncPptInfo", progress, "Progress of a deck", "查询异步生成 PPT 信息"),
)
