"""How the cells of a batch are doing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.assets.models import Asset
from studio.batches.models import Batch, Cell, CellState
from studio.tasks.states import State

TASK_GROUPS: dict[str, tuple[str | Promise, frozenset[str]]] = {
    "open": (_("On their way"), frozenset({State.QUEUED, State.HELD, State.SENDING, State.ACCEPTED, State.RUNNING})),
    "unknown": (_("Answer lost"), frozenset({State.UNKNOWN})),
    "succeeded": (_("Succeeded"), frozenset({State.SUCCEEDED})),
    "failed": (_("Failed"), frozenset({State.FAILED, State.REFUSED})),
    "cancelled": (_("Cancelled"), frozenset({State.CANCELLED})),
}
LOOKS = {"waiting": "queued", "open": "running", "refused": "refused", "excluded": "cancelled"}  # else its own name


class Figure(NamedTuple):
    """How many cells are so; `look` is the state whose shape stands for it."""

    look: str
    word: str | Promise
    number: int


@dataclass
class Standing:
    """How the cells of a batch are doing. One query."""

    batch: Batch

    @cached_property
    def counts(self) -> dict[str, int]:
        rows = Cell.objects.filter(batch=self.batch).order_by().values("state", "task__state").annotate(n=Count("pk"))
        found: dict[str, int] = {}
        for row in rows:
            name = group_of(row["state"], row["task__state"])
            found[name] = found.get(name, 0) + row["n"]
        return found

    @property
    def figures(self) -> list[Figure]:
        words: dict[str, str | Promise] = {name: word for name, (word, _states) in TASK_GROUPS.items()}
        words = {"waiting": CellState.WAITING.label} | words | {"excluded": CellState.EXCLUDED.label}
        return [
            Figure(LOOKS.get(name, name), word, self.counts[name])
            for name, word in words.items()
            if name in self.counts
        ]

    @property
    def all(self) -> int:
        """The cells that run."""
        return self.batch.size - self.counts.get("excluded", 0)

    @property
    def ended(self) -> int:
        return sum(self.counts.get(name, 0) for name in ("succeeded", "failed", "cancelled"))

    @property
    def waiting(self) -> int:
        return self.counts.get("waiting", 0)

    @property
    def failed(self) -> int:
        return self.counts.get("failed", 0)

    @property
    def cancelled(self) -> int:
        return self.counts.get("cancelled", 0)

    @property
    def is_over(self) -> bool:
        """Nothing more happens by itself."""
        return not self.counts.get("open") and not (self.waiting and self.batch.is_running)

    @property
    def may_cancel(self) -> bool:
        return not self.batch.is_cancelled and bool(self.waiting or self.counts.get("open"))

    @property
    def may_resume(self) -> bool:
        return bool((self.batch.is_paused and self.waiting) or (self.batch.is_cancelled and self.cancelled))


def group_of(state: str, task: str | None) -> str:
    if state == CellState.BEGUN and task:
        return next((name for name, (_word, states) in TASK_GROUPS.items() if task in states), "open")
    return {CellState.REFUSED: "failed", CellState.BEGUN: "cancelled"}.get(CellState(state), state)


def has_files(rows: QuerySet[Cell]) -> bool:
    """Is there a kept file of these cells?"""
    return Asset.objects.filter(task__in=rows.order_by().values("task"), keeping="kept").exists()
