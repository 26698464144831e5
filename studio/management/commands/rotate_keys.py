from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studio.teams.acts import What, note
from studio.teams.keys import KeyUnreadable, is_newest, relock
from studio.teams.models import Connection
from studio.teams.scope import across_teams


class Command(BaseCommand):
    help = (
        "Encrypt every gateway key with the newest of STUDIO_ENCRYPTION_KEYS. Each row is written by itself and a row "
        "that is done is skipped, so the command may be stopped and started again, also while tasks are running."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = kept = 0
        teams: dict[int, int] = {}
        unreadable: list[str] = []
        with across_teams():
            for connection in Connection.objects.exclude(key_cipher="").order_by("pk").iterator():
                old = connection.key_cipher
                if is_newest(old):
                    kept += 1
                    continue
                try:
                    new = relock(old)
                except KeyUnreadable:
                    unreadable.append(f"{connection.name} (team {connection.team_id})")
                    continue
                # Only where the row still holds what was read: a key entered meanwhile is newer than ours.
                if Connection.objects.filter(pk=connection.pk, key_cipher=old).update(key_cipher=new):
                    done, teams[connection.team_id] = done + 1, teams.get(connection.team_id, 0) + 1
            for team, number in teams.items():
                note(What.KEYS_ROTATED, team, None, number=number)
        self.stdout.write(f"{done} keys encrypted again, {kept} already with the newest encryption key.")
        if unreadable:
            raise CommandError(f"No encryption key fits these connections: {', '.join(unreadable)}.")
