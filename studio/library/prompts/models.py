"""Prompt and its versions, labels, tags and stars; and the word lists that prompts draw from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.library.keeping import InVersions, NameAtVersion, OfAPerson, Version, Visibility
from studio.teams.borders import OneTeam, has_its_team
from studio.teams.models import Team
from studio.teams.scope import TeamManager


class Prompt(InVersions):
    """A text that a team keeps. `text` is that of its newest version, for lists and search."""

    text = models.TextField()
    visibility = models.CharField(
        max_length=10,
        choices=[(each.value, each.label) for each in (Visibility.ME, Visibility.TEAM)],
        default=Visibility.TEAM,
    )

    class Meta(InVersions.Meta):
        constraints = [
            models.UniqueConstraint(fields=["team", "key"], name="one_prompt_per_key"),
            has_its_team("prompts_of_a_team"),
        ]
        indexes = [models.Index(fields=["team", "archived", "-changed_at", "-id"], name="prompts_newest_first")]


class PromptVersion(Version):
    """What a prompt said at one time; never changed."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="prompt_versions_are_numbered"),
            has_its_team("prompt_versions_of_a_team"),
            OneTeam(fields=["prompt"], name="prompt_version_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "prompt", "-number"], name="versions_of_a_prompt")]

    def __str__(self) -> str:
        return f"version {self.number} of prompt {self.prompt_id}"


class PromptLabel(NameAtVersion):
    """A name that stands at one version of a prompt and can be moved to another."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="labels")
    version = models.ForeignKey(PromptVersion, on_delete=models.CASCADE, related_name="labels")

    class Meta(NameAtVersion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["prompt", "name"], name="a_prompt_label_stands_once"),
            OneTeam(fields=["prompt", "version"], name="prompt_label_in_one_team"),
        ]


class PromptTag(models.Model):
    """A word by which prompts are found together."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)

    objects = TeamManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "name"], name="a_prompt_is_tagged_once"),
            OneTeam(fields=["prompt"], name="prompt_tag_in_one_team"),
        ]
        indexes = [
            models.Index(fields=["team", "name"], name="tags_of_a_team"),
            models.Index(fields=["team", "prompt"], name="tags_of_a_prompt"),
        ]

    def __str__(self) -> str:
        return self.name


class PromptStar(OfAPerson):
    """A person's star on a prompt."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="stars")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prompt", "person"], name="one_prompt_star_per_person"),
            OneTeam(fields=["prompt"], name="prompt_star_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "prompt"], name="stars_of_a_prompt")]

    def __str__(self) -> str:
        return f"star on prompt {self.prompt_id}"


class WordList(models.Model):
    """Lines that `__name__` in a prompt draws from. `edition` counts its changes: who saves says which they saw."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    text = models.TextField()  # one line each, none empty, none twice
    edition = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = TeamManager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_word_list_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n"))
