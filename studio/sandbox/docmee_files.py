"""Docmee's calls around files as its fact sheet tells them: sources, PPTX to JSON and back, the account."""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from html import unescape
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from studio.sandbox import members, slides
from studio.sandbox.docmee_decks import VOICE
from studio.sandbox.docmee_structure import deck_of, structure
from studio.sandbox.docmee_wire import answering, paid, yes
from studio.sandbox.docmee_words import LONGEST
from studio.sandbox.film import SOURCE, address
from studio.sandbox.members import Body, Refused, is_address
from studio.sandbox.parts import Form, NoForm, Upload, form
from studio.sandbox.routes import Route
from studio.sandbox.slides import MEDIA_TYPE, NoSlides
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import Post, World

API = "/docmee/v1/api"
WAYS = ("file", "content", "fileUrl", "website", "websearch")
ENDINGS = (
    *(".doc", ".docx", ".pdf", ".ppt", ".pptx", ".txt", ".md", ".xls", ".xlsx", ".csv", ".html"),
    *(".epub", ".mobi", ".xmind", ".mm"),
)
PLAIN = (".txt", ".md", ".csv", ".html", ".mm")
LARGEST = 50 * 1024 * 1024
MOST_USED = 20_000  # characters of a source
DAY = 24 * 3600
SAID = re.compile(rb"<(?:a|w):t[^>]*>([^<]*)</(?:a|w):t>|<t[^>]*>([^<]*)</t>")
TELLING = re.compile(r"slide\d+\.xml$|document\.xml$|[sS]trings\.xml$")
LARGEST_PART = 2 * 1024 * 1024
ALLOWED = 1000  # decks that an account may make here


@answering
def parsed(world: World, request: Request, post: Post) -> Answer:
    """POST /ppt/parseFileData: one of five, as parts of a form."""
    sent = _form(request)
    given = [name for name in WAYS if sent.texts.get(name, "").strip() or sent.files.get(name)]
    if len(given) != 1:
        raise Refused("one of file, content, fileUrl, website and websearch is required")
    way = given[0]
    if way == "file":
        text = _of_file(sent.files["file"]) if "file" in sent.files else sent.texts["file"]
    elif way in {"fileUrl", "website"}:
        text = _of_address(world, way, sent.texts[way].strip())
    else:
        text = sent.texts[way]
    words = [line.strip() for line in text[:MOST_USED].splitlines() if line.strip()]
    if not words:
        raise Refused(f"{way} holds no text")
    token = world.kept.put(json.dumps({"topic": words[0][:LONGEST], "lines": words}, ensure_ascii=False).encode())
    return yes({"dataUrl": address(request.base, token, SOURCE, int(world.clock.wall) + DAY)})


def source(world: World, url: str) -> Body:
    """What was parsed, by the address that was answered. Raises Refused for one that is not ours, or of yesterday."""
    asked = parse_qs(urlsplit(url).query)
    token, expires = (asked.get(name, [""])[0] for name in ("film", "expires"))
    if not expires.isdecimal() or int(expires) < world.clock.wall:
        raise Refused("dataUrl is not valid, or no longer")
    try:
        told: Body = json.loads(world.kept.get(token))
    except (KeyError, ValueError):
        raise Refused("dataUrl is not known") from None
    return told


def _form(request: Request) -> Form:
    try:
        return form(request)
    except NoForm as fault:
        raise Refused(str(fault)) from None


def _of_file(file: Upload) -> str:
    """The text in a file, as far as this stand-in can read its kind; else its name."""
    name = PurePosixPath(file.name)
    if name.suffix.lower() not in ENDINGS:
        raise Refused(f"file must be one of {', '.join(ending[1:] for ending in ENDINGS)}")
    if len(file.content) > LARGEST:
        raise Refused("file is larger than 50 MB")
    if name.suffix.lower() in PLAIN:
        return re.sub("<[^>]{0,500}>", " ", file.content.decode("utf-8", "replace"))
    return _office(file.content) or name.stem


def _office(content: bytes) -> str:
    """The texts of a docx, pptx or xlsx file; "" for any other."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = filter(TELLING.search, archive.namelist())
            found = [text for name in sorted(names)[:200] for text in SAID.findall(_part(archive, name))]
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return ""
    return "\n".join(unescape((one or other).decode("utf-8", "replace")) for one, other in found)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LARGEST_PART)


def _of_address(world: World, name: str, url: str) -> str:
    """What an address is about, by its own words: this stand-in reads no pages."""
    if not is_address(url):
        raise Refused(f"{name} is not a URL")
    if not world.courier.can_fetch(url):
        raise Refused(f"{name} could not be fetched")
    parts = urlsplit(url)
    words = re.sub(r"[-_/+]+|\.\w{1,5}$", " ", unquote(parts.path)).strip()
    return f"{words or parts.hostname}\n{parts.hostname}"


@answering
def to_json(world: World, request: Request, post: Post) -> Answer:
    """POST /pptjson/ppt2json: the bare structure."""
    sent = _form(request)
    if sent.texts.get("uploadImage", "false") not in {"true", "false"}:
        raise Refused("uploadImage must be true or false")
    if "file" not in sent.files:
        raise Refused("file is required")
    try:
        return as_json(structure(slides.read(sent.files["file"].content)))
    except NoSlides:
        raise Refused("file is no PPTX") from None


@answering
def to_pptx(world: World, request: Request, post: Post) -> Answer:
    """POST /pptjson/json2ppt: the file itself."""
    return Answer(200, slides.pptx(deck_of(request.json())), MEDIA_TYPE)


@answering
def token(world: World, request: Request, post: Post) -> Answer:
    """POST /user/createApiToken. The gateway lets nobody in by it, so nothing here remembers it."""
    body = request.json()
    if len(members.text(body, "uid")) > 32:
        raise Refused("uid is longer than 32 characters")
    limit = body.get("limit")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise Refused("limit must be a whole number, or null")
    hours = members.number(body, "timeOfHours", 1, 48) if body.get("timeOfHours") is not None else 2
    return yes({"token": f"sk_{secrets.token_hex(16)}", "expireTime": int(hours * 3600)})


@answering
def points(world: World, request: Request, post: Post) -> Answer:
    """GET /user/apiInfo."""
    with world.lock:
        used = sum(task.voice is VOICE for task in world.tasks.values())
    return yes({"availableCount": max(0, ALLOWED - used), "usedCount": used})


ROUTES = (
    paid(f"{API}/ppt/parseFileData", parsed, "Parse a file, a text, a page or a search", "解析文件内容"),
    paid(f"{API}/pptjson/ppt2json", to_json, "PPTX to JSON", "PPT 转 JSON"),
    paid(f"{API}/pptjson/json2ppt", to_pptx, "JSON to PPTX", "JSON 转 PPT"),
    paid(f"{API}/user/createApiToken", token, "A temporary token", "创建接口 token"),
    Route("GET", f"{API}/user/apiInfo", points, "Points of the account", "查询 API 信息"),
)
