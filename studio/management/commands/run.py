"""`manage.py run PRESET --set prompt='…' --wait`: run a preset from a terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.management import preset_run, trouble
from studio.management.watching import Watch, address

NOT_BEGUN = 2


class Command(BaseCommand):
    help = (
        "Run the newest version of a preset, by its number, key or name. What it holds fast stays. Prints the task's "
        "number and address; with --wait also the paths of the kept results. Exit code: 0 it succeeded (or was begun), "
        "1 it failed, 2 nothing was begun, 3 it waits for a person or is not over yet, 130 you left it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("preset")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="PATH=VALUE",
            help="a value as the form takes it, as often as wanted; PATH=@FILE for a file, NAME=TEXT for a variable",
        )
        parser.add_argument("--as", dest="email", default="", metavar="E-MAIL", help="who runs it; else the only owner")
        parser.add_argument("--connection", default="", metavar="NAME", help="else the first that offers the operation")
        parser.add_argument("--wait", action="store_true", help="until it ends; Ctrl-C leaves the task running")
        parser.add_argument("--timeout", type=float, metavar="SECONDS", help="how long to wait at most")

    def handle(self, *args: Any, **options: Any) -> None:
        with trouble.told():
            try:
                membership, preset = preset_run.find(preset_run.person(options["email"]), options["preset"])
                task = preset_run.begin(membership, preset, options["set"], options["connection"])
            except preset_run.CannotRun as why:
                raise CommandError(str(why), returncode=NOT_BEGUN) from why
        self.stdout.write(f"Task {task.pk}: {address(task)}")
        self.stdout.flush()
        if options["wait"] or options["timeout"] is not None:
            results, notes = options.get("stdout") or sys.stdout, options.get("stderr") or sys.stderr
            if end := Watch(task, results, notes).until_its_end(options["timeout"]):
                sys.exit(end)
