"""`manage.py chaos`: the real studio, killed at every point where it could hurt, against the sandbox's ledger."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tests.chaos import driver
from tests.chaos.marks import POINTS
from tests.chaos.table import NAMES, rendered

RUNS = ("points", "random", "builds")


class Command(BaseCommand):
    help = (
        "Run the studio in throw-away places on SQLite and PostgreSQL, kill it at each point and at random, and hold "
        "what it says against the sandbox's ledger; then three builds that are wrong on purpose and must not pass. "
        f"Prints a table; exit code 1 where something is not as it must be. The points: {', '.join(POINTS)}."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add = parser.add_argument
        add("--only", default=",".join(RUNS), help=f"Some of {', '.join(RUNS)}; separated by commas.")
        add("--databases", default=",".join(NAMES), help=f"Some of {', '.join(NAMES)}.")
        add("--points", default=",".join(POINTS), help="Some of the points; all of them unless told otherwise.")
        add("--seeds", type=int, default=5, help="How often each point, in another order each time (5).")
        add("--tasks", type=int, default=200, help="How many tasks under random kills and faulty answers (200).")

    def handle(self, *args: Any, **options: Any) -> None:
        only = some(options["only"], RUNS)
        self.began = time.monotonic()
        names = some(options["points"], POINTS)
        seeds, tasks = range(1, options["seeds"] + 1), options["tasks"]
        found = driver.everything(
            some(options["databases"], NAMES),
            points=names if "points" in only else [],
            seeds=seeds,
            tasks=tasks if "random" in only else 0,
            say=self.say,
        )
        if found:
            self.stdout.write(rendered(found))
        passed = driver.unseen(driver.planted(self.say)) if "builds" in only else []
        for name in passed:
            self.stdout.write(f"The checker did not see what is wrong with the build {name}.")
        if passed or any(each.broken() for each in found.values()):
            sys.exit(1)

    def say(self, sentence: str) -> None:
        self.stderr.write(f"{time.monotonic() - self.began:6.0f} s  {sentence}")


def some(text: str, known: Any) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in known]:
        raise CommandError(f"There is no {unknown[0]}. There are {', '.join(known)}.")
    return names
