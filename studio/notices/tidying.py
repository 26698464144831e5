"""What of the lines, and of the messages that were sent, nobody looks at any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from studio.notices.models import Message, Notice

READ_KEPT = timedelta(days=90)
KEPT = timedelta(days=365)  # read or not
SENT_KEPT = timedelta(days=30)


def old_lines() -> QuerySet[Notice]:
    """Needs the scope of all teams, as the other does."""
    now = timezone.now()
    return Notice.objects.filter(Q(read_at__lt=now - READ_KEPT) | Q(at__lt=now - KEPT))


def old_messages() -> QuerySet[Message]:
    return Message.objects.filter(over_at__lt=timezone.now() - SENT_KEPT)
