"""`manage.py demo`: fills a team with made-up work, for looking at every page with many rows. Calls no gateway."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.management import trouble
from studio.management.demo.filling import Filled, Sizes, fill
from studio.teams.models import Team


class Command(BaseCommand):
    help = (
        "Fill a team with believable work: people, prompts, presets, tasks in every state with results, batches, "
        "comments, budgets. Nothing is sent to a gateway. The same seed makes the same work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--team", default="", help="its number or name; else the only team there is")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--again", action="store_true", help="more of it, in a team that has such work already")
        for name, default in Sizes()._asdict().items():
            parser.add_argument(f"--{name}", type=int, default=default, metavar="COUNT")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        sizes = Sizes(**{name: max(0, options[name]) for name in Sizes._fields})
        with trouble.told():
            team = chosen(options["team"])
            try:
                count = fill(team, sizes, options["seed"], again=options["again"])
            except Filled:
                raise CommandError(f"{team} is filled already. With --again it gets more of it.") from None
        self.stdout.write(f"{team} has {count} tasks now; it took {time.monotonic() - began:.1f} s.")


def chosen(asked: str) -> Team:
    rows = Team.objects.order_by("pk")
    if asked:
        rows = rows.filter(pk=asked) if asked.isdecimal() else rows.filter(name=asked)
    found = list(rows[:2])
    if len(found) == 1:
        return found[0]
    raise CommandError("There are several teams: say which with --team." if found else "There is no such team.")
