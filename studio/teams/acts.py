"""Acts: who did what to the team's keys, people, money and doors. Appended in the transaction of the act itself, one
line at each place (`note`), and never changed afterwards: a row that is saved again, or taken away, raises.

What somebody ran or wrote is no act of this kind: tasks and prompts have histories of their own. Presets are here, for
others run what stands in them. Nothing secret is told, of a key not even its last letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.teams.scope import TeamManager

if TYPE_CHECKING:
    from studio.teams.models import Team, User


class What(models.TextChoices):
    """The closed list. The part before the dot is the kind by which the page is filtered."""

    CONNECTION_MADE = "keys.made", _("Connection made")
    CONNECTION_CHANGED = "keys.changed", _("Connection changed")
    KEY_CHANGED = "keys.key", _("Key entered")
    KEYS_ROTATED = "keys.rotated", _("Keys re-encrypted")
    CONNECTION_STARTED = "keys.started", _("Connection started again")
    CONNECTION_DELETED = "keys.deleted", _("Connection deleted")
    TEAM_RENAMED = "people.renamed", _("Team renamed")
    INVITED = "people.invited", _("Invited")
    INVITATION_WITHDRAWN = "people.withdrawn", _("Invitation withdrawn")
    JOINED = "people.joined", _("Joined")
    ROLE_CHANGED = "people.role", _("Role changed")
    HANDED_OVER = "people.handed", _("Team handed over")
    TAKEN_OUT = "people.out", _("Taken out")
    LEFT = "people.left", _("Left")
    PRICES_CHANGED = "money.prices", _("Prices changed")
    THRESHOLD_CHANGED = "money.threshold", _("Price for approval changed")
    BUDGET_CHANGED = "money.budget", _("Budget set")
    BUDGET_REMOVED = "money.unbudget", _("Budget removed")
    APPROVED = "approvals.approved", _("Task approved")
    DECLINED = "approvals.declined", _("Task declined")
    PRESET_MADE = "presets.made", _("Preset made")
    PRESET_SAVED = "presets.saved", _("Version of a preset saved")
    PRESET_RENAMED = "presets.renamed", _("Preset renamed")
    PRESET_DESCRIBED = "presets.described", _("Preset description changed")
    PRESET_ARCHIVED = "presets.archived", _("Preset archived")
    PRESET_BACK = "presets.back", _("Preset back in the list")
    PRESETS_IMPORTED = "presets.imported", _("Presets imported")
    AUDIENCE_CHANGED = "sharing.audience", _("Preset shown to others")
    LINK_MADE = "sharing.link", _("Share link made")
    LINK_REVOKED = "sharing.revoked", _("Share link revoked")
    TOKEN_MADE = "doors.token", _("Token made")
    TOKEN_REVOKED = "doors.revoked", _("Token revoked")
    WEBHOOK_MADE = "doors.webhook", _("Webhook made")
    WEBHOOK_CHANGED = "doors.changed", _("Webhook changed")
    WEBHOOK_REMOVED = "doors.removed", _("Webhook removed")
    FENCE_RAISED = "fence.raised", _("All sending held")
    FENCE_LIFTED = "fence.lifted", _("Sending let go")

    @property
    def kind(self) -> str:
        return self.value.partition(".")[0]


KINDS: dict[str, str | Promise] = {
    "keys": _("Keys and connections"),
    "people": _("People and roles"),
    "money": _("Budgets and prices"),
    "approvals": _("Approvals"),
    "presets": _("Presets"),
    "sharing": _("Sharing"),
    "doors": _("Tokens and webhooks"),
    "fence": _("Sending as a whole"),
}
# What may stand in a detail, and the word for it.
DETAILS: dict[str, str | Promise] = {
    "before": _("before"),
    "after": _("after"),
    "fields": _("what"),
    "role": _("role"),
    "task": _("task"),
    "person": _("whose"),
    "points": _("points"),
    "days": _("days"),
    "number": _("how many"),
    "version": _("version"),
    "editors": _("may change it"),
    "scopes": _("is allowed to"),
}


# What stands there as a name of ours, and the word for it.
WORDS: dict[str, str | Promise] = {
    "second": _("per second"),
    "picture": _("per picture"),
    "owner": _("Owner"),
    "member": _("Member"),
    "viewer": _("Viewer"),
    "me": _("Only me"),
    "chosen": _("Chosen people"),
    "team": _("The team"),
    "name": _("name"),
    "base_url": _("base address"),
    "concurrency": _("calls at the same time"),
    "per_minute": _("calls per minute"),
    "fate": _("rule profile"),
    "fate_lines": _("rules for single fields"),
    "path_lines": _("path overrides"),
    "turned_on": _("operations turned on"),
    "read": _("Read only"),
    "run": _("Read and run"),
}


class AppendOnly(TypeError):
    """A line of the audit page is never changed and never taken away."""


class Lines(models.QuerySet["Act"]):
    def update(self, **_more: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly


class ActManager(TeamManager["Act"]):
    _queryset_class = Lines


class Act(models.Model):
    """`by` is the name that the person had then; both are empty for whoever runs the studio. `about` names what it was
    done to, but for presets that are not for the whole team. `detail` says more in a few plain values, whose names are
    those of `DETAILS`."""

    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=20, choices=What)
    about = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    objects = ActManager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team", "-id"], name="acts_of_a_team"),
            models.Index(fields=["team", "person", "-id"], name="acts_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.by}: {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly

    @property
    def kind(self) -> str:
        return self.what.partition(".")[0]

    @property
    def is_discreet(self) -> bool:
        """Whether it was done to a preset whose name is not for the whole team."""
        return not self.about and self.kind in {"presets", "sharing"} and self.what != What.PRESETS_IMPORTED

    @property
    def details(self) -> list[tuple[str, str]]:
        """The words and values of the detail, in the order of `DETAILS`."""
        return [(str(word), spelled(self.detail[name])) for name, word in DETAILS.items() if name in self.detail]


def spelled(value: object) -> str:
    return ", ".join(str(WORDS.get(str(each), each)) for each in (value if isinstance(value, list) else [value]))


def note(what: What, team: Team | int, person: User | None, about: object = "", /, **detail: Any) -> None:
    """Append a line, in the transaction of the act. A person's name stays when they leave."""
    Act(**row(what, team if isinstance(team, int) else team.pk, person, about, detail)).save(force_insert=True)


def note_everywhere(what: What, teams: Iterable[int], **detail: Any) -> None:
    """What whoever runs the studio did to all of these teams."""
    Act.objects.bulk_create(Act(**row(what, team, None, "", detail)) for team in teams)


def row(what: What, team: int, person: User | None, about: object, detail: dict[str, Any]) -> dict[str, Any]:
    if unknown := detail.keys() - DETAILS.keys():
        raise ValueError(f"no word for {', '.join(sorted(unknown))}")
    said = {name: value for name, value in detail.items() if value not in ("", None, [])}
    by = str(person)[:200] if person else ""
    return {"team_id": team, "person": person, "by": by, "what": what, "about": str(about)[:200], "detail": said}
