"""What presets and prompts have in common: keys, immutable versions with labels, stars, and for whom they are."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Immutable(RuntimeError):
    """A version was saved a second time."""


def new_key() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def key_for(page: str, *what: str) -> str:
    """The key of what a page saves: its own joined with what is saved. A second click is the same row; what was changed
    before it, on a page that was gone back to or in another tab, is another one."""
    if not page:
        return new_key()
    return hashlib.sha256("\0".join([page, *what]).encode()).hexdigest()[:32]


class Visibility(models.TextChoices):
    ME = "me", _("Only me")
    CHOSEN = "chosen", _("Chosen people")
    TEAM = "team", _("The team")


class InVersions(models.Model):
    """Something with a name that a team keeps in versions. `newest` is the number of its newest one; `key` is what an
    exported document knows it by, in every studio."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=32, default=new_key)
    name = models.CharField(_("name"), max_length=120)
    archived = models.BooleanField(default=False)
    newest = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = TeamManager()

    class Meta:
        abstract = True
        ordering = ["-changed_at", "-id"]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What it held at one time; never changed."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()  # from 1
    note = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamManager()

    class Meta:
        abstract = True
        ordering = ["-number"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Immutable(str(self))
        super().save(*args, **kwargs)


class NameAtVersion(models.Model):
    """A name that stands at one version and can be moved to another."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)

    objects = TeamManager()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OfAPerson(models.Model):
    """What one person has to do with it: a star, a right."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = TeamManager()

    class Meta:
        abstract = True
