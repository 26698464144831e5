"""`manage.py bench`: how fast the studio is, in a throw-away place, against floors taken in the same run."""

from __future__ import annotations

import argparse
import io
import os
import platform
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.management import trouble
from studio.management.bench.measurements import MEASUREMENTS
from studio.management.bench.place import DOORS, place
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, missed, rendered
from studio.management.plan import MANAGE

NOT_REACHED = 1


class Command(BaseCommand):
    help = (
        "Measure the studio on SQLite, with DATABASE_URL on PostgreSQL, in a data folder and a database of its own "
        "that are gone afterwards. Prints a table: figure, floor, ratio, what is to be reached, and whether it is."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        some = f"Some of {', '.join(MEASUREMENTS)}; separated by commas."
        parser.add_argument("--only", default=",".join(MEASUREMENTS), help=some)
        parser.add_argument("--strict", action="store_true", help="Exit code 1 where a figure is not reached.")
        parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the throw-away place
        for size in fields(Sizes):
            text = f"{size.metadata['help']} ({size.default})"
            parser.add_argument(f"--{size.name}", type=positive, default=size.default, metavar="N", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["only"].split(",")
        if unknown := [name for name in names if name not in MEASUREMENTS]:
            raise CommandError(f"Nothing is measured as {unknown[0]}. There are {', '.join(MEASUREMENTS)}.")
        sizes = {size.name: options[size.name] for size in fields(Sizes)}
        if options["here"]:
            self.measure(names, Sizes(**sizes))
        elif (code := self.elsewhere(options["only"], sizes)) and (code != NOT_REACHED or options["strict"]):
            sys.exit(code)

    def elsewhere(self, only: str, sizes: dict[str, int]) -> int:
        """Run this command again in a throw-away place; its exit code."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the place is tidied up
        given = [f"--{name}={number}" for name, number in sizes.items()]
        command = [*MANAGE, "bench", "--here", f"--only={only}", *given]
        with trouble.told(), place() as environment:
            return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603

    def measure(self, names: list[str], sizes: Sizes) -> None:
        if settings.ROOT_URLCONF != DOORS:
            raise CommandError("Only in a throw-away place: leave --here out.")
        call_command("setup", stdout=io.StringIO())
        database = "PostgreSQL" if settings.POSTGRESQL else "SQLite"
        self.stdout.write(f"{database}, {os.cpu_count()} cores, Python {platform.python_version()}")
        found: list[Row] = []
        with Programs() as programs:
            for name in sorted(names, key=list(MEASUREMENTS).index):
                began = time.monotonic()
                try:
                    found += MEASUREMENTS[name](programs, sizes)
                except Exception as fault:  # the others are worth having
                    traceback.print_exc()
                    found.append(Row(name, None, "", failed=True, note=trouble.first_line(fault)))
                self.stderr.write(f"{name}: {time.monotonic() - began:.0f} s")
        self.stdout.write(rendered(found))
        if missed(found):
            sys.exit(NOT_REACHED)


def positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("a size is a number from 1")
    return number
