"""keep: a task's results into files of ours, at once, because the gateway's links rot in minutes to days.

An asset waits, is kept or is lost. Each try is claimed by one job: a counter that must move, and a lease in
`next_try_at` after which somebody else may try. Whatever a job was killed in the middle of is simply done again.
"""

from __future__ import annotations

import base64
import json
import logging
import shutil
import time
from datetime import timedelta
from typing import Any, BinaryIO

import httpx
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from studio.assets.models import RESULT, Asset, Keeping, cover_of
from studio.files import inside, sniff, storing
from studio.files.measure import MOST_BYTES, Measured, Unfit, measure
from studio.gateway import Blocked, NotFetched, fetch, link_dies_at
from studio.gateway.errors import gettext_noop
from studio.tasks.changing import change
from studio.tasks.models import Task
from studio.tasks.rings import KEEP, ring
from studio.tasks.states import Kind, Source
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
JOB_SECONDS = 110  # for all downloads of one job; the queue ends a job much later
LEAST_SECONDS = 10
LEASE = timedelta(seconds=180)
WAITS = [timedelta(seconds=s) for s in (15, 60, 300, 900, 1800)]  # between tries; after the last one it is lost
RUNS = 3  # in a row that ended their worker; then it is left alone
LOOKS = 2  # of these also look inside: a file that kills its reader is kept without what is in it
FOLDER_WAIT = timedelta(minutes=5)

WRONG_KIND = gettext_noop("What the link gave is not a media file.")
UNREADABLE = gettext_noop("The result came inside the answer, but cannot be read.")
NO_SOURCE = gettext_noop("The gateway named a result without a link.")
ENDS_WORKERS = gettext_noop("Keeping it ended the worker three times, so it is left alone.")
NO_ROOM = gettext_noop("The file cannot be written: the disk is full or the media folder is not writable.")


def keep(task_id: int) -> None:
    """Make an asset of every result of a task, and fetch those that wait. May be called any number of times."""
    until = time.monotonic() + JOB_SECONDS
    with across_teams():
        task = Task.objects.filter(pk=task_id).first()
        if task is None:
            return
        plan(task)
        for asset in due().filter(task=task).order_by("number"):
            seconds = until - time.monotonic()
            if seconds < LEAST_SECONDS:
                ring(KEEP, task_id)
                return
            if claim(asset):
                if asset.unended > RUNS:
                    finish(asset, Kind.LOST, ENDS_WORKERS, {"keeping": Keeping.LOST, "error": ENDS_WORKERS})
                else:
                    keep_one(asset, task.results[asset.number - 1], seconds)


def due() -> QuerySet[Asset]:
    """The assets that may be tried now. Needs a scope."""
    not_kept = Asset.objects.filter(kept_at=None, keeping=Keeping.WAITING)
    return not_kept.filter(Q(next_try_at=None) | Q(next_try_at__lte=timezone.now()))


def plan(task: Task) -> None:
    """One row per result. Results are only ever added at the end, so a result's place is its number."""
    for number, result in enumerate(task.results, start=1):
        url = result.get("url") or ""
        Asset.objects.get_or_create(
            task=task,
            number=number,
            defaults={
                "team_id": task.team_id,
                "kind": result.get("kind") or "file",
                "role": result.get("role") or RESULT,
                "source_url": "" if url.startswith("data:") else url,
                "source_expires_at": link_dies_at(url),
            },
        )


def claim(asset: Asset) -> bool:
    """Take the next try, if nobody else has it."""
    until = timezone.now() + LEASE
    turn = {"tries": asset.tries + 1, "unended": asset.unended + 1, "next_try_at": until}
    taken = due().filter(pk=asset.pk, tries=asset.tries).update(**turn)
    for name, value in turn.items():
        setattr(asset, name, value)
    return bool(taken)


def keep_one(asset: Asset, result: dict[str, Any], seconds: float) -> None:
    try:
        with storing.new_file() as file:
            bring(asset, result, file, seconds)
            measured = examine(asset, result, file)
            told = inside.look(file, measured.type) if asset.unended <= LOOKS else {}
            store(asset, file, measured, told)
            take_away(asset, result)
    except (Blocked, NotFetched, Unfit) as fault:
        miss(asset, fault.reason, final=fault.permanent)
    except OSError:
        wait_for_room(asset)
    except DatabaseError:
        raise
    except Exception:  # without an end of its own, what breaks us would be fetched again and again
        logger.exception("asset %s cannot be kept", asset.pk)
        miss(asset, UNREADABLE, final=False)


def take_away(asset: Asset, result: dict[str, Any]) -> None:
    """What was laid aside is kept now, unless another result is the same file."""
    mine = [each for each in asset.task.results if each.get("file") == result.get("file")]
    if "file" in result and len(mine) == 1:
        storing.laid(result["file"]).unlink(missing_ok=True)


def bring(asset: Asset, result: dict[str, Any], file: BinaryIO, seconds: float) -> None:
    """The bytes of a result into `file`, from wherever it has them."""
    url = result.get("url") or ""
    if url and not url.startswith("data:"):
        most = MOST_BYTES.get(asset.kind, MOST_BYTES["audio"])
        origins = asset.task.connection.link_origins()
        fetch(url, private_origins=origins, to=file, max_bytes=most, deadline=seconds, transport=wire())
    elif "text" in result:
        file.write(str(result["text"]).encode("utf-8", "replace"))
    elif "json" in result:
        file.write(str(result["json"]).encode("utf-8", "replace"))
    elif "file" in result:
        fetch_laid(result["file"], file)
    elif data := url or result.get("data"):
        file.write(unwrap(data))
    else:
        raise Unfit(NO_SOURCE, permanent=True)
    file.flush()


def fetch_laid(name: str, file: BinaryIO) -> None:
    try:
        with storing.laid(name).open("rb") as laid:
            shutil.copyfileobj(laid, file, storing.CHUNK)
    except FileNotFoundError as fault:
        raise Unfit(UNREADABLE, permanent=True) from fault


def wire() -> httpx.BaseTransport | None:
    """What carries the request instead of the network, where the settings say so."""
    make = settings.GATEWAY_TRANSPORT
    return make() if make else None


def unwrap(data: object) -> bytes:
    """A result that stands in the answer itself: base64, with or without a `data:` address around it, or JSON."""
    if not isinstance(data, str):
        return json.dumps(data, ensure_ascii=False).encode()
    try:
        return base64.b64decode("".join(data.split(",", 1)[-1].split()), validate=True)
    except ValueError as fault:
        raise Unfit(UNREADABLE, permanent=True) from fault


def examine(asset: Asset, result: dict[str, Any], file: BinaryIO) -> Measured:
    if "text" in result:
        return Measured(sniff.of_words(str(result["text"])))
    if "json" in result or result.get("form") == "json":
        return Measured(sniff.JSON)
    if result.get("form") == "text":
        file.seek(0)
        return Measured(sniff.of_words(file.read().decode()))
    found = sniff.sniff(file, text_allowed=asset.kind in {"text", "file"})
    if found is None:
        raise Unfit(WRONG_KIND)
    return measure(file, found)


def store(asset: Asset, file: BinaryIO, measured: Measured, told: dict[str, Any]) -> None:
    """File first, then the row: a row that says kept always has its file. A second try takes the same name."""
    cover = inside.cover(file, measured.type)
    size, digest = file.seek(0, 2), storing.checksum(file)
    name = f"{asset.team_id}/{asset.task_id}/{asset.number}-{digest[:16]}{measured.type.ending}"
    storing.put_in_place(file, name)
    if cover:
        with storing.new_file() as picture:
            picture.write(cover)
            storing.put_in_place(picture, cover_of(name))
    kept = {
        "keeping": Keeping.KEPT,
        "file": name,
        "kind": measured.type.kind,
        "media_type": measured.type.media_type,
        "size": size,
        "sha256": digest,
        "width": measured.width,
        "height": measured.height,
        "duration": measured.duration,
        "inside": told | ({"cover": True} if cover else {}),
        "kept_at": timezone.now(),
    }
    finish(asset, Kind.KEPT, "", kept)


def miss(asset: Asset, reason: str, *, final: bool) -> None:
    """A try that brought nothing: another one later, or lost for good."""
    if final or asset.tries > len(WAITS):
        finish(asset, Kind.LOST, reason, {"keeping": Keeping.LOST, "error": reason})
    else:
        later = timezone.now() + WAITS[asset.tries - 1]
        Asset.objects.filter(pk=asset.pk, keeping=Keeping.WAITING).update(next_try_at=later, error=reason, unended=0)


def finish(asset: Asset, kind: Kind, reason: str, row: dict[str, Any]) -> None:
    with change(asset.task_id) as one:
        waiting = Asset.objects.filter(pk=asset.pk, keeping=Keeping.WAITING)
        if waiting.update(**({"error": "", "next_try_at": None, "unended": 0} | row)):
            one.say(kind, Source.TIMER, text=reason, asset=asset.pk, number=asset.number)


def wait_for_room(asset: Asset) -> None:
    """Our own disk is at fault: the try does not count, and the person sees why nothing comes."""
    later = timezone.now() + FOLDER_WAIT
    waiting = Asset.objects.filter(pk=asset.pk, keeping=Keeping.WAITING)
    waiting.update(next_try_at=later, tries=asset.tries - 1, error=NO_ROOM, unended=0)
