"""File: what a team put in, told by its bytes and kept under a name of ours."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.catalog import files as references
from studio.teams.models import Team
from studio.teams.privacy import Privacy, PrivateManager, is_hidden


def public_id() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Origin(models.TextChoices):
    UPLOAD = "upload", gettext_lazy("Upload")
    ADDRESS = "address", gettext_lazy("Fetched from an address")
    RESULT = "result", gettext_lazy("An earlier result")


class File(models.Model):
    """A file that goes into bodies. `kind` is image, video, audio, text or file, `duration` in seconds.

    In values and bodies `reference` stands for it. The bytes are never changed, so what was sent can be sent again.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32, default=public_id, unique=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.UPLOAD)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    duration = models.FloatField(null=True)
    file = models.FileField(upload_to="", max_length=200)
    private = models.BooleanField(default=False)  # it stands in nothing that the team sees
    created_at = models.DateTimeField(auto_now_add=True)

    privacy: ClassVar = Privacy(judged=False)
    objects = PrivateManager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["team", "-id"]), models.Index(fields=["team", "sha256"])]

    is_hidden = property(is_hidden)  # a preset may hold it and be opened by people who cannot look at it

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def reference(self) -> str:
        """What stands for the file in a body."""
        return references.refer(self.public_id)

    @property
    def called(self) -> str:
        """Its name, for whoever may know it."""
        return _("a private file") if self.is_hidden else self.name

    @property
    def kept_at(self) -> datetime:
        return self.created_at

    @property
    def url(self) -> str:
        """For the team's own pages."""
        return reverse("files:file", args=[self.public_id, self.name])
