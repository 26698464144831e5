"""The scope every query needs: rows of a team are out of reach until somebody says which team is asking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db import models

if TYPE_CHECKING:
    from studio.teams.models import Team

M = TypeVar("M", bound=models.Model)
EVERY_TEAM = object()
_scope: ContextVar[object] = ContextVar("scope", default=None)


class Viewer(NamedTuple):
    """Whose eyes it is for."""

    person: int
    is_owner: bool = False


_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


class ScopeError(RuntimeError):
    """A team's rows were asked for outside any scope."""


@contextmanager
def scope(team: Team | int, viewer: Viewer | None = None) -> Iterator[None]:
    """Inside, `Model.objects` holds this team's rows and no others; with a viewer, only those which that person sees
    (`privacy`). Without one it is the studio itself that acts."""
    token, seeing = _scope.set(team if isinstance(team, int) else team.pk), _viewer.set(viewer)
    try:
        yield
    finally:
        _viewer.reset(seeing)
        _scope.reset(token)


@contextmanager
def across_teams() -> Iterator[None]:
    """Inside, `Model.objects` holds every team's rows: for jobs and sweeps, which act for the row they find."""
    token, seeing = _scope.set(EVERY_TEAM), _viewer.set(None)
    try:
        yield
    finally:
        _viewer.reset(seeing)
        _scope.reset(token)


@contextmanager
def for_nobody() -> Iterator[None]:
    """Inside, the scope is as it was, but its rows are for sums and counts, not for anybody's eyes."""
    seeing = _viewer.set(None)
    try:
        yield
    finally:
        _viewer.reset(seeing)


def viewer() -> Viewer | None:
    """Who looks; None where the studio itself acts."""
    return _viewer.get()


def team_in_scope(what: str) -> int:
    """The number of the one team whose rows are in reach. Raises `ScopeError` where it is none, or every."""
    current = _scope.get()
    if not isinstance(current, int):
        raise ScopeError(f"{what} was queried outside scope(team).")
    return current


def require_all_teams(what: str) -> None:
    """Raises `ScopeError` unless rows of every team are in reach."""
    if _scope.get() is not EVERY_TEAM:
        raise ScopeError(f"{what} was queried outside across_teams().")


class TeamManager(models.Manager[M]):
    """The manager of every model with a `team`. Related managers (`task.events`) need a scope too."""

    def get_queryset(self) -> models.QuerySet[M]:
        current = _scope.get()
        if current is None:
            raise ScopeError(f"{self.model.__name__} was queried outside scope(team) and across_teams().")
        rows = super().get_queryset()
        return rows if current is EVERY_TEAM else rows.filter(team_id=current)
