"""tidy: what nobody needs any more, in small bites. What was asked for and made stays, with its whole history."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.utils import timezone
from django_q.models import Task as QueuedJob

from studio.files import tidying as files
from studio.notices.tidying import old_lines, old_messages
from studio.tasks import epoch
from studio.tasks.models import Callback
from studio.teams.scope import across_teams

CALLBACKS_KEPT = timedelta(days=90)  # once heard, they are in the history; these are the bytes
FAILURES_KEPT = timedelta(days=30)  # of jobs: django-q2 keeps each one with its traceback, for ever
FILES_EVERY = 24 * 3600  # seconds, in each worker or for all of them: it reads every table once
BITE, BITES = 500, 20  # rows at a time and times in one round, so that nobody waits long; the next round goes on


def tidy() -> None:
    """One round. Callbacks that were not heard yet are never thrown away."""
    epoch.advance()  # so that a copy made by other means than ours is known as old within the hour
    now = timezone.now()
    with across_teams():
        bite_off(Callback.objects.filter(heard_at__lt=now - CALLBACKS_KEPT))
        bite_off(old_lines())
        bite_off(old_messages())
        if cache.add("files-were-tidied", True, FILES_EVERY):
            files.tidy()
    bite_off(QueuedJob.objects.filter(stopped__lt=now - FAILURES_KEPT))
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def bite_off(rows: QuerySet[Model]) -> None:
    for _ in range(BITES):
        some = list(rows.order_by("pk").values_list("pk", flat=True)[:BITE])
        rows.model._default_manager.filter(pk__in=some).delete()
        if len(some) < BITE:
            return
