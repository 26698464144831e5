"""Which changes of a task are told to its address."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from studio.sandbox.callbacks import deliveries
from studio.sandbox.faults import Dice
from studio.sandbox.film import Film
from studio.sandbox.world import Task, Voice
from tests.sandbox.rig import CALLBACK

VOICE = Voice(
    view=lambda task: {"state": task.state},
    forged=lambda told, url: told | {"url": url},
    foreign=lambda told, id_: told | {"id": id_},
    wrapped=lambda told: {"data": told},
)


@pytest.mark.parametrize(("at_end", "told"), [(False, ["running", "succeeded"]), (True, ["succeeded"])])
def test_a_system_tells_of_every_change_or_of_the_end_alone(*, at_end: bool, told: list[str]) -> None:
    voice = replace(VOICE, at_end=at_end)
    task = Task("/draw", "a boat", Film("a boat", "1:1", 0, "m", "text"), Decimal(1), "", voice, CALLBACK)
    sent = []
    for task.state, final in (("running", False), ("succeeded", True)):
        sent += [delivery.says for _, delivery in deliveries(task, Dice(), final=final)]
    assert sent == told
