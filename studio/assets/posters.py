"""Which picture stands for which film."""

from __future__ import annotations

from collections.abc import Iterable

from studio.assets.models import Asset

STANDS_FOR_A_FILM = {"poster", "cover", "thumbnail", "preview"}


def players(assets: Iterable[Asset]) -> list[Asset]:
    """The results to show, each film with its `.poster`, where its task brought a picture that is kept already.

    A task that brought nothing but pictures beside a result shows those.
    """
    rows = list(assets)
    pictures: dict[int, list[Asset]] = {}
    for row in rows:
        if row.role in STANDS_FOR_A_FILM and row.is_kept and row.kind == "image":
            pictures.setdefault(row.task_id, []).append(row)
    shown = [row for row in rows if not row.is_beside] or rows
    films: dict[int, int] = {}
    for row in shown:
        found = pictures.get(row.task_id)
        if row.kind == "video" and found:
            place = films.get(row.task_id, 0)
            row.poster = found[min(place, len(found) - 1)]
            films[row.task_id] = place + 1
    return shown
