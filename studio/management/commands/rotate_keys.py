from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.management import trouble
from studio.notices.models import Webhook
from studio.teams.acts import What, note
from studio.teams.keys import KeyUnreadable, is_newest, relock
from studio.teams.models import Connection
from studio.teams.scope import across_teams

SEALED: tuple[tuple[Any, str], ...] = ((Connection, "key_cipher"), (Webhook, "secret_cipher"))


class Command(BaseCommand):
    help = (
        "Encrypt every gateway key, and every webhook's secret, with the newest of STUDIO_ENCRYPTION_KEYS. Each row is "
        "written by itself and a row that is done is skipped, so the command may be stopped and started again, also "
        "while tasks are running."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = kept = 0
        teams: dict[int, int] = {}
        unreadable: list[str] = []
        with trouble.told(), across_teams():
            for model, name in SEALED:
                for row in model.objects.exclude(**{name: ""}).order_by("pk").iterator():
                    old = getattr(row, name)
                    if is_newest(old):
                        kept += 1
                        continue
                    try:
                        new = relock(old)
                    except KeyUnreadable:
                        unreadable.append(f"{row} (team {row.team_id})")
                        continue
                    # Only where the row still holds what was read: a key entered meanwhile is newer than ours.
                    if model.objects.filter(**{"pk": row.pk, name: old}).update(**{name: new}):
                        done, teams[row.team_id] = done + 1, teams.get(row.team_id, 0) + 1
            for team, number in teams.items():
                note(What.KEYS_ROTATED, team, None, number=number)
        self.stdout.write(f"{done} keys encrypted again, {kept} already with the newest encryption key.")
        if unreadable:
            raise CommandError(f"No encryption key fits these connections: {', '.join(unreadable)}.")
