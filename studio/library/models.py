"""Preset and its versions, labels, stars, named people, the tasks made with it, and links. Prompts are in `prompts`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.library.keeping import Immutable, InVersions, NameAtVersion, OfAPerson, Version, Visibility, new_key
from studio.library.kept import Kept
from studio.library.prompts.models import Prompt, PromptLabel, PromptStar, PromptTag, PromptVersion, WordList
from studio.teams.borders import OneTeam, has_its_team
from studio.teams.models import Team
from studio.teams.privacy import Privacy, PrivateManager
from studio.teams.scope import TeamManager

__all__ = [
    "Immutable",
    "Label",
    "Named",
    "Preset",
    "PresetVersion",
    "Prompt",
    "PromptLabel",
    "PromptStar",
    "PromptTag",
    "PromptVersion",
    "ShareLink",
    "Star",
    "Use",
    "Visibility",
    "WordList",
    "new_key",
]


class Preset(InVersions):
    """Saved values of one operation."""

    operation = models.CharField(max_length=80)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.TEAM)

    class Meta(InVersions.Meta):
        constraints = [
            models.UniqueConstraint(fields=["team", "key"], name="one_preset_per_key"),
            has_its_team("presets_of_a_team"),
        ]
        indexes = [models.Index(fields=["team", "archived", "-changed_at", "-id"], name="presets_newest_first")]


class PresetVersion(Version):
    """What a preset held at one time; never changed. `body_text` is the body that the catalog built of it then.

    `values_text` is JSON of the values by path, `extras_text` that of the packed extra keys: as text, since a database
    would forget the order of keys and how numbers were written.
    """

    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="versions")
    values_text = models.TextField()
    extras_text = models.TextField(blank=True)
    fates = models.JSONField(default=dict)  # the author's "leave out" and "bring back", by path
    holds = models.JSONField(default=dict)  # `fixed` or `free` by path; what is in neither is suggested
    body_text = models.TextField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(fields=["preset", "number"], name="versions_are_numbered"),
            has_its_team("versions_of_a_team"),
            OneTeam(fields=["preset"], name="version_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "preset", "-number"], name="versions_of_a_preset")]

    def __str__(self) -> str:
        return f"version {self.number} of preset {self.preset_id}"

    @property
    def kept(self) -> Kept:
        values: dict[str, Any] = catalog.loads(self.values_text)
        extras = catalog.unpack(catalog.loads(self.extras_text)) if self.extras_text else catalog.Extras()
        return Kept(values, extras, self.fates, self.holds)


class Label(NameAtVersion):
    """A name that stands at one version of a preset and can be moved to another."""

    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="labels")
    version = models.ForeignKey(PresetVersion, on_delete=models.CASCADE, related_name="labels")

    class Meta(NameAtVersion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["preset", "name"], name="a_label_stands_once"),
            OneTeam(fields=["preset", "version"], name="label_in_one_team"),
        ]


class Star(OfAPerson):
    """A person's star on a preset."""

    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="stars")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preset", "person"], name="one_star_per_person"),
            OneTeam(fields=["preset"], name="star_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "preset"], name="stars_of_a_preset")]

    def __str__(self) -> str:
        return f"star on preset {self.preset_id}"


class Named(OfAPerson):
    """A person for whom a preset is, where it is for chosen people; `may_edit` lets them change it, too."""

    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="named")
    may_edit = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preset", "person"], name="a_person_is_named_once"),
            OneTeam(fields=["preset"], name="named_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "preset"], name="named_at_a_preset")]

    def __str__(self) -> str:
        return f"{self.person} at preset {self.preset_id}"


class Use(models.Model):
    """Which version a task was made with. The room of tasks knows nothing of it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="uses")
    version = models.ForeignKey(PresetVersion, on_delete=models.CASCADE, related_name="+")
    task = models.OneToOneField("tasks.Task", on_delete=models.CASCADE, related_name="+")

    privacy: ClassVar = Privacy("task__")
    objects = PrivateManager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["team", "preset", "-id"], name="uses_of_a_preset")]
        constraints = [OneTeam(fields=["preset", "version", "task"], name="use_in_one_team")]

    def __str__(self) -> str:
        return f"task {self.task_id} with preset {self.preset_id}"


class ShareLink(models.Model):
    """An address at which anyone can read a preset. Only the SHA-256 of its secret is stored; a revoked one is gone."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="links")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    names_author = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects = TeamManager()

    class Meta:
        ordering = ["-id"]
        constraints = [OneTeam(fields=["preset"], name="link_in_one_team")]
        indexes = [
            models.Index(fields=["team", "-id"], name="links_newest_first"),
            models.Index(fields=["team", "preset", "-id"], name="links_to_a_preset"),
        ]

    def __str__(self) -> str:
        return f"link to preset {self.preset_id}"

    @classmethod
    def alive(cls, now: datetime | None = None) -> Q:
        return Q(expires_at__gt=now or timezone.now())
