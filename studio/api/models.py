"""Token: what lets a program act as a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Scope(models.TextChoices):
    READ = "read", _("Read only")
    RUN = "run", _("Read and run")


class Token(models.Model):
    """It acts as its person, in its team, with the role they have at that moment.

    Only the SHA-256 of its secret is stored; `prefix` is the secret's beginning, by which people tell tokens apart.
    `scope` is the most that it may do: whoever may run may read.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("Is allowed to"), max_length=10, choices=Scope, default=Scope.RUN)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)

    objects = TeamManager["Token"]()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["team", "-id"], name="tokens_newest_first")]

    def __str__(self) -> str:
        return f"token {self.prefix}…"

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_alive(self) -> bool:
        return self.revoked_at is None and not self.is_over
