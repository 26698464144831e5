"""`manage.py backup FOLDER_OR_FILE`: everything in one file, while the studio works."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from studio.management import stopping, trouble
from studio.management.backup import making


class Command(BaseCommand):
    help = "Write the database, kept files, paid answers and the studio's own secrets to one file. Keep it as a secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="A folder, or the file to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        with stopping.tidied_up(), trouble.told():
            made = making.make(options["target"])
        self.stdout.write(f"{made}  {made.stat().st_size / (1 << 20):.1f} MB")
