"""Task, Attempt, Callback, Event, Epoch: a body on its way to a result, and everything that was heard about it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.tasks.attempts import leading
from studio.tasks.epoch_row import Epoch as Epoch
from studio.tasks.event_row import Event as Event
from studio.tasks.fields import ExactJSON
from studio.tasks.states import FINAL, UNSENT, WAITING_AT_GATEWAY, Approval, Kind, State
from studio.teams.borders import BY_ITS_TEAM, OneTeam, has_its_team
from studio.teams.models import Connection, Team
from studio.teams.privacy import Privacy, PrivateManager, is_hidden
from studio.teams.scope import TeamManager

OVERDUE = timedelta(days=1)  # from here on the gateway is asked once a day


def public_id() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Task(models.Model):
    """What a person asked for.

    `values` (dotted path -> value) and `extras` (as `catalog.pack` made them) rebuild the form; `body_text` is the body
    as planned, with a placeholder where each attempt puts its own callback address. `results` is a list of
    `{"kind", "url" | "text" | "data" | "json", "role"}` as the catalog reads them; the files themselves are assets.
    `pattern` is empty, or what its texts were drawn from: `{"texts": [[path, text], …], "values", "picks"}`, and its
    "seed". Older ones have `"at"` and `"text"` of one (`library.patterns.texts_of`).
    `cost` is in the gateway's points, as it told; `price` what was expected; `charge` what counts in the month of
    `counted_at`, against budgets too. A rehearsal on the sandbox has no `counted_at`, and counts in no month. State,
    progress (0 to 100) and error are those of the `leading` attempt.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="tasks", db_constraint=False)
    operation = models.CharField(max_length=80)
    values = ExactJSON(default=dict)
    extras = ExactJSON(default=dict)
    fates = models.JSONField(default=dict)  # the person's own "leave out" and "bring back" for this body
    body_text = models.TextField()
    digest = models.CharField(max_length=32, blank=True, default="")  # of what is asked of whom; see `beginning`
    pattern = models.JSONField(default=dict)
    prompt = models.TextField(blank=True)  # of its body, else of the task it goes on from: for lists and search
    nonce = models.CharField(max_length=64)
    recipe = models.CharField(max_length=120, blank=True)  # the recipe that it is a step of
    step = models.PositiveSmallIntegerField(null=True)  # from 1
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children", **BY_ITS_TEAM)
    private = models.BooleanField(default=False)  # for its person only, see `teams.privacy`

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(null=True)
    results = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    needs = models.CharField(max_length=100, blank=True)  # the input that the task waits for
    error = models.TextField(blank=True)
    held_because = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    refunded = models.BooleanField(default=False)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True)  # points; null: nobody knew
    charge = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    counted_at = models.DateTimeField(default=timezone.now, null=True)  # when it began, or was approved
    approval = models.CharField(max_length=10, choices=Approval, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)  # the last time
    heard_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # an unknown task has it once it is written off

    objects = PrivateManager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "nonce"], name="one_task_per_nonce"),
            has_its_team("tasks_of_a_team"),  # the list of a team is read by it too
            OneTeam(fields=["connection", "parent"], name="task_in_one_team"),
        ]
        indexes = [
            models.Index(fields=["team", "state", "-id", "private", "person"], name="tasks_by_state"),
            # Of a narrowed list, and of the last prompts of a person: else all that others ran is passed by.
            models.Index(fields=["team", "person", "-id"], name="tasks_of_a_person"),
            models.Index(fields=["team", "operation", "-id"], name="tasks_of_an_operation"),
            # What the list counts and shows above all: few, however long the history is.
            models.Index(fields=["team", "-id"], condition=Q(finished_at=None), name="tasks_without_an_end"),
            models.Index(fields=["team", "parent"], condition=Q(parent__isnull=False), name="tasks_of_a_parent"),
            models.Index(fields=["team", "digest"], condition=~Q(digest=""), name="twins_of_a_task"),
            models.Index(  # holds all that `figures` asks for
                fields=["team", "operation", "created_at", "state", "sent_at", "finished_at"],
                name="figures_of_operations",
            ),
            models.Index(  # all that budgets and the spending page ask for
                fields=["team", "counted_at", "person", "operation", "state", "charge", "price", "cost", "refunded"],
                name="spending_of_teams",
            ),
            models.Index(  # what the next one is compared with
                fields=["team", "person", "operation", "-id"], condition=Q(approval="approved"), name="approved_tasks"
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}: {self.operation}"

    @property
    def is_final(self) -> bool:
        return self.state in FINAL or self.finished_at is not None

    @property
    def state_word(self) -> str:
        """The word for its state; one that was written off has no end of its own."""
        given_up = self.finished_at is not None and self.state not in FINAL
        if self.waits:
            return _("Waits for you")
        if self.awaits_approval:
            return _("Waits for approval")
        return str(Kind.WRITTEN_OFF.label if given_up else State(self.state).label)

    @property
    def needs_attention(self) -> bool:
        """Only a person can move it on: the answer was lost, it is held, it waits for input, or no end was told for far
        too long."""
        return self.is_overdue or self.waits or (self.state in {State.UNKNOWN, State.HELD} and self.finished_at is None)

    @property
    def waits(self) -> bool:
        """The gateway has it, and goes on when a person brings what it needs."""
        return bool(self.needs) and self.finished_at is None and self.state == State.ACCEPTED

    @property
    def awaits_approval(self) -> bool:
        """Nothing was sent: an owner decides first."""
        return self.state == State.HELD and self.approval == Approval.ASKED

    @property
    def is_rehearsal(self) -> bool:
        """It ran on the sandbox: nothing is paid, whatever the sandbox says that it cost."""
        return self.counted_at is None

    is_hidden = property(is_hidden)  # whoever looks may know no more than that it is there

    @property
    def look(self) -> str:
        """The state whose shape and colour stand for it."""
        return State.HELD if self.waits else self.state

    @property
    def is_overdue(self) -> bool:
        """The gateway has it for so long that nobody should wait for an end by itself."""
        if self.state not in WAITING_AT_GATEWAY or self.finished_at or not self.sent_at:
            return False
        return self.sent_at < timezone.now() - OVERDUE

    def leading(self) -> Attempt:
        """The attempt whose state the task shows."""
        return leading(self.attempts.all())

    @property
    def next_poll_at(self) -> datetime | None:
        """When the gateway will be asked again; None when there is nothing to ask."""
        return min((a.next_poll_at for a in self.attempts.all() if a.next_poll_at), default=None)


class Attempt(models.Model):
    """One POST to the gateway, made at most once, ever. `open` is true until its outcome is final or given up on.

    `told` is the end that a callback claims and no query has confirmed yet: `{"state", "results", "error"}`.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", **BY_ITS_TEAM)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attempts", **BY_ITS_TEAM)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", **BY_ITS_TEAM)
    public_id = models.CharField(max_length=32, default=public_id)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    open = models.BooleanField(default=True)
    posts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # when a queued attempt may be claimed
    rung_at = models.DateTimeField(null=True)  # when the queue was last rung for it
    lease_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=8, blank=True)
    path = models.TextField(blank=True)
    sent_text = models.TextField(blank=True)  # what was posted, without what files held
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_text = models.TextField(blank=True)
    heard_text = models.TextField(blank=True)  # of an answer that is still being written
    error = models.TextField(blank=True)
    progress = models.PositiveSmallIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    refunded = models.BooleanField(default=False)
    gateway_id = models.CharField(max_length=200, blank=True)
    gateway_ids = models.JSONField(default=list)
    id_is_certain = models.BooleanField(default=False)  # the gateway answered with it; callbacks alone may be strays
    continued_by = models.ForeignKey(  # has its id now
        "self", null=True, on_delete=models.SET_NULL, related_name="+", **BY_ITS_TEAM
    )
    told = models.JSONField(null=True)
    told_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)  # the last callback that was heard
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)  # queries without a usable answer, in a row
    unended = models.PositiveSmallIntegerField(default=0)  # claims that failed; once sent, queries that never came back

    newest_callbacks: list[Callback]  # the task page puts the last few here
    objects = TeamManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            has_its_team("attempts_of_a_team"),
            OneTeam(fields=["task", "connection", "continued_by"], name="attempt_in_one_team"),
            models.UniqueConstraint(fields=["task"], condition=Q(open=True), name="one_open_attempt_per_task"),
            models.UniqueConstraint(fields=["task", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(fields=["public_id"], name="one_attempt_per_address"),
            models.UniqueConstraint(
                fields=["connection", "gateway_id"],
                condition=~Q(gateway_id="") & Q(continued_by=None),
                name="gateway_id_bound_once",
            ),
            models.CheckConstraint(condition=Q(posts__lte=1), name="one_post_per_attempt"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(UNSENT)) | Q(posts=0), name="a_post_never_queues_again"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["connection", "state"]),
            models.Index(fields=["connection", "claimed_at"]),
            models.Index(fields=["next_poll_at"], condition=Q(next_poll_at__isnull=False), name="queries_that_are_due"),
            models.Index(fields=["continued_by"], condition=Q(continued_by__isnull=False), name="continued_attempts"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of task {self.task_id}"


class Callback(models.Model):
    """One raw request to our callback address, stored before anything is read into it."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.SET_NULL, related_name="callbacks", **BY_ITS_TEAM)
    public_id = models.CharField(max_length=32)
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    peer = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)  # why nothing was heard from it

    privacy: ClassVar = Privacy("attempt__task__", free="attempt")
    objects = PrivateManager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team", "-id"]),
            models.Index(fields=["heard_at", "id"]),
            models.Index(fields=["attempt", "-id"], name="newest_of_an_attempt"),
            models.Index(fields=["public_id"], name="callbacks_to_an_address"),
            models.Index(fields=["team", "-id"], condition=Q(heard_at=None), name="newest_callbacks_unheard"),
            models.Index(fields=["team", "received_at"], condition=Q(heard_at=None), name="callbacks_unheard"),
        ]
        constraints = [
            OneTeam(fields=["attempt"], name="callback_in_one_team"),
            models.CheckConstraint(
                condition=Q(attempt=None) | Q(team__isnull=False), name="a_callback_of_an_attempt_has_its_team"
            ),
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"
