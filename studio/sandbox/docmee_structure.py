"""A deck as Docmee's JSON structure, and back. The sheet names its outermost members; a page's are made up here."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from studio.sandbox.members import Body, Refused
from studio.sandbox.slides import NARROWEST, WIDEST, Deck, Slide

VERSION = "1.0"
MOST_PAGES = 500


def structure(deck: Deck) -> dict[str, Any]:
    pages = [{"page": number, **_page(slide)} for number, slide in enumerate(deck.slides, start=1)]
    master = {"name": deck.template, "themeColor": f"#{deck.colour}"}
    size = {"width": deck.width, "height": deck.height}
    return {**size, "pages": pages, "font": [], "slideMasters": [master], "version": VERSION}


def _page(slide: Slide) -> dict[str, Any]:
    return {"title": slide.title, "texts": list(slide.lines), "notes": slide.notes}


def deck_of(body: Body) -> Deck:
    """The deck that a structure tells of. Raises Refused for what is none."""
    for name in ("pages", "font", "slideMasters"):
        if not isinstance(body.get(name), list):
            raise Refused(f"{name} must be a list")
    if not isinstance(body.get("version"), str):
        raise Refused("version is required")
    if len(body["pages"]) > MOST_PAGES:
        raise Refused(f"pages holds more than {MOST_PAGES}")
    width, height = (_side(body, name) for name in ("width", "height"))
    master = next((each for each in body["slideMasters"] if isinstance(each, dict)), {})
    colour = str(master.get("themeColor", "")).removeprefix("#")
    known = {"colour": colour} if len(colour) == 6 and all(sign in "0123456789ABCDEFabcdef" for sign in colour) else {}
    slides = tuple(map(_slide, body["pages"]))
    return Deck(slides, str(master.get("name", ""))[:40], width=width, height=height, **known)


def _side(body: Body, name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not NARROWEST <= value <= WIDEST:
        raise Refused(f"{name} must be a whole number from {NARROWEST} to {WIDEST}")
    return value


def _slide(page: object) -> Slide:
    if not isinstance(page, dict):
        raise Refused("a page must be an object")
    texts = page.get("texts")
    lines = tuple(str(text) for text in texts) if isinstance(texts, list) else ()
    return Slide(str(page.get("title") or ""), lines, str(page.get("notes") or ""))


def packed(deck: Deck) -> str:
    """The structure as base64 of gzip of JSON."""
    text = json.dumps(structure(deck), ensure_ascii=False).encode()
    return base64.b64encode(gzip.compress(text, mtime=0)).decode()
