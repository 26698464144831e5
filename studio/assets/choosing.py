"""What a team has already, for a field that takes files: its kept results and what it brought before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Q, QuerySet, Value

from studio.assets.models import Asset, Keeping
from studio.files.measure import Measured
from studio.files.models import File, Origin
from studio.files.sniff import Type
from studio.files.taking import ANY, share
from studio.teams.models import Team, User

PER_PAGE = 24


@dataclass(frozen=True)
class Choice:
    """One of the two, and when it came."""

    at: datetime
    one: Asset | File

    @property
    def asset(self) -> Asset | None:
        return self.one if isinstance(self.one, Asset) else None

    @property
    def words(self) -> str:
        """By what a person knows it: the prompt it came from, or its name."""
        return self.asset.task.prompt or self.one.name if self.asset else self.one.name


def choices(takes: Collection[str], query: str, page: str) -> tuple[Page[Any], list[Choice]]:
    """One page, newest first, of the kinds in `takes` and with `query` in prompt or name. Needs the team's scope."""
    assets = Asset.objects.filter(keeping=Keeping.KEPT)
    files = File.objects.exclude(origin=Origin.RESULT)
    if ANY not in takes:
        assets, files = assets.filter(kind__in=takes), files.filter(kind__in=takes)
    for word in query.split():
        assets = assets.filter(Q(task__prompt__icontains=word) | Q(role__icontains=word))
        files = files.filter(name__icontains=word)
    both = keys(assets, "kept_at", "asset").union(keys(files, "created_at", "file"), all=True)
    got = Paginator(both.order_by("-moment", "-pk"), PER_PAGE).get_page(page)
    rows = list(got)
    made: dict[str, dict[int, Any]] = {
        "asset": Asset.objects.select_related("task").in_bulk([pk for _, pk, what in rows if what == "asset"]),
        "file": File.objects.in_bulk([pk for _, pk, what in rows if what == "file"]),
    }
    return got, [Choice(moment, made[what][pk]) for moment, pk, what in rows if pk in made[what]]


def keys(rows: QuerySet[Any], moment: str, what: str) -> QuerySet[Any, tuple[datetime, int, str]]:
    """When each row came, its number and what it is: the columns that both tables have."""
    named: QuerySet[Any, Any] = rows.order_by().annotate(moment=F(moment), what=Value(what, CharField()))
    return named.values_list("moment", "pk", "what")


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
