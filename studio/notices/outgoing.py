"""What shall leave the studio: rows, written in the transaction in which it happened. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from studio.notices.models import Mails, Message, Notice, Webhook, What, Wish
from studio.notices.targets import of_the_team
from studio.teams.models import User

CALM = timedelta(minutes=1)  # a mail waits for what follows at once, and for the person to see it in the studio


def mail_later(lines: Iterable[Notice]) -> None:
    """A mail for each line whose person wants one; lines that are alike share one. One that waits to leave tells of the
    lines as they are then."""
    rows = list(lines)
    if not settings.EMAIL_HOST or not rows:
        return
    wishes = dict(Wish.objects.filter(person__in=[row.person_id for row in rows]).values_list("person", "mails"))
    Message.objects.bulk_create(
        (
            Message(team_id=row.team_id, person_id=row.person_id, key=row.mail_key, due_at=timezone.now() + CALM)
            for row in rows
            if wants(wishes.get(row.person_id, Mails.OFF), row)
        ),
        ignore_conflicts=True,
    )


def wants(wish: str, row: Notice) -> bool:
    return wish == Mails.ALL or (wish == Mails.MENTIONS and row.what == What.MENTIONED)


def post_later(team: int, what: str, about: tuple[str, int], actor: int | None) -> None:
    """Tell the team's webhook, where it has one, of what the whole team may see."""
    if not Webhook.objects.filter(team=team).exists():
        return
    target = of_the_team(*about)
    if target is None:
        return
    person = User.objects.filter(pk=actor).first() if actor else None
    data: dict[str, Any] = {"about": target.kind, "id": target.pk, "title": target.title}
    data |= {"url": settings.PUBLIC_URL + target.url, "by": str(person) if person else None}
    Message.objects.create(team_id=team, said={"type": f"{target.kind}.{what}", "data": data})
