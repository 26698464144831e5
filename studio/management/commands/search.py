"""`manage.py search`: everything that has no entry in the search gets one; `--anew` makes the whole index again."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from studio.finding.filling import fill
from studio.management import trouble


class Command(BaseCommand):
    help = "Put into the search what is not in it. `setup` does so before every start; people may go on working."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="Make the whole index again.")

    def handle(self, *args: Any, **options: Any) -> None:
        with trouble.told():
            made = fill(anew=options["anew"])
        self.stdout.write(f"{made} put into the search.")
