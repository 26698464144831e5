"""What a person keeps to themselves: who sees which tasks, and with them what was made, planned and brought for them.

`seen_by` is the one place that says so. The managers of all such rows ask it, so that a page, a fragment, a file or a
search shows nothing that its reader may not see, whoever wrote it. `counted` is for sums, which hold everything.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models import Q

from studio.teams.scope import TeamManager, Viewer, for_nobody, viewer

M = TypeVar("M", bound=models.Model)


class Privacy(NamedTuple):
    """How a model's rows are kept private: by `private` and `person` at the end of `path` (`task__`, "" for its own).
    `judged`: owners see what waits for their approval, since they decide by its body. `free` names what a row may
    lack; without it there is nothing to hide."""

    path: str = ""
    judged: bool = True
    free: str = ""


def seen_by(who: Viewer, how: Privacy) -> Q:
    """What is not private, what is one's own, and for owners what waits for their approval."""
    at = how.path
    found = Q((f"{at}private", False)) | Q((f"{at}person", who.person))
    if how.judged and who.is_owner:
        found |= Q((f"{at}approval", "asked"), (f"{at}state", "held"))
    return found | Q((how.free, None)) if how.free else found


class PrivateManager(TeamManager[M]):
    """The manager of a model that says in `privacy` how its rows may be private."""

    def in_reach(self, current: object) -> models.QuerySet[M]:
        rows, who = super().in_reach(current), viewer()
        return rows if who is None else rows.filter(seen_by(who, getattr(self.model, "privacy", Privacy())))

    def counted(self) -> models.QuerySet[M]:
        """Also what others keep to themselves: for sums and counts, never for what a page says of one of them."""
        with for_nobody():
            return self.get_queryset()


def is_hidden(row: Any) -> bool:
    """Whether who looks may know of this row no more than that it is there: the same as `seen_by`, for one at hand."""
    who = viewer()
    if who is None or not row.private or row.person_id == who.person:
        return False
    return not (who.is_owner and getattr(row, "awaits_approval", False))
