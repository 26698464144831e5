"""The one row by which a database is told from its copies."""

from __future__ import annotations

from django.db import models


class Epoch(models.Model):
    """One row: how often this database was started or copied. `epoch.py` holds it against a number on the disk."""

    number = models.PositiveBigIntegerField(default=0)
    held_since = models.DateTimeField(null=True)  # nothing is sent while it is set

    def __str__(self) -> str:
        return f"epoch {self.number}"
