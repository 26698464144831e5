"""The groups of what is found, and who finds what. The index tells ids; the rows themselves are asked for among
those that the person may see, so an entry alone shows nothing to anybody. For presets and prompts their rights say
which these are, for tasks, batches and results the managers themselves (`teams.privacy`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.assets.models import RESULT, Asset, Keeping
from studio.assets.posters import players
from studio.batches.models import Batch
from studio.library import rights as preset_rights
from studio.library.models import Preset, PresetVersion
from studio.library.prompts import rights as prompt_rights
from studio.search import index
from studio.search.models import Kind
from studio.search.words import Term
from studio.tasks.models import Task
from studio.teams.models import User

ROUNDS = 8  # times that the index is asked for one page; each time for twice as many
OF_A_TASK = 3  # results that stand for all of a task
HEAVY = ("values", "extras", "body_text", "results")  # may be megabytes
Rows = dict[int, Any]


@dataclass(frozen=True)
class Group:
    """`name` stands in the address; `rows` gives those of some ids that the person may see, by id."""

    name: str
    title: Promise | str
    kind: Kind
    icon: str
    few: int  # where the groups stand below one another
    many: int  # on a page of its own
    rows: Callable[[User, Sequence[int]], Rows]


@dataclass(frozen=True)
class Page:
    """`older` is the entry from which the next page goes on; None after the last row."""

    rows: list[Any]
    older: int | None = None


@dataclass(frozen=True)
class PresetFound:
    """A preset, and the text of it that tells most: what is said of it, or the prompt it holds."""

    preset: Preset
    texts: tuple[str, ...]


def prompts(person: User, ids: Sequence[int]) -> Rows:
    rows = prompt_rights.seen_by(person).filter(pk__in=ids, archived=False)
    return {row.pk: row for row in rows.select_related("author").prefetch_related("tags")}


def presets(person: User, ids: Sequence[int]) -> Rows:
    rows = list(preset_rights.seen_by(person).filter(pk__in=ids, archived=False).select_related("author"))
    versions = PresetVersion.objects.filter(preset__in=rows, number=F("preset__newest"))
    held = {version.preset_id: version for version in versions}
    return {row.pk: PresetFound(row, (row.description, prompt_in(row, held.get(row.pk)))) for row in rows}


def prompt_in(preset: Preset, version: PresetVersion | None) -> str:
    operation = catalog.find(preset.operation)
    return operation.prompt_of(version.kept.values) if operation and version else ""


def tasks(_person: User, ids: Sequence[int]) -> Rows:
    rows = Task.objects.filter(pk__in=ids).defer(*HEAVY).select_related("person", "team").prefetch_related("assets")
    return {row.pk: row for row in rows}


def batches(_person: User, ids: Sequence[int]) -> Rows:
    rows = Batch.objects.filter(pk__in=ids).defer("values", "extras", "axes").select_related("person")
    return {row.pk: row for row in rows}


def results(_person: User, ids: Sequence[int]) -> Rows:
    """The first results of each task that has some which are kept; films have their posters."""
    rows = Asset.objects.filter(task__in=ids, keeping=Keeping.KEPT).select_related("task__person")
    found: dict[int, list[Asset]] = {}
    for row in players(rows.defer(*(f"task__{name}" for name in (*HEAVY, "actions"))).order_by("task_id", "number")):
        if row.role == RESULT and len(found.setdefault(row.task_id, [])) < OF_A_TASK:
            found[row.task_id].append(row)
    return {task: assets for task, assets in found.items() if assets}


GROUPS = (
    Group("prompts", _("Prompts"), Kind.PROMPT, "text", 4, 25, prompts),
    Group("presets", _("Presets"), Kind.PRESET, "library", 4, 25, presets),
    Group("tasks", _("Tasks"), Kind.TASK, "list", 6, 25, tasks),
    Group("batches", _("Batches"), Kind.BATCH, "grid", 4, 25, batches),
    Group("results", _("Results"), Kind.TASK, "results", 6, 24, results),
)
BY_NAME = {group.name: group for group in GROUPS}


def page(
    group: Group,
    person: User,
    team_id: int,
    asked: list[Term],
    size: int,
    before: int | None = None,
    alike: Callable[[Any], Hashable] | None = None,
) -> Page:
    """The newest that hold all that is asked for and that this person may see. Needs the team's scope. Of those that
    are `alike` the first is taken.

    What is not for them is stepped over, up to some hundreds; where there is still more, the next page goes on there.
    """
    found: list[Any] = []
    seen: set[Hashable] = set()
    last = before
    for number in range(ROUNDS):
        limit = (size + 1) * 2**number
        hits = index.find(team_id, group.kind, asked, limit, before)
        rows = group.rows(person, [hit.of for hit in hits]) if hits else {}
        for hit in hits:
            kin = alike(rows[hit.of]) if alike and hit.of in rows else hit.of
            if hit.of not in rows or kin in seen:
                continue
            if len(found) == size:
                return Page(found, last)
            seen.add(kin)
            found.append(rows[hit.of])
            last = hit.entry
        if len(hits) < limit:
            return Page(found)
        before = hits[-1].entry
    return Page(found, before)
