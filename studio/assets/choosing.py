"""What a team has already, for a field that takes files: its kept results and what it brought before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from django.db.models import Prefetch, Q, QuerySet

from studio.assets.models import Asset, Keeping
from studio.files.measure import Measured
from studio.files.models import File, Origin
from studio.files.sniff import Type
from studio.files.taking import ANY, share
from studio.paging import Page, Place, nearest, paged
from studio.tasks.models import Task
from studio.teams.models import Team, User

PER_PAGE = 24


@dataclass(frozen=True)
class Choice:
    """One of the two, and when it came."""

    at: datetime
    one: Asset | File

    def place(self) -> Place:
        return Place(self.one.pk, self.at)

    @property
    def asset(self) -> Asset | None:
        return self.one if isinstance(self.one, Asset) else None

    @property
    def words(self) -> str:
        """By what a person knows it: the prompt it came from, or its name."""
        return self.asset.task.prompt or self.one.name if self.asset else self.one.name


def choices(takes: Collection[str], query: str, place: Place | None) -> Page[Choice]:
    """One page, newest first, of the kinds in `takes` and with `query` in prompt or name. Needs the team's scope."""
    near = partial(both, results(takes, query), files(takes, query))
    return paged(near, Choice.place, place, PER_PAGE)


def results(takes: Collection[str], query: str) -> QuerySet[Asset]:
    rows = Asset.objects.filter(keeping=Keeping.KEPT).prefetch_related(Prefetch("task", Task.objects.only("prompt")))
    rows = rows if ANY in takes else rows.filter(kind__in=takes)
    for word in query.split():
        rows = rows.filter(Q(task__prompt__icontains=word) | Q(role__icontains=word))
    return rows


def files(takes: Collection[str], query: str) -> QuerySet[File]:
    rows = File.objects.exclude(origin=Origin.RESULT)
    rows = rows if ANY in takes else rows.filter(kind__in=takes)
    for word in query.split():
        rows = rows.filter(name__icontains=word)
    return rows


def both(made: QuerySet[Asset], brought: QuerySet[File], place: Place | None) -> list[Choice]:
    """The first of the two kinds together beside a place, one more than a page has."""
    ours = [Choice(one.kept_at, one) for one in nearest(made, place, PER_PAGE + 1, "kept_at") if one.kept_at]
    theirs = [Choice(one.created_at, one) for one in nearest(brought, place, PER_PAGE + 1, "created_at")]
    up = bool(place and place.newer)
    return sorted([*ours, *theirs], key=lambda each: (each.at, each.one.pk), reverse=not up)[: PER_PAGE + 1]


def take(asset: Asset, team: Team, person: User) -> File:
    """The same bytes as a file that can go into a body. Raises `files.taking.NotTaken`. Needs the team's scope."""
    kind = Type(asset.media_type, asset.kind, PurePosixPath(asset.file.name or "").suffix)
    measured = Measured(kind, asset.width, asset.height, asset.duration)
    return share(team, person, Path(asset.file.path), asset.name, measured, asset.sha256)


def behind(urls: Collection[str]) -> dict[str, Asset]:
    """The kept results that these links of gateways led to, by link. Needs the team's scope."""
    if not urls:
        return {}
    kept = Asset.objects.filter(keeping=Keeping.KEPT, source_url__in=urls).order_by("pk")
    return {asset.source_url: asset for asset in kept}
