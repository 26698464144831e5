"""`manage.py workers`: the processes that run jobs."""

import gc
from typing import Any

from django.db import connection
from django.urls import set_urlconf
from django_q.management.commands import qcluster
from django_q.signals import post_execute_in_worker, pre_execute

from studio import catalog, heartbeat, pages
from studio.assets import jobs as assets
from studio.batches import jobs as batches
from studio.health import beats
from studio.management import trouble
from studio.notices import jobs as notices
from studio.tasks import jobs as tasks

JOBS = (tasks, assets, batches, notices)  # read before the workers part from each other: then they share what was read


class Command(qcluster.Command):  # type: ignore[misc]
    """django-q2's cluster, in which each worker leaves a mark while it is busy: the heartbeat asks for them."""

    help = "Run the jobs of the queue: sending, asking, keeping results."
    requires_system_checks: list[str] = []  # they read all there is, the API's machinery too, which no job needs

    def handle(self, *args: Any, **options: Any) -> None:
        trouble.check_restored()
        trouble.check_set_up()
        connection.close()  # the processes that are started now must not share it
        heartbeat.forget_workers()
        pre_execute.connect(heartbeat.mark_busy)
        post_execute_in_worker.connect(heartbeat.mark_idle)
        post_execute_in_worker.connect(beats.job_ended)
        catalog.operations()
        set_urlconf(pages.__name__)  # messages and files have addresses
        gc.freeze()  # what is here stays: nobody looks through it, which would copy it
        super().handle(*args, **options)
