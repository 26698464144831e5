"""Comment, Mention, Notice; a batch whose end is awaited; whom mail and a team's webhook tell, and what they shall."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio.teams.borders import OneTeam, has_its_team
from studio.teams.keys import lock, unlock
from studio.teams.models import Team
from studio.teams.scope import TeamManager

LONGEST = 4000  # characters of a comment
TARGETS = ("prompt", "preset", "task", "batch")


class About(models.Model):
    """What it is about: one of four. Foreign keys by name, so that no room has to be imported for them."""

    prompt = models.ForeignKey("library.Prompt", null=True, on_delete=models.CASCADE, related_name="+")
    preset = models.ForeignKey("library.Preset", null=True, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey("tasks.Task", null=True, on_delete=models.CASCADE, related_name="+")
    batch = models.ForeignKey("batches.Batch", null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def about(self) -> tuple[str, int]:
        """Which of the four, and its id."""
        return next((kind, pk) for kind in TARGETS if (pk := getattr(self, f"{kind}_id")))


class Comment(About):
    """What a person says of something. A mention stands in `text` as `@{person's id}`, and is a row beside it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST * 2)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)

    objects = TeamManager["Comment"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            has_its_team("comments_of_a_team"),
            OneTeam(fields=["prompt", "preset", "task", "batch"], name="comment_in_one_team"),
        ]
        indexes = [
            models.Index(
                fields=["team", kind, "id"], condition=Q((f"{kind}__isnull", False)), name=f"comments_on_a_{kind}"
            )
            for kind in TARGETS
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Mention(models.Model):
    """A person whom a comment names. They were of the team when it was written; their name is the one they have now."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = TeamManager["Mention"]()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="one_mention_per_person_and_comment"),
            OneTeam(fields=["comment"], name="mention_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "comment"], name="mentions_in_a_comment")]

    def __str__(self) -> str:
        return f"{self.person} in comment {self.comment_id}"


class What(models.TextChoices):
    """What happened."""

    MENTIONED = "mentioned", _("Mentioned")
    COMMENTED = "commented", _("Commented")
    ATTENTION = "attention", _("Needs a person")
    APPROVAL = "approval", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


ALIKE = {What.ATTENTION, What.APPROVAL, What.APPROVED, What.DECLINED}  # of these there may be hundreds at once


class Notice(About):
    """One line of what a person missed. `key` is what lines are counted up by while they are unread: two lines of one
    key are one. A line that is counted up is written anew, so that the newest id is the newest news."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    what = models.CharField(max_length=10, choices=What)
    comment = models.ForeignKey(Comment, null=True, on_delete=models.SET_NULL, related_name="+")
    times = models.PositiveIntegerField(default=1)
    who = models.JSONField(default=list)  # ids of those who did it, the newest first
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = TeamManager["Notice"]()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "key"], condition=Q(read_at=None), name="one_unread_line_per_key"
            ),
            OneTeam(fields=["prompt", "preset", "task", "batch", "comment"], name="notice_in_one_team"),
        ]
        indexes = [
            models.Index(fields=["team", "person", "-id"], name="notices_of_a_person"),
            models.Index(fields=["team", "person", "-id"], condition=Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.what} for {self.person_id}"

    @property
    def mail_key(self) -> str:
        """By which it waits to be mailed: five hundred tasks that wait for an owner are one mail."""
        return str(self.what) if self.what in ALIKE else self.key


class Awaited(models.Model):
    """A batch that has not ended yet: whoever sees that it has takes the row away, and tells."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    batch = models.OneToOneField("batches.Batch", on_delete=models.CASCADE, related_name="+")

    objects = TeamManager["Awaited"]()

    class Meta:
        constraints = [OneTeam(fields=["batch"], name="awaited_in_one_team")]

    def __str__(self) -> str:
        return f"the end of batch {self.batch_id}"


class Mails(models.TextChoices):
    OFF = "off", _("Nothing")
    MENTIONS = "mentions", _("When somebody mentions me")
    ALL = "all", _("All notices")


class Wish(models.Model):
    """Which notices a person wants by mail, in all their teams. Without a row: none."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mails = models.CharField(max_length=10, choices=Mails, default=Mails.OFF)

    def __str__(self) -> str:
        return f"{self.mails} for {self.person_id}"


class Webhook(models.Model):
    """Where a team's happenings are posted to, and the sealed secret they are signed with."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    secret_cipher = models.TextField(editable=False)
    result = models.CharField(max_length=300, blank=True)  # of the last try, for the page
    went_well = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)

    objects = TeamManager["Webhook"]()

    def __str__(self) -> str:
        return f"webhook of team {self.team_id}"

    @property
    def secret(self) -> str:
        """Only for signing, and for the one page that shows it."""
        return unlock(self.secret_cipher)

    def set_secret(self, text: str) -> None:
        self.secret_cipher = lock(text)


def message_id() -> str:
    return f"msg_{secrets.token_hex(16)}"


class Message(models.Model):
    """What is to be sent: by mail to `person`, or to the team's webhook where there is none. The row is the job, the
    queue only rings. `public_id` is the same for every try, so that whoever hears it twice can tell."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    public_id = models.CharField(max_length=40, default=message_id, unique=True)
    key = models.CharField(max_length=60, blank=True)  # of mail: which lines it tells of, as `Notice.mail_key`
    said: models.JSONField[Any, Any] = models.JSONField(default=dict)  # to a webhook
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    over_at = models.DateTimeField(null=True)  # sent, or given up
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamManager["Message"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "key"],
                condition=Q(over_at=None, person__isnull=False),
                name="one_mail_per_unread_line",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(over_at=None), name="messages_due")]

    def __str__(self) -> str:
        return self.public_id
