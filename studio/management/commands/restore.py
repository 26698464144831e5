"""`manage.py restore FILE`: back to what a backup holds. Nothing is sent afterwards until the fence is lifted."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.management import lock, stopping, trouble
from studio.management.backup import restoring
from studio.management.commands.fence import describe


class Command(BaseCommand):
    help = "Replace the database and files by those of a backup. The studio must be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        trouble.check_folder()
        held = lock.lock_folder(settings.DATA_DIR)
        try:
            with stopping.tidied_up(), trouble.told():
                manifest = restoring.restore(options["file"])
                self.stdout.write(f"The studio is as it was at {manifest.made_at}.")
                self.stdout.write(describe())
        finally:
            os.close(held)
