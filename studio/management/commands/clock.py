"""`manage.py clock`: rings the sweep, and says so when the workers no longer answer."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.management.base import BaseCommand

from studio.clock import Clock, run
from studio.management import trouble
from studio.management.stopping import hear_signals

SILENT = "The workers do not answer: no heartbeat came back."


class Command(BaseCommand):
    help = (
        "Ring the sweep job (due polls, ended leases, lost rings), once an hour the one that tidies up, and watch that "
        "the workers answer."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        trouble.check_restored()
        stop, clock = threading.Event(), Clock()
        hear_signals(stop)

        def tick() -> str:
            return "" if clock.tick(time.monotonic()) else SILENT

        run(tick, stop, self.stderr.write)
