"""Task, Attempt, Callback, Event: one body on its way to a result, and everything that was heard about it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.tasks.fields import ExactJSON
from studio.tasks.states import FINAL, RANK, UNSENT, WAITING_AT_GATEWAY, Kind, Source, State
from studio.teams.models import Connection, Team
from studio.teams.scope import TeamManager

OVERDUE = timedelta(days=1)  # from here on the gateway is asked once a day


def public_id() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Task(models.Model):
    """What a person asked for.

    `values` (dotted path -> value) and `extras` (as `catalog.pack` made them) rebuild the form; `body_text` is the body
    as planned, with a placeholder where each attempt puts its own callback address. `results` is a list of
    `{"kind", "url" | "text" | "data", "role"}` as the catalog reads them; the files themselves are assets. `cost` is in
    the gateway's points. State, progress (0 to 100) and error are those of the `leading` attempt.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="tasks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="tasks")
    operation = models.CharField(max_length=80)
    values = ExactJSON(default=dict)
    extras = ExactJSON(default=dict)
    fates = models.JSONField(default=dict)  # the person's own "leave out" and "bring back" for this body
    body_text = models.TextField()
    prompt = models.TextField(blank=True)  # the field with the prompt role, for lists and search
    nonce = models.CharField(max_length=64)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(null=True)
    results = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    needs = models.CharField(max_length=100, blank=True)  # the input that the task waits for
    error = models.TextField(blank=True)
    held_because = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    refunded = models.BooleanField(default=False)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)  # the last time
    heard_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)  # an unknown task has it once it is written off

    objects = TeamManager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["team", "nonce"], name="one_task_per_nonce")]
        indexes = [models.Index(fields=["team", "-id"]), models.Index(fields=["team", "state", "-id"])]

    def __str__(self) -> str:
        return f"task {self.pk}: {self.operation}"

    @property
    def is_final(self) -> bool:
        return self.state in FINAL or self.finished_at is not None

    @property
    def state_word(self) -> str:
        """The word for its state; one that was written off has no end of its own."""
        given_up = self.finished_at is not None and self.state not in FINAL
        return str(Kind.WRITTEN_OFF.label if given_up else State(self.state).label)

    @property
    def needs_attention(self) -> bool:
        """Only a person can move it on: the answer was lost, it is held, or no end was told for far too long."""
        return self.is_overdue or (self.state in {State.UNKNOWN, State.HELD} and self.finished_at is None)

    @property
    def is_overdue(self) -> bool:
        """The gateway has it for so long that nobody should wait for an end by itself."""
        if self.state not in WAITING_AT_GATEWAY or self.finished_at or not self.sent_at:
            return False
        return self.sent_at < timezone.now() - OVERDUE

    def leading(self) -> Attempt:
        """The attempt whose state the task shows.

        A success outranks all, then whatever is alive at the gateway, then the newest; a cancelled one counts only
        when there is no other, and one that was refused or not sent only when no answer before it was lost: that one
        may still be charged.
        """
        attempts = sorted(self.attempts.all(), key=lambda attempt: attempt.number)
        alive = [a for a in attempts if a.state in WAITING_AT_GATEWAY or a.state == State.SUCCEEDED]
        if alive:
            return max(alive, key=lambda attempt: (RANK[State(attempt.state)], attempt.number))
        rest = [a for a in attempts if a.state != State.CANCELLED] or attempts
        lost = [a for a in rest if a.state == State.UNKNOWN]
        return (lost if lost and rest[-1].state in {State.REFUSED, State.NOT_SENT} else rest)[-1]

    @property
    def next_poll_at(self) -> datetime | None:
        """When the gateway will be asked again; None when there is nothing to ask."""
        return min((a.next_poll_at for a in self.attempts.all() if a.next_poll_at), default=None)


class Attempt(models.Model):
    """One POST to the gateway, made at most once, ever. `open` is true until its outcome is final or given up on.

    `told` is the end that a callback claims and no query has confirmed yet: `{"state", "results", "error"}`.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="attempts")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32, default=public_id, unique=True)
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    open = models.BooleanField(default=True)
    posts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)  # when a queued attempt may be claimed
    rung_at = models.DateTimeField(null=True)  # when the queue was last rung for it
    lease_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=8, blank=True)
    path = models.CharField(max_length=300, blank=True)
    sent_text = models.TextField(blank=True)  # the exact bytes that were posted, as text
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_text = models.TextField(blank=True)
    error = models.TextField(blank=True)
    progress = models.PositiveSmallIntegerField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    refunded = models.BooleanField(default=False)
    gateway_id = models.CharField(max_length=200, blank=True)
    gateway_ids = models.JSONField(default=list)
    told = models.JSONField(null=True)
    told_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)  # the last callback that was heard
    next_poll_at = models.DateTimeField(null=True, db_index=True)
    polls = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)  # queries without a usable answer, in a row

    newest_callbacks: list[Callback]  # the task page puts the last few here
    objects = TeamManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(open=True), name="one_open_attempt_per_task"),
            models.UniqueConstraint(fields=["task", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["connection", "gateway_id"], condition=~Q(gateway_id=""), name="gateway_id_bound_once"
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
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of task {self.task_id}"


class Callback(models.Model):
    """One raw request to our callback address, stored before anything is read into it."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.SET_NULL, related_name="callbacks")
    public_id = models.CharField(max_length=32, db_index=True)
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    peer = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)  # why nothing was heard from it

    objects = TeamManager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["team", "-id"]), models.Index(fields=["heard_at", "id"])]

    def __str__(self) -> str:
        return f"callback {self.pk}"


class Event(models.Model):
    """One line in a task's history; append-only; what live pages follow. Only `events.append` writes it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=30, choices=Kind)
    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State)
    progress = models.PositiveSmallIntegerField(null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamManager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["team", "id"]), models.Index(fields=["task", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} of task {self.task_id}"
