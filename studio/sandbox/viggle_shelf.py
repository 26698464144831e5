"""What Viggle works with in this stand-in: pictures and videos that were brought, and ready-made motions."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from decimal import Decimal

import av

from studio.sandbox import stills
from studio.sandbox.film import LONGEST, PICTURE, POSTER, VIDEO, Film, link
from studio.sandbox.members import Refused
from studio.sandbox.parts import Upload
from studio.sandbox.wire import Request
from studio.sandbox.world import Post, Task, Voice, World

LINK_LIVES = 24 * 3600.0
LARGEST_PART = 9999  # of a ratio
MOVES = ("Spin", "Moonwalk", "Salsa", "Backflip", "Slow walk", "Drum solo", "Robot", "Waltz", "Shuffle", "Victory lap")
STAGES = ("on a roof", "in the rain", "at the beach", "in a gym", "on stage", "in the snow")
SHAPES = ("9:16", "16:9", "1:1")
LENGTHS = (6, 9, 12)


@dataclass(frozen=True)
class Thing:
    """A picture (of no seconds), a video or a scene. `of` is the picture that a video belongs to.

    `figures` are the people in a scene, by their numbers.
    """

    kind: str
    name: str
    width: int
    height: int
    seconds: int = 0
    of: str = ""
    figures: tuple[str, ...] = ()

    @property
    def ratio(self) -> str:
        shrink = math.gcd(self.width, self.height)
        wide, high = self.width // shrink, self.height // shrink
        parts = -(-max(wide, high) // LARGEST_PART)
        return f"{max(1, wide // parts)}:{max(1, high // parts)}"

    def film(self, model: str) -> Film:
        return Film(self.name, self.ratio, self.seconds, model, self.kind)


@dataclass(frozen=True)
class Template:
    """A ready-made motion; how many people are in it, by its number."""

    number: int
    command: str
    ratio: str
    seconds: int
    tag: str

    @property
    def id(self) -> str:
        return f"tpl-{self.number:04}"

    @property
    def thing(self) -> Thing:
        width, height = self.film.size
        figures = tuple(f"person-{self.number:04}-{count}" for count in range(1, self.number % 3 + 2))
        return Thing("template", self.command, width, height, self.seconds, figures=figures)

    @property
    def film(self) -> Film:
        return Film(self.command, self.ratio, self.seconds, "template", "template")


TEMPLATES = {
    each.id: each
    for each in (
        Template(n + 1, f"{move} {stage}", SHAPES[n % len(SHAPES)], LENGTHS[n % len(LENGTHS)], f"tag-{place + 1}")
        for n, (place, stage, move) in enumerate((p, s, m) for p, s in enumerate(STAGES) for m in MOVES)
    )
}
TAGS = [{"id": f"tag-{place}", "name": stage, "sort": place} for place, stage in enumerate(STAGES, 1)]


def picture(upload: Upload) -> Thing:
    """A picture that was brought. Refuses what is none."""
    try:
        size = stills.opened(upload.content).size
    except stills.NoPicture as fault:
        raise Refused(f"file must be a picture: {fault}") from fault
    return Thing("picture", name_of(upload), *size)


def video(upload: Upload, of: str) -> Thing:
    """A video that was brought. Refuses what is no MP4 of which a picture can be read."""
    try:
        with av.open(io.BytesIO(upload.content), "r") as opened:
            is_film = "mp4" in opened.format.name.split(",") and opened.streams.video
            first = next(opened.decode(video=0), None) if is_film else None
            seconds = (opened.duration or 0) / 1_000_000
    except (av.FFmpegError, ValueError):
        first, seconds = None, 0.0
    if first is None:
        raise Refused("file must be an MP4 video")
    return Thing("video", name_of(upload), first.width, first.height, max(1, round(seconds)), of)


def name_of(upload: Upload) -> str:
    """The file's name without its ending."""
    return upload.name.rpartition(".")[0] or upload.name


def shown_seconds(thing: Thing) -> int:
    """The length of what is made of it; this stand-in paints no longer films."""
    return min(thing.seconds, LONGEST)


def keep(world: World, request: Request, post: Post, thing: Thing, voice: Voice) -> Task:
    """Lay it on the shelf under a number of its own. It costs nothing."""
    film = Film(thing.name, thing.ratio, shown_seconds(thing), "upload", thing.kind)
    task = Task(request.path, thing.name, film, Decimal(0), request.base, voice, asked=asdict(thing))
    task.state, task.created = "succeeded", world.clock.wall
    with world.lock:
        world.tasks[task.id] = task
        post.task_id = task.id
    return task


def found(world: World, id_: str, kind: str, member: str) -> Thing:
    """What lies on the shelf under this number. Refuses what does not, and what is of another kind."""
    task = world.tasks.get(id_)
    if task is None or task.asked.get("kind") != kind:
        raise Refused(f"{member}: no such {kind}" if id_ else f"{member} is required")
    return Thing(**{each.name: task.asked[each.name] for each in fields(Thing)})


def files(base: str, film: Film, now: float, *, dead: bool = False) -> Callable[[str], str]:
    """The addresses of a film's files by their names; dead ones from the start where that is asked for."""
    expires = int(now + (-1.0 if dead else LINK_LIVES))
    return lambda name: link(base, film, name, expires)


def listed(template: Template, base: str, now: float) -> dict[str, str]:
    """A template as the list tells it. Its GIF is the one thing that this stand-in does not make."""
    at = files(base, template.film, now)
    urls = {"processedURL": at(VIDEO), "processedCoverURL": at(POSTER), "gifURL": ""}
    return {"id": template.id, "command": template.command, "description": "", **urls}


def upload_told(task: Task, now: float) -> dict[str, object]:
    """An upload as its answer tells it: a video has a cover beside it."""
    at, video = files(task.base, task.film, now), task.asked["kind"] == "video"
    urls = {"url": at(VIDEO), "coverURL": at(POSTER)} if video else {"url": at(PICTURE)}
    return {"id": task.id, "name": task.asked["name"], **urls, **{s: task.asked[s] for s in ("width", "height")}}
