from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.management import trouble
from studio.teams.models import User
from studio.teams.signin import new_link


class Command(BaseCommand):
    help = "Print a sign-in link for a person. It works once, within a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        with trouble.told():
            user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
            if user is None:
                raise CommandError(f"Nobody active here has the e-mail {options['email']}.")
            self.stdout.write(new_link(user))
