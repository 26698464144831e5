"""Batch and its cells: what was planned, and which task came of each place of the grid."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.languages import from_json, in_words
from studio.library.models import PresetVersion
from studio.tasks.fields import ExactJSON
from studio.tasks.models import Task
from studio.teams.borders import OneTeam, has_its_team
from studio.teams.models import Connection, Team
from studio.teams.privacy import Privacy, PrivateManager
from studio.teams.scope import TeamManager


class BatchState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")


class CellState(models.TextChoices):
    """What a cell is to its batch; how its task is doing says the task."""

    WAITING = "waiting", _("Waiting")
    BEGUN = "begun", _("Begun")
    EXCLUDED = "excluded", _("Left out")
    REFUSED = "refused", _("Refused")  # when its turn came, no task could be begun
    CANCELLED = "cancelled", _("Cancelled")


class Batch(models.Model):
    """A grid of cells over one form.

    `values`, `extras` and `fates` are the form's, as a task holds them; `axes` is a list of `{"title", "labels"}`, each
    as `as_json`, in the order in which a cell's place counts them. `size` is the number of cells, the ones left out
    among them. `pattern` is empty, or what the cells' texts are drawn from, as a task has it, without what each cell
    has `drawn`.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PresetVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    operation = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=120)
    values = ExactJSON(default=dict)
    extras = ExactJSON(default=dict)
    fates = models.JSONField(default=dict)
    pattern = models.JSONField(default=dict)
    axes = models.JSONField(default=list)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.RUNNING)
    nonce = models.CharField(max_length=64)
    private = models.BooleanField(default=False)  # for its person only, with all its tasks
    created_at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar = Privacy(judged=False)
    objects = PrivateManager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "nonce"], name="one_batch_per_nonce"),
            has_its_team("batches_of_a_team"),
            OneTeam(fields=["connection", "version"], name="batch_in_one_team"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def titles(self) -> list[str]:
        """The name of each axis, in the reader's language."""
        return [in_words(from_json(axis["title"])) for axis in self.axes]

    @cached_property
    def labels(self) -> list[list[str]]:
        """The headings of each axis, in the reader's language."""
        return [[in_words(from_json(label)) for label in axis["labels"]] for axis in self.axes]

    @property
    def is_running(self) -> bool:
        return self.state == BatchState.RUNNING

    @property
    def is_paused(self) -> bool:
        return self.state == BatchState.PAUSED

    @property
    def is_cancelled(self) -> bool:
        return self.state == BatchState.CANCELLED


class Cell(models.Model):
    """One place of a grid. `changed` are the values by path in which it differs from the form; `why` says why it was
    left out or refused. `task` is its newest one; `tries` counts how often it was run anew."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="cells")
    number = models.PositiveIntegerField()  # from 1, in the order of the grid
    place = models.JSONField(default=list)  # one index for each axis
    changed = ExactJSON(default=dict)
    drawn = models.JSONField(default=dict)  # what draws its texts: `values`, `picks`, own `texts`; may be empty
    state = models.CharField(max_length=10, choices=CellState, default=CellState.WAITING)
    why = models.JSONField(default=str)  # as `as_json`
    task = models.OneToOneField(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)

    privacy: ClassVar = Privacy("batch__", judged=False)
    objects = PrivateManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="cells_are_numbered"),
            has_its_team("cells_of_a_team"),
            OneTeam(fields=["batch", "task"], name="cell_in_one_team"),
        ]
        indexes = [  # the few among the many: the clock looks for them every two seconds
            models.Index(fields=["batch", "number"], condition=Q(state="waiting"), name="cells_waiting"),
            models.Index(fields=["team", "batch", "number"], name="cells_of_a_batch"),
        ]

    def __str__(self) -> str:
        return f"cell {self.number} of batch {self.batch_id}"

    @property
    def is_hidden(self) -> bool:
        """Its task is somebody's own: whoever looks sees that there is one."""
        return self.task is not None and self.task.is_hidden

    @property
    def is_waiting(self) -> bool:
        return self.state == CellState.WAITING

    @property
    def reason(self) -> str:
        """Why it was left out or refused, in the reader's language."""
        return in_words(from_json(self.why))

    @property
    def state_word(self) -> str:
        """The word for it while no task speaks for it."""
        return str(CellState(self.state).label)

    def form(self, operation: catalog.Operation) -> tuple[dict[str, Any], catalog.Extras]:
        """All values and extras of its form, which is one of the batch's operation. Reads the batch."""
        return operation.put(self.batch.values, catalog.unpack(self.batch.extras), self.changed)


class CellStar(models.Model):
    """A person's star on a cell."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="stars")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = TeamManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell", "person"], name="one_star_per_person_and_cell"),
            OneTeam(fields=["cell"], name="cell_star_in_one_team"),
        ]
        indexes = [models.Index(fields=["team", "cell"], name="stars_of_a_cell")]

    def __str__(self) -> str:
        return f"star on cell {self.cell_id}"
