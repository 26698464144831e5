"""What is told stays for a while, and goes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from studio.notices.models import Message, Notice
from studio.tasks import lifecycle
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_task


def test_lines_go_that_nobody_looks_at_any_more(team: Team, bob: User) -> None:
    now = timezone.now()
    ages = {"old": 366, "read": 100, "fresh": 1}
    with scope(team):
        task = make_task(team, bob)
        for key, days in ages.items():
            given = {"key": key, "what": "attention", "task": task, "at": now - timedelta(days=days)}
            Notice.objects.create(team=team, person=bob, **given)
        Notice.objects.filter(key="read").update(read_at=now - timedelta(days=91))
        Notice.objects.create(team=team, person=bob, key="long ago", what="attention", task=task, read_at=now)
        Message.objects.create(team=team, over_at=now - timedelta(days=31))
        Message.objects.create(team=team)
    lifecycle.tidy()
    with scope(team):
        assert {each.key for each in Notice.objects.all()} == {"fresh", "long ago"}
        assert Message.objects.get().over_at is None
