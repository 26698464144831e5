"""`manage.py fence`: does a restored backup hold all sending? `lift` lets it go, `hold` stops it by hand."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from studio.management import trouble
from studio.tasks import epoch, fence
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.scope import across_teams


class Command(BaseCommand):
    help = "Say whether a restored backup holds all sending. `lift` lets it go; `hold` stops it by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", choices=["status", "lift", "hold"], default="status")

    def handle(self, *args: Any, **options: Any) -> None:
        with trouble.told():
            fence.look()
            if options["what"] == "hold":
                fence.hold()
            elif options["what"] == "lift":
                fence.lift()
            self.stdout.write(describe())


def describe() -> str:
    found = epoch.row()
    if found.held_since is None:
        return "Sending goes on."
    with across_teams():
        lost = Task.objects.filter(state=State.UNKNOWN, finished_at=None).count()
    return (
        f"Sending is held since {found.held_since:%Y-%m-%d %H:%M} UTC. Tasks that wait for a person to decide: {lost}; "
        "none of them is sent again by itself. To let sending go on: manage.py fence lift"
    )
