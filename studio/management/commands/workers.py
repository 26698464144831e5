"""`manage.py workers`: the processes that run jobs."""

from typing import Any

from django_q.management.commands import qcluster
from django_q.signals import post_execute_in_worker, pre_execute

from studio import heartbeat
from studio.health import beats


class Command(qcluster.Command):  # type: ignore[misc]
    """django-q2's cluster, in which each worker leaves a mark while it is busy: the heartbeat asks for them."""

    help = "Run the jobs of the queue: sending, asking, keeping results."

    def handle(self, *args: Any, **options: Any) -> None:
        heartbeat.forget_workers()
        pre_execute.connect(heartbeat.mark_busy)
        post_execute_in_worker.connect(heartbeat.mark_idle)
        post_execute_in_worker.connect(beats.job_ended)
        super().handle(*args, **options)
