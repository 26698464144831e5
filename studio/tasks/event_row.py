"""The history of tasks, as rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from studio.tasks.states import Kind, Source, State
from studio.teams.borders import BY_ITS_TEAM, OneTeam
from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Event(models.Model):
    """One line in a task's history; append-only; what live pages follow. Only `events.append` writes it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", **BY_ITS_TEAM)
    task = models.ForeignKey("tasks.Task", on_delete=models.CASCADE, related_name="events", **BY_ITS_TEAM)
    attempt = models.ForeignKey("tasks.Attempt", null=True, on_delete=models.SET_NULL, related_name="+", **BY_ITS_TEAM)
    kind = models.CharField(max_length=30, choices=Kind)
    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State)
    progress = models.PositiveSmallIntegerField(null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamManager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["team", "id"]), models.Index(fields=["task", "id"])]
        constraints = [OneTeam(fields=["task", "attempt"], name="event_in_one_team")]

    def __str__(self) -> str:
        return f"{self.kind} of task {self.task_id}"
