"""Which picture stands for which film or sound."""

from __future__ import annotations

from collections.abc import Iterable

from studio.assets.models import Asset

STANDS_FOR_A_FILM = {"poster", "cover", "thumbnail", "preview"}


def players(assets: Iterable[Asset]) -> list[Asset]:
    """The results to show, each film and sound with its `.poster`, where its task brought a picture that is kept.

    A task that brought nothing but pictures beside a result shows those.
    """
    rows = list(assets)
    pictures: dict[int, list[Asset]] = {}
    for row in rows:
        if row.role in STANDS_FOR_A_FILM and row.is_kept and row.kind == "image":
            pictures.setdefault(row.task_id, []).append(row)
    shown = [row for row in rows if not row.is_beside] or rows
    count: dict[tuple[int, str], int] = {}
    for row in shown:
        found = pictures.get(row.task_id)
        if row.kind in {"video", "audio"} and found:
            place = count.get((row.task_id, row.kind), 0)
            row.poster = found[min(place, len(found) - 1)]
            count[row.task_id, row.kind] = place + 1
    return shown
