"""A generation of Luma's: one bare object, told as completed a while before its links are there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from studio.sandbox.clock import iso
from studio.sandbox.film import LAST, POSTER, VIDEO, link
from studio.sandbox.world import Task, Voice

STATE = {"queued": "pending", "running": "processing", "failed": "failed", "succeeded": "completed"}
LINKLESS = 0.9  # of the work is done when it is called completed, though its links come with the end
LINK_LIVES = 3600
RAW = {"video_raw": VIDEO, "thumbnail": POSTER}  # what a paid account has beside the video


@dataclass(frozen=True)
class Edition:
    """One of the paths, and what the accounts behind it get. Each knows only the ids that it gave."""

    path: str
    points: int
    takes: tuple[float, float]  # seconds of work
    links: tuple[str, ...]  # beside video.url, which all have
    marked: bool = False  # a watermark lies on video.url
    needs_ratio: bool = True
    tells_wait: bool = False  # how long it stands in line


PLAIN = Edition("/luma/generations", 30, (100.0, 160.0), ("download_url", "video_raw"), marked=True, needs_ratio=False)
FREE = Edition("/luma/v1/generations", 10, (200.0, 280.0), (), marked=True, tells_wait=True)
PAID = Edition("/vip/luma/v1/generations", 40, (60.0, 100.0), ("video_raw",))


@dataclass
class Generation(Task):
    edition: Edition = PLAIN

    def link(self, name: str, *, marked: bool = False) -> str:
        """The signed address of one of its files."""
        film = replace(self.film, model=f"{self.film.model} · watermark") if marked else self.film
        return signed(link(self.base, film, name, int(self.updated + self.lives)))

    @property
    def lives(self) -> float:
        """How long its links do."""
        return -1.0 if self.dead_links else LINK_LIVES


def signed(address: str) -> str:
    return f"{address}&X-Amz-Expires={LINK_LIVES}"


def view(task: Task) -> dict[str, Any]:
    """The generation, as answer, query and callback tell it."""
    if not isinstance(task, Generation):
        raise TypeError("a task of another system")
    early = task.state == "running" and task.share >= LINKLESS
    told: dict[str, Any] = {
        "id": task.id,
        "prompt": task.prompt,
        "state": STATE["succeeded" if early else task.state],
        "created_at": iso(task.created),
        "video": None,
        "liked": None,
        "estimate_wait_seconds": None,
        "thumbnail": None,
        "last_frame": None,
    }
    if task.state == "failed":
        told["failure_reason"] = task.message
    return told | files(task) if task.state == "succeeded" else told


def files(task: Generation) -> dict[str, Any]:
    """Which links there are depends on the account; a free one tells its thumbnail inside the video, as a text."""
    links, size = task.edition.links, dict(zip(("width", "height"), task.film.size, strict=True))
    video: dict[str, Any] = {"url": task.link(VIDEO, marked=task.edition.marked), **size, "thumbnail": None}
    made: dict[str, Any] = {"video": video, "last_frame": {"url": task.link(LAST), **size}}
    if "download_url" in links:
        video["download_url"] = task.link(VIDEO)
    if "video_raw" in links:
        return made | {name: {"url": task.link(file), **size} for name, file in RAW.items()}
    video["thumbnail"] = task.link(POSTER)
    return made


VOICE = Voice(
    view=view,
    forged=lambda told, url: told | {"state": "completed", "video": {"url": url, "download_url": url}},
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: told,  # nothing wraps a generation
    retells=(0.5, LINKLESS + 0.02),  # the second time completed, without its links
)
