"""tidy: what is old and done with goes, what is still owed to somebody stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Task as QueuedJob

from studio.tasks import jobs
from studio.tasks.models import Callback
from studio.tasks.tidying import BITE
from tests.factories import make_team

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.django_db]
NOW = timezone.now()


def callback(heard_days_ago: int | None) -> Callback:
    heard_at = None if heard_days_ago is None else NOW - timedelta(days=heard_days_ago)
    made = Callback.objects.create(
        team=make_team(f"Team {heard_days_ago}", owner=f"o{heard_days_ago}"), heard_at=heard_at
    )
    Callback.objects.filter(pk=made.pk).update(received_at=NOW - timedelta(days=heard_days_ago or 1000))
    return made


def test_only_callbacks_that_were_heard_long_ago_go() -> None:
    stays = {callback(89).pk, callback(None).pk}
    callback(91)
    jobs.tidy()
    assert set(Callback.objects.values_list("pk", flat=True)) == stays


def test_a_great_many_go_in_bites() -> None:
    Callback.objects.bulk_create(Callback(heard_at=NOW - timedelta(days=100)) for _ in range(2 * BITE + 1))
    with CaptureQueriesContext(connection) as queries:
        jobs.tidy()
    assert not Callback.objects.exists()
    assert sum(query["sql"].startswith('DELETE FROM "tasks_callback"') for query in queries) == 3
    assert BITE == 500


def test_failed_jobs_and_ended_sessions_do_not_pile_up() -> None:
    for days in (1, 31):
        at = NOW - timedelta(days=days)
        QueuedJob.objects.create(id=str(days), name=str(days), func="f", started=at, stopped=at, success=False)
        Session.objects.create(session_key=str(days), session_data="", expire_date=NOW + timedelta(days=15 - days))
    jobs.tidy()
    assert [job.id for job in QueuedJob.objects.all()] == ["1"]
    assert [session.session_key for session in Session.objects.all()] == ["1"]
