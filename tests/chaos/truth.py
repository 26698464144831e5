"""The checker: what the sandbox charged and was told, held against what the studio says. Pure functions of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ADDRESS = re.compile(r"/callback/([0-9a-f]{32})/")
TRUE = {"truth", "form", "wrapped"}  # kinds of callbacks that say what is so, and name the right task
END = {"succeeded", "failed", "refused", "cancelled"}
POSTS, CHARGES = "POSTs per attempt", "charges per task without a person's decision"
LOST, UNSETTLED = "charged and lost", "tasks neither final nor on the attention list"
ABSENT, UNEQUAL = "callbacks answered 200 but absent", "final states that are not the ledger's"
CLICKS, FILES = "clicks on Run that are not exactly one task", "results of a success that are not a whole file"
CELLS = "cells of a batch that are not exactly one task"
BROKE = "runs that broke off"
LIMITS = {POSTS: 1, CHARGES: 1, LOST: 0, UNSETTLED: 0, ABSENT: 0, UNEQUAL: 0, CLICKS: 0, CELLS: 0, FILES: 0, BROKE: 0}


@dataclass
class Findings:
    """`figures` by the names above: the first two are the largest seen, the others counts. `faults` says which."""

    figures: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LIMITS, 0))
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Findings) -> Findings:
        for name, figure in other.figures.items():
            mine = self.figures[name]
            self.figures[name] = max(mine, figure) if name in {POSTS, CHARGES} else mine + figure
        self.faults += other.faults
        self.counts += other.counts
        return self

    def broken(self) -> list[str]:
        return [name for name, limit in LIMITS.items() if self.figures[name] > limit]

    def note(self, name: str, faults: Iterable[str]) -> None:
        found = list(faults)
        self.figures[name] = len(found)
        self.faults += [f"{name}: {fault}" for fault in found]

    def note_most(self, name: str, counts: Mapping[str, int]) -> None:
        self.figures[name] = max(counts.values(), default=0)
        self.faults += [f"{name}: {count} for {who}" for who, count in counts.items() if count > LIMITS[name]]


def public_id(post: Mapping[str, Any]) -> str:
    found = ADDRESS.search(post["callback_url"])
    return found[1] if found else ""


def is_settled(facts: Mapping[str, Any], works: Sequence[Mapping[str, Any]], ahead: int) -> bool:
    """Nothing is under way any more, here or at the gateway. `works` are the sandbox's tasks, `ahead` counts what is
    still to happen there by itself."""
    on_its_way = (each for work in works for each in work["callbacks"] if not (each["status"] or each["error"]))
    return (
        all(task["final"] or task["attention"] for task in facts["tasks"])
        and not any(missing_files(task) for task in facts["tasks"])
        and not any(cell["state"] == "waiting" for cell in facts["cells"])
        and not (facts["jobs"] or facts["unheard"] or facts["spool"])
        and not (ahead or any(on_its_way))
    )


def missing_files(task: Mapping[str, Any]) -> int:
    if task["state"] != "succeeded":
        return 0
    return int(max(task["results"], 1)) - int(task["assets"].count("kept"))


def judge(
    facts: Mapping[str, Any],
    ledger: Mapping[str, Any],
    works: Sequence[Mapping[str, Any]],
    clicks: Sequence[int],
    batches: Mapping[int, int] | None = None,
) -> Findings:
    """All figures. `clicks` are the task numbers that the person was shown, one for each form that was filled;
    `batches` the numbers of batches, with how many cells each was planned to have."""
    found = Findings()
    owner = {attempt["public_id"]: task for task in facts["tasks"] for attempt in task["attempts"]}
    posts = [post for post in ledger["posts"] if public_id(post) in owner or public_id(post) not in facts["attempts"]]
    charged = [post for post in posts if Decimal(post["charged"])]
    by_id = {work["id"]: work for work in works}

    found.note_most(POSTS, Counter(public_id(post) for post in posts))
    paid_for = (owner.get(public_id(post)) for post in charged)
    found.note_most(CHARGES, Counter(f"task {task['id']}" for task in paid_for if task))
    found.note(LOST, (public_id(post) for post in charged if is_lost(post, owner.get(public_id(post)), by_id)))
    unsettled = [task for task in facts["tasks"] if not (task["final"] or task["attention"])]
    found.note(UNSETTLED, map(standing, unsettled))
    found.note(ABSENT, absent(works, facts))
    found.note(UNEQUAL, unequal(facts, charged, by_id))
    begun = Counter(clicks)
    rows = {task["id"] for task in facts["tasks"]}
    found.note(CLICKS, (f"task {task}" for task, count in begun.items() if count > 1 or task not in rows))
    found.note(CELLS, not_one_task(facts, set(clicks), batches or {}))
    found.note(FILES, (f"task {task['id']}: {task['assets']}" for task in facts["tasks"] if missing_files(task)))
    found.counts += Counter(
        {
            "tasks": len(facts["tasks"]),
            "of them cells of a batch": len(facts["cells"]),
            "POSTs": len(posts),
            "charged": len(charged),
            "callbacks stored": sum(count for *_who, count in facts["callbacks"]),
            "on the attention list": sum(task["attention"] for task in facts["tasks"]),
            **Counter(f"ended {task['state']}" for task in facts["tasks"] if task["final"]),
        }
    )
    return found


def standing(task: Mapping[str, Any]) -> str:
    each = (f"{one['state']} as {one['gateway_id'] or '?'}, {one['asked']}" for one in task["attempts"])
    return f"task {task['id']} is {task['state']} ({'; '.join(each)})"


def not_one_task(facts: Mapping[str, Any], clicked: set[int], batches: Mapping[int, int]) -> list[str]:
    """Cells without a task, tasks without a cell, batches with more or fewer cells than were planned."""
    cells = facts["cells"]
    found = [f"cell {each['number']} of batch {each['batch']} is {each['state']}" for each in cells if not each["task"]]
    begun = {task["id"] for task in facts["tasks"]} - clicked
    found += [f"task {task} is of no cell" for task in sorted(begun - {each["task"] for each in cells})]
    laid = Counter(each["batch"] for each in cells)
    wrong = [batch for batch in laid.keys() | batches.keys() if laid[batch] != batches.get(batch, 0)]
    return found + [f"batch {batch} has {laid[batch]} cells instead of {batches.get(batch, 0)}" for batch in wrong]


def is_lost(post: Mapping[str, Any], task: Mapping[str, Any] | None, works: Mapping[str, Mapping[str, Any]]) -> bool:
    """Paid, and the studio does not know what became of it, nor has asked a person; or it was told and forgot."""
    if task is None:
        return True
    [attempt] = [each for each in task["attempts"] if each["public_id"] == public_id(post)]
    if attempt["gateway_id"] == post["task_id"]:
        return False
    told = works.get(post["task_id"], {}).get("callbacks", [])
    return not task["attention"] or any(each["kind"] in TRUE and each["status"] == 200 for each in told)


def absent(works: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> list[str]:
    answered: Counter[tuple[str, str]] = Counter()
    for work in works:
        for each in work["callbacks"]:
            answered[public_id(work), each["digest"]] += each["status"] == 200
    stored = {(who, digest): count for who, digest, count in facts["callbacks"]}
    return [who for (who, digest), count in answered.items() if count > stored.get((who, digest), 0)]


def unequal(
    facts: Mapping[str, Any], charged: Sequence[Mapping[str, Any]], works: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Tasks that ended in another state than the ledger's, or showed an end that was taken back."""
    found = []
    for task in facts["tasks"]:
        ids = {attempt["public_id"] for attempt in task["attempts"]}
        truth = {works[post["task_id"]]["state"] for post in charged if public_id(post) in ids}
        right = "succeeded" if "succeeded" in truth else "failed" if "failed" in truth else "refused"
        # A refusal is of one attempt, and the next may be taken; an end told by the gateway is for good.
        ends = [place for place, state in enumerate(task["history"]) if state in {"succeeded", "failed"}]
        shown = set(task["history"][ends[0] :]) if ends else set()
        if (task["final"] and task["state"] != right) or shown - {right}:
            found.append(f"task {task['id']} is {task['state']} after {task['history']}, the ledger says {right}")
    return found
