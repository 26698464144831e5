"""The checker itself: every line of its table can be broken, by one thing each."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos import truth
from tests.chaos.table import rendered
from tests.chaos.truth import Findings, judge

WHO = "a" * 32
ADDRESS = f"http://127.0.0.1:1/callback/{WHO}/mac/"
Story = dict[str, Any]


def story() -> Story:
    """One task that went well: posted once, charged, told by one callback, kept."""
    told = {"kind": "truth", "says": "succeeded", "status": 200, "error": "", "digest": "d"}
    return {
        "post": {"callback_url": ADDRESS, "charged": "60", "task_id": "g1"},
        "posts": 1,
        "work": {"id": "g1", "state": "succeeded", "callback_url": ADDRESS, "callbacks": [told]},
        "attempt": {"public_id": WHO, "state": "succeeded", "gateway_id": "g1", "asked": "asked once"},
        "task": {
            "id": 7,
            "state": "succeeded",
            "final": True,
            "attention": False,
            "results": 1,
            "history": ["queued", "sending", "accepted", "succeeded"],
            "assets": ["kept"],
        },
        "stored": [[WHO, "d", 1]],
        "clicks": [7],
        "known": [WHO],
        "cells": [],
        "batches": {},
    }


def judged(told: Story) -> Findings:
    tasks = [told["task"] | {"attempts": [told["attempt"]]}] if told["known"] else []
    facts = {"tasks": tasks, "attempts": told["known"], "callbacks": told["stored"], "cells": told["cells"]}
    return judge(facts, {"posts": [told["post"]] * told["posts"]}, [told["work"]], told["clicks"], told["batches"])


def broken_by(change: Callable[[Story], object]) -> list[str]:
    told = copy.deepcopy(story())
    change(told)
    return judged(told).broken()


def test_a_task_that_went_well_breaks_nothing() -> None:
    found = judged(story())
    assert found.broken() == []
    assert (found.figures[truth.POSTS], found.figures[truth.CHARGES]) == (1, 1)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda s: s.update(posts=2), {truth.POSTS, truth.CHARGES}),
        (lambda s: s.update(known=[], stored=[]), {truth.LOST, truth.ABSENT, truth.CLICKS}),
        (lambda s: s["attempt"].update(gateway_id=""), {truth.LOST}),
        (lambda s: s["task"].update(state="running", final=False), {truth.UNSETTLED}),
        (lambda s: s.update(stored=[]), {truth.ABSENT}),
        (lambda s: s["work"].update(state="failed"), {truth.UNEQUAL}),
        (lambda s: s["task"]["history"].insert(3, "failed"), {truth.UNEQUAL}),
        (lambda s: s["task"]["history"].extend(["running", "succeeded"]), {truth.UNEQUAL}),
        (lambda s: s.update(clicks=[7, 7]), {truth.CLICKS}),
        (lambda s: s["task"].update(assets=["spoiled"]), {truth.FILES}),
        (lambda s: s["task"].update(assets=[]), {truth.FILES}),
    ],
)
def test_each_line_of_the_table_can_be_broken(change: Callable[[Story], object], broken: set[str]) -> None:
    assert set(broken_by(change)) == broken


@pytest.mark.parametrize(
    ("cells", "batches", "broken"),
    [
        ([("begun", 7)], {3: 1}, set()),
        ([("begun", 7), ("waiting", None)], {3: 2}, {truth.CELLS}),
        ([("begun", 7), ("refused", None)], {3: 2}, {truth.CELLS}),
        ([("begun", 8)], {3: 1}, {truth.CELLS}),
        ([("begun", 7)], {3: 2}, {truth.CELLS}),
        ([("begun", 7)], {}, {truth.CELLS}),
        ([], {3: 1}, {truth.CELLS}),
    ],
)
def test_each_cell_of_a_batch_is_exactly_one_task(
    cells: list[tuple[str, int | None]], batches: dict[int, int], broken: set[str]
) -> None:
    def of_a_batch(told: Story) -> None:
        rows = [{"batch": 3, "number": n, "state": state, "task": task} for n, (state, task) in enumerate(cells, 1)]
        told.update(clicks=[], cells=rows, batches=batches)

    assert set(broken_by(of_a_batch)) == broken


def test_a_lost_answer_is_no_loss_while_a_person_is_asked_and_no_callback_told_of_it() -> None:
    def unknown(told: Story) -> None:
        told["task"].update(state="unknown", final=False, attention=True, history=["queued", "sending", "unknown"])
        told["attempt"].update(state="unknown", gateway_id="")
        told["work"]["callbacks"][0].update(status=0, error="nobody there")

    def unknown_though_told(told: Story) -> None:
        unknown(told)
        told["work"]["callbacks"][0].update(status=200)

    assert broken_by(unknown) == []
    assert broken_by(unknown_though_told) == [truth.LOST]


def test_the_table_says_what_is_not_shown_and_names_who() -> None:
    told = story()
    told["posts"] = 2
    found = judged(told)
    found += judged(story())
    text = rendered({"sqlite": found})
    assert "NOT SHOWN" in text
    assert f"sqlite: {truth.POSTS}: 2 for {WHO}" in text
    assert "100 %" in text
