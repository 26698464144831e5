"""Beat: the last sign of life of a part of the studio that runs elsewhere."""

from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """`at` is a time of the database's clock, so that parts on several machines are measured alike."""

    part = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.part} at {self.at}"
