"""Price, Budget, Threshold: what a team has said about its money. What was spent stands on its tasks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Unit(models.TextChoices):
    """What a price is for each of. Which field says how many is the catalog's word: see `rates.FIELDS`."""

    REQUEST = "request", _("per request")
    SECOND = "second", _("per second")
    PICTURE = "picture", _("per picture")


class Price(models.Model):
    """What an operation costs this team, in the gateway's points. It stands before the catalog's price."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    operation = models.CharField(max_length=80)
    points = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=10, choices=Unit, default=Unit.REQUEST)

    objects = TeamManager["Price"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "operation"], name="one_price_per_operation")]

    def __str__(self) -> str:
        return f"{self.operation}: {self.points} per {self.unit}"


class Budget(models.Model):
    """The points that a calendar month has for the whole team, or for one person of it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    points = models.DecimalField(max_digits=14, decimal_places=4)

    objects = TeamManager["Budget"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=Q(person=None), name="one_budget_per_team"),
            models.UniqueConstraint(fields=["team", "person"], name="one_budget_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.points} a month for {self.person or self.team}"


class Threshold(models.Model):
    """From this price on, a task of somebody who is no owner waits for an owner. No row: nothing waits."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    points = models.DecimalField(max_digits=14, decimal_places=4)

    objects = TeamManager["Threshold"]()

    def __str__(self) -> str:
        return f"an owner approves from {self.points} on"
