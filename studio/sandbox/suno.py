"""Suno as its fact sheet tells it: two clips for one request, a feed that tells of clips, uploads, and whole songs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import partial
from typing import Any

from studio.sandbox import members
from studio.sandbox.clock import iso
from studio.sandbox.film import LONGEST, PICTURE, POSTER, SONG, SONG_VIDEO, STREAM, Film, link
from studio.sandbox.members import Body, Refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_json, error
from studio.sandbox.world import Post, Task, Voice, World

STATUS = {"queued": "submitted", "running": "streaming", "failed": "error", "succeeded": "complete"}
TAKES = (60.0, 110.0)  # seconds of work for one clip: 3 to 5.5 on the wall at speed 20
SECONDS = 12
UPLOADED = 31.2
DONE = {"audio_url": SONG, "video_url": SONG_VIDEO, "image_url": POSTER, "image_large_url": PICTURE}
LONGEST_TEXTS = {"prompt": 5000, "tags": 1000, "title": 80}
POINTS = {"generate": 5, "concat": 0, "upload": 1}
LINK_LIVES = 3 * 24 * 3600.0
Handler = Callable[[World, Request, Post], Answer]


@dataclass(frozen=True)
class Clip:
    """What a clip is beside a task of this gateway; it stands in the task's `asked`."""

    title: str
    tags: str
    lyrics: str
    described: str = ""
    kind: str = "gen"  # or upload, concat
    history: Sequence[Body] = ()
    joined: Sequence[Body] = ()
    url: str = ""  # of an upload


def no(status: int, text: str) -> Answer:
    """The service's own refusal."""
    return as_json({"detail": text}, status)


def relay_no() -> Answer:
    """What some relays say in its place, inside HTTP 200."""
    return as_json({"code": "fail_to_fetch_task", "message": "upstream is busy"})


def generate(world: World, request: Request, post: Post) -> Answer:
    """POST /suno/v2/generate. The root says that the request is complete; the clips say what is going on."""
    body = request.json()
    try:
        clip, film = _asked(world, body)
    except Refused as refusal:
        return no(400, str(refusal))
    if not re.fullmatch(r"chirp-[\w.\-]{1,30}", film.model):
        return error(503, f"当前分组 default 下对于模型 {film.model} 无可用渠道", code="model_not_found")
    tasks = [_begin(world, request, post, clip, replace(film, number=number), POINTS["generate"]) for number in (1, 2)]
    told = {
        "id": f"{tasks[0].id[:-12]}{'a' * 12}",
        "status": "complete",
        "batch_size": 1,
        "major_model_version": _version(film.model),
        "created_at": iso(tasks[0].created),
        "metadata": {"tags": clip.tags, "prompt": clip.lyrics, "gpt_description_prompt": clip.described or None},
        "clips": [view(task) for task in tasks],
    }
    return replace(as_json(told), task=tasks[0])


def concat(world: World, request: Request, post: Post) -> Answer:
    """POST /suno/v2/generate/concat: one clip out of an extension and what stands before it."""
    body = request.json()
    try:
        part = _clip(world, members.text(body, "clip_id"), "clip_id")
        if not part.history:
            raise Refused("This clip has no history to be joined with.")
    except Refused as refusal:
        return no(400, str(refusal))
    last = world.tasks[body["clip_id"]]
    before = sum(float(each["continue_at"]) for each in part.history)
    film = replace(last.film, seconds=min(LONGEST, round(before + last.film.seconds)), source="whole song", count=1)
    joined = [*part.history, {"id": last.id, "continue_at": None}]
    clip = replace(part, kind="concat", history=(), joined=joined)
    task = _begin(world, request, post, clip, replace(film, number=1), POINTS["concat"])
    return replace(as_json(view(task)), task=task)


def upload(world: World, request: Request, post: Post) -> Answer:
    """POST /suno/v2/uploads/audio. Answers at once; the sound must be there to be fetched."""
    body = request.json()
    url = members.text(body, "url")
    if not members.is_address(url):
        return no(400, "url must be a public audio link")
    if not world.courier.can_fetch(url):
        return no(400, "The audio could not be fetched from this address.")
    clip = Clip(url.rsplit("/", 1)[-1].partition("?")[0], "", "", kind="upload", url=url)
    film = Film(clip.title, "1:1", SECONDS, "upload", "upload")
    task = Task(request.path, clip.title, film, Decimal(POINTS["upload"]), request.base, VOICE, asked=_kept(clip))
    task.state, task.created = "succeeded", world.clock.wall
    with world.lock:
        world.tasks[task.id] = task
        post.task_id = task.id
        world.charge(post, task.points)
    return as_json({"clip_id": task.id, "duration": UPLOADED})


def feed(world: World, request: Request, post: Post) -> Answer:
    """GET /suno/v2/feed?ids=a,b. What it does not know is not in the list."""
    ids = [each.strip() for each in request.query.get("ids", "").split(",") if each.strip()]
    if not ids:
        return no(400, "ids is required")
    with world.lock:
        known = [task for each in ids if (task := world.tasks.get(each)) and task.voice is VOICE]
        clips = [view(task) for task in known if world.clock.gateway >= task.known_from]
    return as_json({"clips": clips, "num_total_results": len(clips), "current_page": 0})


def view(task: Task) -> dict[str, Any]:
    """The clip: its address plays from the moment it streams, its length is known when it is complete."""
    clip, done = Clip(**task.asked), task.state == "succeeded"
    expires = int(task.updated + (-1.0 if task.dead_links else LINK_LIVES)) if done else int(task.created + LINK_LIVES)
    names = (
        {"audio_url": SONG, "video_url": SONG_VIDEO, "image_url": POSTER, "image_large_url": PICTURE} if done else {}
    )
    names |= {"audio_url": STREAM} if task.state == "running" else {}
    urls: dict[str, str | None] = {"audio_url": "", "video_url": "", "image_url": None, "image_large_url": None}
    urls |= {name: link(task.base, task.film, file, expires) for name, file in names.items()}
    if clip.kind == "upload":
        urls |= {"audio_url": clip.url, "video_url": ""}
    failed = task.state == "failed"
    return {
        "id": task.id,
        "status": STATUS[task.state],
        "title": clip.title,
        **urls,
        "model_name": task.film.model,
        "major_model_version": _version(task.film.model),
        "is_video_pending": not done,
        "created_at": iso(task.created),
        "metadata": {
            "type": clip.kind,
            "tags": clip.tags,
            "prompt": clip.lyrics,
            "gpt_description_prompt": clip.described or None,
            "duration": _length(task) if done else None,
            "history": list(clip.history) or None,
            "concat_history": list(clip.joined) or None,
            "error_type": "generation_error" if failed else None,
            "error_message": "The song could not be made. Please try again." if failed else None,
        },
    }


def _length(task: Task) -> float:
    return UPLOADED if task.asked["kind"] == "upload" else float(task.film.seconds)


VOICE = Voice(
    view=view,
    forged=lambda told, url: told | {"status": "complete", "audio_url": url},
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: {"clips": [told]},
    retells=(),
)


def _begin(
    world: World, request: Request, post: Post, clip: Clip, film: Film, points: int = POINTS["generate"]
) -> Task:
    task = Task(request.path, film.prompt, film, Decimal(points), request.base, VOICE, asked=_kept(clip), takes=TAKES)
    world.accept(task, post)
    return task


def _kept(clip: Clip) -> dict[str, Any]:
    return {each.name: getattr(clip, each.name) for each in fields(clip)}


def _asked(world: World, body: Body) -> tuple[Clip, Film]:
    """Which of the ways it is, the filled members say."""
    if not isinstance(body.get("prompt"), str):
        raise Refused("prompt is required, if only as an empty text")
    if not (model := members.text(body, "mv")):
        raise Refused("mv is required")
    texts = ("prompt", "tags", "title", "gpt_description_prompt", "task")
    lyrics, tags, title, described, kind = (members.text(body, name) for name in texts)
    for name, most in LONGEST_TEXTS.items():
        if len(members.text(body, name)) > most:
            raise Refused(f"{name} is longer than {most} characters")
    if not (lyrics.strip() or tags.strip() or described.strip() or kind):
        raise Refused("one of prompt, tags and gpt_description_prompt is required")
    if described and not body.get("make_instrumental"):
        lyrics = f"[Verse]\n{described}\n[Chorus]\nLa la, {described.split()[-1]}"
    clip = Clip(title or _title(described or lyrics or tags), tags, lyrics, described)
    source = "instrumental" if not lyrics else "song"
    if kind == "cover":
        covered = _clip(world, members.text(body, "cover_clip_id"), "cover_clip_id")
        return clip, Film(clip.title, "1:1", SECONDS, model, f"cover of {covered.title}"[:40], 1, 2)
    if kind in {"extend", "upload_extend"} or (model.endswith("-upload") and body.get("continue_clip_id")):
        clip = replace(clip, history=_history(world, body))
        source = "extension"
    return clip, Film(clip.title, "1:1", SECONDS, model, source, 1, 2)


def _history(world: World, body: Body) -> list[Body]:
    name = members.text(body, "continue_clip_id")
    before = _clip(world, name, "continue_clip_id")
    at = members.number(body, "continue_at", 0, _length(world.tasks[name]))
    return [*before.history, {"id": name, "continue_at": at}]


def _clip(world: World, name: str, member: str) -> Clip:
    task = world.tasks.get(name)
    if task is None or task.voice is not VOICE:
        raise Refused(f"{member}: clip not found" if name else f"{member} is required")
    if task.state != "succeeded":
        raise Refused(f"{member}: the clip is not complete")
    return Clip(**task.asked)


def _title(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("[")]
    return (lines[0] if lines else "Untitled")[: LONGEST_TEXTS["title"]]


def _version(model: str) -> str:
    found = re.search(r"v\d+", model)
    return found[0] if found else ""


OWN = (
    partial(no, 402, "Insufficient credits."),
    partial(no, 429, "Too many running jobs."),
    relay_no,
)


def _no_id() -> Answer:
    return as_json({"status": "error", "error": None})


def _paid(path: str, handle: Handler, en: str, zh: str) -> Route:
    return Route("POST", path, handle, en, zh, paid=True, no=_no_id if handle is upload else relay_no, own=OWN)


ROUTES = (
    _paid("/suno/v2/uploads/audio", upload, "Bring in a sound from a link", "从网址导入音频"),
    _paid("/suno/v2/generate", generate, "Two songs, an extension or a cover", "生成两首歌曲、续写或翻版"),
    _paid("/suno/v2/generate/concat", concat, "Join an extension with what it continues", "拼接为完整歌曲"),
    Route("GET", "/suno/v2/feed", feed, "Ask for clips", "查询片段"),
)
