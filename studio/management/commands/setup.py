"""`manage.py setup`: makes a database and files ready for this code. Safe to run again, and before every start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from studio.management import trouble
from studio.teams.models import Connection
from studio.teams.scope import across_teams
from studio.teams.signin import new_link
from studio.teams.start import ensure_first_team


class Command(BaseCommand):
    help = "Migrate the database, collect static files, make the first team; print its sign-in link if nobody has one."

    def handle(self, *args: Any, **options: Any) -> None:
        trouble.check_folder()
        trouble.check_database()
        trouble.check_cache()
        with trouble.told():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
            owner, _team, _new = ensure_first_team()
            follow_sandbox()
        if not owner.has_usable_password():
            self.stdout.write(new_link(owner))


def follow_sandbox() -> None:
    """The sandbox may have moved to another port since its connections were made."""
    with across_teams():
        moved = Connection.objects.filter(is_sandbox=True).exclude(base_url=settings.SANDBOX_URL)
        moved.update(base_url=settings.SANDBOX_URL)
