"""Which tasks were made with a preset, how they ended, and what they made. The rooms meet in the database's rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q

from studio.library.models import Preset, PresetVersion, Use
from studio.library.rights import seen_by
from studio.teams.models import User

STRIP = 12
SUCCEEDED = Q(task__state="succeeded")


class Figures(NamedTuple):
    """How often a preset was used, and of the uses that ended the share that succeeded, in percent; None before."""

    used: int = 0
    share: int | None = None


def remember(version: PresetVersion, task: int) -> None:
    """This task was made with this version; once. Needs the team's scope."""
    given = {"team_id": version.team_id, "preset_id": version.preset_id, "version": version}
    Use.objects.get_or_create(task_id=task, defaults=given)


def remember_again(before: int, task: int) -> None:
    """A task that repeats another was made with what that one was made with."""
    use = Use.objects.filter(task=before).select_related("version").first()
    if use:
        remember(use.version, task)


def of_task(task: int, person: User) -> Use | None:
    """With which version a task was made; None for a task of no preset that this person may see."""
    return Use.objects.select_related("preset", "version").filter(task_id=task, preset__in=seen_by(person)).first()


def figures(presets: Iterable[Preset]) -> dict[int, Figures]:
    """By the preset's id, those that were never used not among them; one query."""
    rows = (
        Use.objects.counted()
        .filter(preset__in=[preset.pk for preset in presets])
        .values("preset_id")
        .order_by()
        .annotate(
            used=Count("pk"),
            ended=Count("pk", filter=Q(task__finished_at__isnull=False)),
            good=Count("pk", filter=SUCCEEDED & Q(task__finished_at__isnull=False)),
        )
    )
    return {
        row["preset_id"]: Figures(row["used"], round(100 * row["good"] / row["ended"]) if row["ended"] else None)
        for row in rows
    }


def strip(preset: Preset) -> list[Use]:
    """The newest uses that succeeded, with their tasks and what those made."""
    rows = Use.objects.filter(SUCCEEDED, preset=preset).select_related("task", "version")
    heavy = [f"task__{name}" for name in ("values", "extras", "body_text", "actions")]
    return list(rows.defer(*heavy).prefetch_related("task__assets")[:STRIP])


class Person(NamedTuple):
    name: str
    times: int


def people(preset: Preset) -> list[Person]:
    """Who used it most, ten of them."""
    rows = (
        Use.objects.filter(preset=preset)
        .values("task__person", "task__person__first_name", "task__person__email")
        .order_by()
        .annotate(count=Count("pk"))
        .order_by("-count", "task__person")[:10]
    )
    return [
        Person(row["task__person__first_name"] or row["task__person__email"].split("@")[0], row["count"])
        for row in rows
    ]
