"""The scope every query needs: rows of a team are out of reach until somebody says which team is asking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

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
_asked: ContextVar[dict[Any, models.QuerySet[Any]]] = ContextVar("asked")  # in this scope, by model and viewer


class ScopeError(RuntimeError):
    """A team's rows were asked for outside any scope."""


@contextmanager
def scope(team: Team | int, viewer: Viewer | None = None) -> Iterator[None]:
    """Inside, `Model.objects` holds this team's rows and no others; with a viewer, only those which that person sees
    (`privacy`). Without one it is the studio itself that acts."""
    with _standing(team if isinstance(team, int) else team.pk, viewer):
        yield


@contextmanager
def across_teams() -> Iterator[None]:
    """Inside, `Model.objects` holds every team's rows: for jobs and sweeps, which act for the row they find."""
    with _standing(EVERY_TEAM, None):
        yield


@contextmanager
def _standing(current: object, viewer: Viewer | None) -> Iterator[None]:
    token, seeing, before = _scope.set(current), _viewer.set(viewer), _asked.set({})
    try:
        yield
    finally:
        _asked.reset(before)
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
        """What is in reach, put together once in a scope: of rows that come with a list (`prefetch_related`), Django
        asks for it once more with each row of the list."""
        current = _scope.get()
        if current is None:
            raise ScopeError(f"{self.model.__name__} was queried outside scope(team) and across_teams().")
        asked, question = _asked.get(), (self.model, self._db, _viewer.get())
        if question not in asked:
            asked[question] = self.in_reach(current)
        rows = asked[question].all()
        rows._hints = {}  # type: ignore[attr-defined]  # a copy has those of its original, and a related manager adds its row to them
        return rows

    def in_reach(self, current: object) -> models.QuerySet[M]:
        rows = super().get_queryset()
        return rows if current is EVERY_TEAM else rows.filter(team_id=current)
