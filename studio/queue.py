"""django-q2's ORM broker with the statement that is written once: a job is put for every result, task and query."""

from __future__ import annotations

from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf

from studio.teams import statements

PUT = "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s)"


class Broker(ORM):  # type: ignore[misc]
    def enqueue(self, task: str) -> None:
        """Insert the job in the caller's transaction: a rollback takes it back."""
        statements.write(PUT, self.list_key or Conf.CLUSTER_NAME, task, timezone.now())
