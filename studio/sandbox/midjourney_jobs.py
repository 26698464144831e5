"""A task of Midjourney's, as the proxies tell it: no envelope, percent text, buttons, and windows that wait."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from studio.sandbox.film import GRID, PICTURE, Film, link
from studio.sandbox.world import Task, Voice

WORDS = {"queued": "SUBMITTED", "running": "IN_PROGRESS", "failed": "FAILURE", "succeeded": "SUCCESS"}
LINK_LIVES = 24 * 3600.0
GRIDS = frozenset({"IMAGINE", "VARIATION", "REROLL", "BLEND", "INPAINT", "ZOOM", "PAN"})
TEXTS = frozenset({"DESCRIBE", "SHORTEN"})
DIGITS = re.compile(r"[1-5]️⃣\s*")
_ids = itertools.count(secrets.randbelow(10**9))


def new_id() -> str:
    """Sixteen digits, which documents print as a number; they are text all the same."""
    return f"176{next(_ids):013d}"


@dataclass
class Job(Task):
    """`told` is the text that it makes, `window` the button that opened it and now waits, `used` pressed buttons."""

    id: str = field(default_factory=new_id)
    action: str = "IMAGINE"
    own_text: str = ""
    told: str = ""
    window: str = ""
    relaxed: bool = False
    parent: Job | None = None
    used: set[str] = field(default_factory=set)

    @property
    def is_grid(self) -> bool:
        return self.action in GRIDS

    @property
    def picture(self) -> str:
        """The address of its picture. Of a description it is the picture that came in."""
        expires = int(self.updated + (-1.0 if self.dead_links else LINK_LIVES))
        return link(self.base, self.film, GRID if self.is_grid else PICTURE, expires)


def view(task: Task) -> dict[str, Any]:
    """The task object, as a query answers it and a callback carries it."""
    if not isinstance(task, Job):
        raise TypeError("a task of another system")
    going, done = task.state == "running", task.state == "succeeded"
    properties: dict[str, Any] = {"finalPrompt": task.told if done and task.action in TEXTS else task.prompt}
    shown = task.action != "SHORTEN" and (done or (going and task.action != "DESCRIBE"))
    return {
        "id": task.id,
        "action": task.action,
        "status": "MODAL" if task.waits else WORDS[task.state],
        "prompt": task.prompt,
        "promptEn": task.prompt,
        "description": f"/{task.action.lower()} {task.prompt}".strip(),
        "state": task.own_text,
        "submitTime": int(task.created * 1000),
        "startTime": 0 if task.state == "queued" else int((task.created + 1) * 1000),
        "finishTime": int(task.updated * 1000) if task.state in {"failed", "succeeded"} else 0,
        "progress": progress(task),
        "imageUrl": task.picture if shown else "",
        "failReason": task.message,
        "properties": properties,
        "buttons": list(buttons(task)) if done else [],
    }


def progress(job: Job) -> str:
    """Percent as text; words while it waits in a slow line; 100% beside a failure, as a relay writes it."""
    if job.state == "running":
        return f"{min(99, int(job.share * 100))}%"
    if job.state == "queued":
        return "Waiting to start" if job.relaxed and not job.waits else ""
    return "100%"


def buttons(job: Job) -> Iterator[dict[str, Any]]:
    mark = hashlib.sha256(job.id.encode()).hexdigest()
    key = "-".join((mark[:8], mark[8:12], mark[12:16], mark[16:20], mark[20:32]))
    if job.action == "DESCRIBE":
        for number in range(1, 5):
            yield button(job, f"MJ::Job::PicReader::{number}", "", f"{number}️⃣")
        yield button(job, "MJ::Picread::Retry", "", "🔄")
        yield button(job, "MJ::Job::PicReader::all", "Imagine all", "🎉")
    elif job.action == "SHORTEN":
        for number in range(1, 6):
            yield button(job, f"MJ::Job::PromptAnalyzer::{number}", "", f"{number}️⃣")
    elif job.is_grid:
        for number in range(1, 5):
            yield button(job, f"MJ::JOB::upsample::{number}::{key}", f"U{number}")
        yield button(job, f"MJ::JOB::reroll::0::{key}::SOLO", "", "🔄")
        for number in range(1, 5):
            yield button(job, f"MJ::JOB::variation::{number}::{key}", f"V{number}")
    elif job.action == "UPSCALE":
        yield from of_one(job, key)


def of_one(job: Job, key: str) -> Iterator[dict[str, Any]]:
    """The buttons of a single picture."""
    for size in ("subtle", "creative"):
        yield button(job, f"MJ::JOB::upsample_v6_2x_{size}::1::{key}::SOLO", f"Upscale ({size.title()})", "")
    for way, label in (("low", "Vary (Subtle)"), ("high", "Vary (Strong)")):
        yield button(job, f"MJ::JOB::{way}_variation::1::{key}::SOLO", label, "🪄")
    yield button(job, f"MJ::Inpaint::1::{key}::SOLO", "Vary (Region)", "🖌️")
    for share, label in ((50, "Zoom Out 2x"), (75, "Zoom Out 1.5x")):
        yield button(job, f"MJ::Outpaint::{share}::1::{key}::SOLO", label, "🔍")
    yield button(job, f"MJ::CustomZoom::{key}", "Custom Zoom", "🔍")
    for way, sign in (("left", "⬅️"), ("right", "➡️"), ("up", "⬆️"), ("down", "⬇️")):
        yield button(job, f"MJ::JOB::pan_{way}::1::{key}::SOLO", "", sign)
    yield button(job, f"MJ::BOOKMARK::{key}", "", "❤️")


def button(job: Job, custom_id: str, label: str, emoji: str = "") -> dict[str, Any]:
    style = 3 if custom_id in job.used else 2
    return {"customId": custom_id, "emoji": emoji, "label": label, "type": 2, "style": style}


def described(film: Film) -> str:
    """Four proposals, a blank line between."""
    lead = film.prompt or "a picture"
    ways = ("in the style of an old poster", "soft evening light", "seen from above", "as a still life on lime paper")
    return "\n\n".join(f"{number}️⃣ {lead}, {way} --ar {film.ratio}" for number, way in enumerate(ways, start=1))


def shortened(prompt: str) -> str:
    """Markdown: what weighs much and little, then five shorter prompts."""
    words = prompt.replace(",", " ").split()
    weighed = " ".join(f"**{word}**" if len(word) > 6 else f"~~{word}~~" if len(word) < 4 else word for word in words)
    strong = [word for word in words if len(word) >= 4] or words
    shorter = [" ".join(strong[: max(1, len(strong) - number)]) for number in range(5)]
    lines = [f"{number}️⃣ {text}" for number, text in enumerate(shorter, start=1)]
    return "\n".join(["## Important tokens", weighed, "", "## Shortened prompts", *lines])


def _forged(told: dict[str, Any], url: str) -> dict[str, Any]:
    return told | {"status": "SUCCESS", "progress": "100%", "imageUrl": url}


VOICE = Voice(
    view=view,
    forged=_forged,
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: told,  # its queries have no envelope either
    retells=(0.3, 0.55, 0.8),
)
