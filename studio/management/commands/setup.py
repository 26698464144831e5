"""`manage.py setup`: makes a database and files ready for this code. Safe to run again, and before every start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from studio.checks import CATALOG
from studio.finding import filling
from studio.library import examples
from studio.management import trouble
from studio.management.backup import scratch
from studio.tasks import epoch, fence
from studio.teams.models import Connection, Membership
from studio.teams.scope import across_teams
from studio.teams.signin import new_link
from studio.teams.start import ensure_first_team

NO_SANDBOX = (
    "There is no sandbox in production unless STUDIO_SANDBOX_URL names one; until then connections to it reach nobody"
)


class Command(BaseCommand):
    help = "Migrate the database, collect static files, make the first team; print its sign-in link if nobody has one."
    requires_system_checks = [CATALOG]  # what people write; the rest is code, and `check` takes as long as all of this

    def handle(self, *args: Any, **options: Any) -> None:
        trouble.check_folder()
        trouble.check_restored()
        trouble.check_database()
        trouble.check_cache()
        with trouble.told():
            scratch.tidy()
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
            owner, team, is_new = ensure_first_team()
            if is_new:
                examples.add(Membership.objects.select_related("team", "user").get(team=team, user=owner))
            filling.fill()
            said = follow_sandbox()
            if said:
                self.stderr.write(said)
            if fence.look():
                self.stderr.write("A backup was restored: nothing is sent until you say so. See: manage.py fence")
            epoch.advance()
        if not owner.has_usable_password():
            self.stdout.write(new_link(owner))


def follow_sandbox() -> str:
    """The sandbox may have moved to another port since its connections were made. What to say where there is none."""
    with across_teams():
        moved = Connection.objects.filter(is_sandbox=True).exclude(base_url=settings.SANDBOX_URL)
        if settings.SANDBOX_URL:
            moved.update(base_url=settings.SANDBOX_URL)
            return ""
        names = ", ".join(f"{each.name} of {each.team}" for each in moved.select_related("team")[:5])
    return names and f"{NO_SANDBOX} ({names})."
