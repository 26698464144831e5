"""The door for people and tests, under /_sandbox/: look at everything, set speed and faults, move the clock, wipe.

A sandbox knows what everybody sends it, prompts and callback addresses included. One that several share wants a secret.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from studio.sandbox.faults import FAULTS
from studio.sandbox.wire import Answer, Request, as_json
from studio.sandbox.world import World

FASTEST = 100_000.0
LONGEST_STEP = 400 * 24 * 3600.0
HEADER = "x-sandbox-secret"  # the header; the secret is what the sandbox was started with


def answer(world: World, request: Request, secret: str = "") -> Answer:
    """JSON in and out. 400 with a sentence under `error` for what cannot be done, 403 for another site's page, and for
    whoever does not bring the secret where there is one."""
    if secret and not hmac.compare_digest(request.headers.get(HEADER, "").encode(), secret.encode()):
        return as_json({"error": f"This door wants the sandbox's secret in the header {HEADER.title()}."}, 403)
    name = request.path.removeprefix("/_sandbox/").strip("/")
    if request.method in {"GET", "HEAD"} and name in READS:
        return as_json(READS[name](world))
    if request.method != "POST" or name not in VERBS:
        known = ", ".join([f"GET {read}" for read in READS] + [f"POST {verb}" for verb in VERBS])
        return as_json({"error": f"There is no such door. The doors are {known}."}, 404)
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        return as_json({"error": "A page of another site may not use this door."}, 403)
    try:
        VERBS[name](world, request.json() if request.body.strip() else {})
    except ValueError as fault:
        return as_json({"error": str(fault)}, 400)
    return as_json(world.state())


def faults(world: World) -> list[dict[str, Any]]:
    return [asdict(fault) | {"share": world.dice.shares.get(fault.name, 0.0)} for fault in FAULTS]


def every_task(world: World) -> list[dict[str, Any]]:
    """What became of each task and what its address was told: the whole truth, for whoever checks a caller."""
    with world.lock:
        return [
            {
                "id": task.id,
                "state": task.state,
                "callback_url": task.callback_url,
                "callbacks": [delivery.shown() | {"digest": delivery.digest} for delivery in task.sent],
            }
            for task in world.tasks.values()
        ]


def set_speed(world: World, told: Mapping[str, Any]) -> None:
    world.set_speed(_number(told, "speed", FASTEST))


def set_faults(world: World, told: Mapping[str, Any]) -> None:
    shares = told.get("faults", {})
    if not isinstance(shares, Mapping):
        raise ValueError("faults is an object of names and shares from 0 to 1.")
    with world.lock:
        world.dice.load(shares, told.get("seed"))


def step(world: World, told: Mapping[str, Any]) -> None:
    world.step(_number(told, "seconds", LONGEST_STEP))


def wipe(world: World, told: Mapping[str, Any]) -> None:
    world.wipe()


def _number(told: Mapping[str, Any], name: str, largest: float) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= largest:
        raise ValueError(f"{name} is a number above 0, at most {largest:g}.")
    return float(value)


READS: dict[str, Callable[[World], Any]] = {
    "state": World.state,
    "ledger": World.ledger,
    "tasks": every_task,
    "faults": lambda world: {"seed": world.dice.seed, "faults": faults(world)},
}
VERBS: dict[str, Callable[[World, Mapping[str, Any]], None]] = {
    "speed": set_speed,
    "faults": set_faults,
    "step": step,
    "wipe": wipe,
}
