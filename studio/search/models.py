"""Entry: the words by which one row of a team is found."""

from __future__ import annotations

from django.db import models

from studio.search.fields import WordsField
from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Kind(models.TextChoices):
    PROMPT = "prompt"
    PRESET = "preset"
    TASK = "task"
    BATCH = "batch"


class Entry(models.Model):
    """What stands for a prompt, a preset, a task or a batch. `of` is its id: no foreign key, since an entry is only a
    hint. Who reads it asks for the row itself, among those that the person may see; one that is gone is not among them.

    The newest entry has the largest id: what changes gets another one.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    of = models.BigIntegerField()
    words = WordsField()

    objects = TeamManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "kind", "of"], name="one_entry_each")]
        indexes = [models.Index(fields=["team", "kind", "-id"], name="entries_newest_first")]

    def __str__(self) -> str:
        return f"words of {self.kind} {self.of}"
