"""Asset: a file we keep."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.tasks.models import Task
from studio.teams.borders import OneTeam
from studio.teams.models import Team
from studio.teams.privacy import Privacy, PrivateManager

RESULT = "result"  # the role of what was asked for


def cover_of(name: str) -> str:
    """Where the small picture lies that stands for a file of slides."""
    return str(PurePosixPath(name).with_suffix(".cover.jpg"))


class Keeping(models.TextChoices):
    WAITING = "waiting", _("Fetching")
    KEPT = "kept", _("Kept")
    LOST = "lost", _("Lost")


class Asset(models.Model):
    """A result of a task, kept under our name. `width`, `height` are pixels, `duration` is seconds, both as measured.

    `source_url` is the gateway's link; `source_expires_at` is when that link dies, where it is known.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assets")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)  # image, video, audio, text, file
    role = models.CharField(max_length=20)  # result, poster, thumbnail, last_frame ...
    keeping = models.CharField(max_length=10, choices=Keeping, default=Keeping.WAITING)
    source_url = models.TextField(blank=True)
    source_expires_at = models.DateTimeField(null=True)
    file = models.FileField(upload_to="", max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration = models.FloatField(null=True)
    inside = models.JSONField(default=dict)  # what is in it, as `files.inside` tells it
    tries = models.PositiveSmallIntegerField(default=0)
    unended = models.PositiveSmallIntegerField(default=0)  # tries that never came back, in a row
    next_try_at = models.DateTimeField(null=True, db_index=True)  # a backoff, or the lease of a running try
    rung_at = models.DateTimeField(null=True)  # when the sweep last rang for it
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    kept_at = models.DateTimeField(null=True)

    privacy: ClassVar = Privacy("task__")
    objects = PrivateManager()

    class Meta:
        ordering = ["task_id", "number"]
        indexes = [
            models.Index(fields=["team", "-id"], name="assets_newest_first"),
            # Who chooses a file for a field is shown a page of these: else all are sorted for it.
            models.Index(fields=["team", "keeping", "-kept_at", "-id"], name="assets_last_kept_first"),
            # The few among the many: the sweep looks for them every two seconds.
            models.Index(fields=["team", "next_try_at"], condition=Q(kept_at=None), name="assets_not_kept"),
            # A list asks for those of fifty tasks: by the team alone it would read all that the team has.
            models.Index(fields=["team", "task", "number"], name="assets_of_tasks"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="assets_are_numbered"),
            OneTeam(fields=["task"], name="asset_in_one_team"),
            models.CheckConstraint(
                condition=~Q(keeping=Keeping.KEPT) | ~Q(sha256=""), name="a_kept_asset_has_its_checksum"
            ),
        ]

    poster: Asset | None = None  # the picture that stands for a film or a sound; `posters.players` puts it here

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of task {self.task_id}"

    @property
    def is_kept(self) -> bool:
        return self.keeping == Keeping.KEPT

    @property
    def is_lost(self) -> bool:
        return self.keeping == Keeping.LOST

    @property
    def is_beside(self) -> bool:
        """Whether it goes with a result (a poster, a last frame) instead of being one."""
        return self.role != RESULT

    @property
    def link_is_dead(self) -> bool:
        return self.source_expires_at is not None and self.source_expires_at <= timezone.now()

    @property
    def name(self) -> str:
        """What the file is called when somebody downloads it."""
        return f"task-{self.task_id}-{self.number}{PurePosixPath(self.file.name or '').suffix}"

    @property
    def cover_url(self) -> str:
        """The picture that stands for slides; "" where they brought none."""
        return reverse("assets:cover", args=[self.pk]) if self.inside.get("cover") else ""

    @property
    def url(self) -> str:
        return reverse("assets:file", args=[self.pk, self.name])
