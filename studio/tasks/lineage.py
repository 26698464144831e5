"""The tree of tasks around one: what it was made from, up to its root, and what it led to.

A bounded number of queries and of lines, however large the tree is. What is not shown is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count

from studio.tasks.models import Task
from studio.tasks.settling import settled

UP, DOWN = 8, 6  # generations
MOST = 60  # tasks in all
MOST_BELOW = 40  # of these, tasks that it led to
SHOWN = (
    *("id", "team", "parent", "operation", "state", "needs", "prompt", "results"),
    *("sent_at", "created_at", "finished_at"),
)


@dataclass(frozen=True)
class Twig:
    """One line of the tree. `level` is how far it stands to the right; `hidden` counts what it led to beside the lines
    that follow."""

    task: Task
    level: int
    here: bool
    hidden: int


@dataclass(frozen=True)
class Lineage:
    """`earlier` is the task above the first line, where the tree goes on upwards."""

    twigs: list[Twig]
    earlier: int | None

    @property
    def moving(self) -> list[int]:
        """The other tasks in it of which more is to come: another state, or the picture of what they made."""
        return [twig.task.pk for twig in self.twigs if not twig.here and not settled(twig.task)]


def lineage(task: Task) -> Lineage | None:
    """None for a task that stands alone. The states are as they are now, not as they were when `task` was read."""
    path = above(task)
    found = {number: parent for parent, number in zip([None, *path], path, strict=False)}
    found |= below(task, MOST_BELOW)
    found |= beside(path, MOST - len(found))
    if len(found) == 1:
        return None
    totals = dict(
        Task.objects.filter(parent__in=found)
        .order_by()
        .values("parent")
        .annotate(count=Count("id"))
        .values_list("parent", "count")
    )
    rows = {row.pk: row for row in Task.objects.filter(pk__in=found).only(*SHOWN).prefetch_related("assets")}
    lines = [
        Twig(rows[number], level, number == task.pk, totals.get(number, 0) - shown)
        for number, level, shown in arranged({n: p for n, p in found.items() if n in rows})
    ]
    earlier = rows[path[0]].parent_id if path[0] in rows else None
    return Lineage(lines, earlier if earlier and Task.objects.filter(pk=earlier).exists() else None)


def above(task: Task) -> list[int]:
    """The numbers from the oldest ancestor within reach down to the task itself."""
    if task.parent_id is None:
        return [task.pk]
    steps = ["__".join(["parent"] * count) for count in range(1, UP + 1)]
    line = Task.objects.filter(pk=task.pk).values_list(*(f"{step}_id" for step in steps)).first() or ()
    return [*reversed([number for number in line if number is not None]), task.pk]


def below(task: Task, room: int) -> dict[int, int]:
    """What it led to, generation by generation, with the parent of each."""
    found: dict[int, int] = {}
    generation = [task.pk]
    for _ in range(DOWN):
        if not generation or len(found) >= room:
            break
        rows = Task.objects.filter(parent__in=generation).order_by("id").values_list("id", "parent_id")
        born = {number: parent for number, parent in rows[: room - len(found)] if parent is not None}
        found |= born
        generation = list(born)
    return found


def beside(path: Collection[int], room: int) -> dict[int, int]:
    """What else its ancestors led to, nearest first: a task is newer than what it was made from."""
    *ancestors, _task = path
    if not ancestors or room <= 0:
        return {}
    rows = Task.objects.filter(parent__in=ancestors).exclude(pk__in=path).order_by("-parent_id", "id")
    return {number: parent for number, parent in rows.values_list("id", "parent_id")[:room] if parent is not None}


def arranged(parents: Mapping[int, int | None]) -> list[tuple[int, int, int]]:
    """Number, level and shown children of each, every task before what it led to, and that in the order of its age.

    A trunk without branches stays at one level: it is read downwards, and a telephone is narrow.
    """
    children: dict[int | None, list[int]] = {}
    for number in sorted(parents, reverse=True):
        parent = parents[number]
        children.setdefault(parent if parent in parents else None, []).append(number)
    lines: list[tuple[int, int, int]] = []
    todo = [(number, 0, True) for number in children.get(None, [])]
    while todo:
        number, level, trunk = todo.pop()
        mine = children.get(number, [])
        lines.append((number, level, len(mine)))
        straight = trunk and len(mine) == 1
        todo += [(child, level if straight else level + 1, straight) for child in mine]
    return lines
