"""Tasks per second from `begin` to accepted, by two workers; the floor is two programs that only post."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from pathlib import Path

import httpx
from django.conf import settings

from studio import catalog
from studio.management.bench import rows
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against
from studio.tasks import lifecycle
from studio.tasks.beginning import build
from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.teams.scope import across_teams, scope

POSTERS = 2
WARM = 10
PATIENCE = 120.0  # seconds until all of a round must be accepted
GLANCE = 0.02
STANDSTILL = 0.001  # the sandbox answers at once; its own work stands nearly still, and so do its callbacks


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    group = rows.group()
    programs.run("sandbox", "workers")
    door, secret = f"{programs.sandbox}/_sandbox/speed", {"X-Sandbox-Secret": settings.SANDBOX_SECRET}
    httpx.post(door, json={"speed": STANDSTILL}, headers=secret).raise_for_status()
    send(group, WARM)
    rounds = [(send(group, sizes.sends), post(group, programs.sandbox, sizes.sends)) for _ in range(sizes.rounds)]
    name = "tasks per second from begin to accepted, 2 workers"
    return [against(name, rounds, "/s", Target(0.4, of="ratio", most=False))]


def send(group: rows.Group, count: int) -> float:
    """Begin so many tasks and wait until the gateway has accepted the last; tasks per second."""
    operation, given = rows.subject(), rows.values()
    began = time.perf_counter()
    with scope(group.team):
        tasks = [
            lifecycle.begin(
                team=group.team,
                person=group.owner,
                connection=group.connection,
                operation=operation,
                values=given,
                extras={},
                nonce=secrets.token_hex(16),
            ).pk
            for _ in range(count)
        ]
    wait_for(tasks[0], tasks[-1], count)
    return count / (time.perf_counter() - began)


def wait_for(first: int, last: int, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        with across_teams():
            mine = Attempt.objects.filter(task__gte=first, task__lte=last)
            if mine.filter(state=State.ACCEPTED).count() == count:
                return
            if time.monotonic() > until:
                states = sorted(mine.values_list("state", "error").distinct())
                raise RuntimeError(f"after {PATIENCE:g} s not all tasks are accepted: {states}")
        time.sleep(GLANCE)


def post(group: rows.Group, sandbox: str, count: int) -> float:
    """POSTs per second of the same body by programs that do nothing else."""
    operation = rows.subject()
    body = catalog.dumps(build(operation, group.connection, rows.values(), {}, {}).body)
    command = [sys.executable, str(Path(__file__).with_name("posting.py")), sandbox + operation.path]
    command += [group.connection.key, str(max(1, count // POSTERS))]
    posters = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(POSTERS)
    ]
    try:
        for poster in posters:
            say(poster, body)
        for poster in posters:
            hear(poster)
        for poster in posters:
            say(poster, "")
        seconds = [float(hear(poster)) for poster in posters]
    finally:
        for poster in posters:
            poster.kill()
            poster.communicate()
    return POSTERS * max(1, count // POSTERS) / max(seconds)


def say(poster: subprocess.Popen[str], line: str) -> None:
    assert poster.stdin  # noqa: S101
    poster.stdin.write(line + "\n")
    poster.stdin.flush()


def hear(poster: subprocess.Popen[str]) -> str:
    assert poster.stdout  # noqa: S101
    if line := poster.stdout.readline().strip():
        return line
    raise RuntimeError("a program that posts ended without a word")
