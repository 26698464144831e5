"""The runs: a kill at each point, kills at random under faults, and the planted builds that must not pass."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests import plain
from tests.chaos.marks import POINTS
from tests.chaos.running import Studio, build, set_up, started
from tests.chaos.truth import BROKE, POSTS, UNEQUAL, Findings, is_settled, judge
from tests.processes import eventually, house

PROMPTS = ("a lighthouse in fog", "a red bicycle", "an old clock")  # few: the sandbox makes each film once
SPEED = 150.0  # times as fast as life: a film takes two seconds
TRIES = 4  # tasks that may pass a point unharmed: the callback that should have died there was lost
STRUCK_WITHIN = 20.0
# An id that only a stray callback named is asked for in vain three times, then each other id, up to 75 s apart.
SETTLED_WITHIN = 330.0
CAUGHT_WITHIN = 90.0
LOOK = 0.7  # seconds between two looks: each costs some processor time
KINDS = ["web", "workers", "cluster"]
WIRE = (
    *("rate-limit", "no-inside-200", "error-before", "html-before", "no-answer-before"),
    *("error-after", "html-answer", "hang", "no-answer", "cut-answer"),
)
FAULTY = dict.fromkeys(WIRE, 0.05)  # each is rolled for, so that 40 of 100 answers are faulty
UNTRUE = ("double", "lose", "shuffle", "late", "garbage", "forged", "foreign", "form", "wrapped")
ODD = {f"{name}-callback{'s' if name == 'shuffle' else ''}": 0.1 for name in UNTRUE}
ODD |= dict.fromkeys(("wrong-types", "fail-task", "query-error", "unknown-task", "early-callback"), 0.1)
# What each wrong build must be caught at.
PLANTED = {"last-heard": UNEQUAL, "plain-job": POSTS, "acknowledged-failures": POSTS}
Say = Callable[[str], None]


def at_points(kind: str, names: Sequence[str], seed: int, say: Say) -> Findings:
    """One studio on that kind of database, killed once at each of these points."""
    dice = random.Random(seed)
    with house(kind) as home, started(home) as studio:
        studio.door("speed", speed=SPEED)
        studio.door("faults", faults=ODD, seed=seed)
        for point in dice.sample(list(names), len(names)):
            began = time.monotonic()
            strike(studio, point)
            say(f"{kind}, seed {seed}: killed at {point} after {time.monotonic() - began:.1f} s")
        found = settle(studio)
    found.counts["kills at a point"] = len(names)
    return found


def strike(studio: Studio, point: str) -> None:
    studio.arm(point)
    for _ in range(TRIES):
        studio.submit(PROMPTS[0])
        until = time.monotonic() + STRUCK_WITHIN
        while time.monotonic() < until:
            if studio.is_struck(point):
                return
            time.sleep(0.05)
    raise AssertionError(f"nobody passed {point}: {POINTS[point]}")


def at_random(
    kind: str, count: int, seed: int, say: Say, every: tuple[float, float] = (3, 20), kinds: Sequence[str] = KINDS
) -> Findings:
    """So many tasks, and a batch beside them, under faulty answers, while any process dies every few seconds."""
    dice = random.Random(seed)
    with house(kind) as home, started(home) as studio:
        studio.door("speed", speed=SPEED)
        studio.door("faults", faults=FAULTY | ODD, seed=seed)
        killed: list[str] = []
        over = threading.Event()

        def kill() -> None:
            while not over.wait(dice.uniform(*every)):
                killed.append(studio.kill_any(dice, list(kinds)))
                say(f"{kind}: killed {killed[-1]} at {len(studio.tasks)} tasks")

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            studio.submit_batch(PROMPTS, max(8, count // 10))  # more than become tasks at once
            for _ in range(count):
                studio.submit(dice.choice(PROMPTS))
                time.sleep(dice.uniform(0.2, 1.8))
        finally:
            over.set()
            killer.join()
        studio.door("faults", faults={}, seed=seed)
        found = settle(studio)
    found.counts["kills at random"] = len(killed)
    return found


def planted(say: Say, names: Iterable[str] = PLANTED) -> dict[str, Findings]:
    """What the checker finds in each wrong build, on SQLite, as soon as it finds what is wrong with it."""
    found = {}
    with house() as home, set_up(home):
        for name in names:
            with build(home, name) as studio:
                studio.door("speed", speed=SPEED)
                if name == "last-heard":
                    studio.submit(PROMPTS[0])
                    come_late(studio)
                else:
                    strike(studio, "body-sent")
                found[name] = settle(studio, CAUGHT_WITHIN, PLANTED[name])
                say(f"planted {name}: {', '.join(found[name].broken())}")
    return found


def come_late(studio: Studio) -> None:
    """The gateway's word that the task runs, after it has succeeded."""
    eventually(lambda: studio.facts()["tasks"][0]["state"] == "succeeded", within=CAUGHT_WITHIN)
    [post] = studio.door("ledger")["posts"]
    late = {"task_id": post["task_id"], "status": "1"}
    plain.post(post["callback_url"], json=late, timeout=20).raise_for_status()


def unseen(found: Mapping[str, Findings]) -> list[str]:
    """The planted builds in which the checker did not see what is wrong with them."""
    return [name for name, each in found.items() if PLANTED[name] not in each.broken()]


def everything(
    kinds: Sequence[str], *, points: Sequence[str], seeds: Iterable[int], tasks: int, say: Say, **more: Any
) -> dict[str, Findings]:
    """All runs on each database, the databases beside each other; what was found on each. `more` goes to `at_random`.
    A run that breaks off is a fault, and the others go on."""

    def on(kind: str) -> Findings:
        found = Findings()
        runs = [partial(at_points, kind, points, seed, say) for seed in seeds if points]
        runs += [partial(at_random, kind, tasks, 1, say, **more)] if tasks else []
        for run in runs:
            try:
                found += run()
            except Exception as fault:  # hours of other runs are worth having
                broke = Findings()
                broke.note(BROKE, [f"{type(fault).__name__}: {fault}"])
                found += broke
                say(f"{kind}: a run broke off. {fault}")
        return found

    with ThreadPoolExecutor() as pool:
        return dict(zip(kinds, pool.map(on, kinds), strict=True)) if points or tasks else {}


def settle(studio: Studio, within: float = SETTLED_WITHIN, wrong: str = "") -> Findings:
    """Wait until nothing is under way, or until something is `wrong`, then judge; also where that never comes."""
    until = time.monotonic() + within
    while True:
        ahead = studio.door("state")["ahead"]  # asked first: what it leads to is seen in the others
        ledger, works = studio.door("ledger"), studio.door("tasks")  # in this order: what one names is in the next
        facts = studio.facts()
        found = judge(facts, ledger, works, studio.tasks, studio.batches)
        if wrong in found.broken() if wrong else is_settled(facts, works, ahead):
            return found
        if time.monotonic() > until:
            return found
        time.sleep(LOOK)
