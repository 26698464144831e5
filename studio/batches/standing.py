"""How the cells of a batch are doing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.assets.models import Asset
from studio.batches.approval import MOST_ASKED
from studio.batches.models import Batch, Cell, CellState
from studio.tasks.states import Approval, State

TASK_GROUPS: dict[str, tuple[str | Promise, frozenset[str]]] = {
    "asked": (_("Wait for approval"), frozenset()),  # held, and open else
    "open": (_("On their way"), frozenset({State.QUEUED, State.HELD, State.SENDING, State.ACCEPTED, State.RUNNING})),
    "unknown": (_("Answer lost"), frozenset({State.UNKNOWN})),
    "succeeded": (_("Succeeded"), frozenset({State.SUCCEEDED})),
    "failed": (_("Failed"), frozenset({State.FAILED, State.REFUSED})),
    "cancelled": (_("Cancelled"), frozenset({State.CANCELLED})),
}
LOOKS = {
    "waiting": "queued",
    "asked": "held",
    "open": "running",
    "refused": "refused",
    "excluded": "cancelled",
}  # else its own name


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
        rows = Cell.objects.filter(batch=self.batch).order_by().values("state", "task__state", "task__approval")
        found: dict[str, int] = {}
        for row in rows.annotate(n=Count("pk")):
            name = group_of(row["state"], row["task__state"], row["task__approval"])
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
    def asked(self) -> int:
        """How many wait for an owner's approval."""
        return self.counts.get("asked", 0)

    @property
    def asks_no_more(self) -> bool:
        """Others of its cells ask only when an owner has decided about some of these."""
        return self.waiting > 0 and self.asked >= MOST_ASKED

    @property
    def begun(self) -> int:
        """How many have a task that goes on, by itself or when an owner says so."""
        return self.counts.get("open", 0) + self.asked

    @property
    def failed(self) -> int:
        return self.counts.get("failed", 0)

    @property
    def cancelled(self) -> int:
        return self.counts.get("cancelled", 0)

    @property
    def is_over(self) -> bool:
        """Nothing more happens by itself."""
        return not self.begun and not (self.waiting and self.batch.is_running)

    @property
    def may_cancel(self) -> bool:
        return not self.batch.is_cancelled and bool(self.waiting or self.begun)

    @property
    def may_resume(self) -> bool:
        return bool((self.batch.is_paused and self.waiting) or (self.batch.is_cancelled and self.cancelled))


def group_of(state: str, task: str | None, approval: str | None) -> str:
    if (state, task, approval) == (CellState.BEGUN, State.HELD, Approval.ASKED):
        return "asked"
    if state == CellState.BEGUN and task:
        return next((name for name, (_word, states) in TASK_GROUPS.items() if task in states), "open")
    return {CellState.REFUSED: "failed", CellState.BEGUN: "cancelled"}.get(CellState(state), state)


def has_files(rows: QuerySet[Cell]) -> bool:
    """Is there a kept file of these cells?"""
    return Asset.objects.filter(task__in=rows.order_by().values("task"), keeping="kept").exists()
