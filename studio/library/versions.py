"""Versions of presets and of prompts: found by their number, and by the labels that stand at them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from studio.library.models import Preset, PresetVersion, Prompt, PromptVersion
from studio.numbers import number_in
from studio.paging import Place, page_of

V = TypeVar("V", PresetVersion, PromptVersion)
SHOWN = 100  # on a page, the newest first


class Stale(Exception):
    """Somebody saved a version after the one that the page was opened with; `newest` is theirs, of the same kind."""

    def __init__(self, newest: PresetVersion | PromptVersion) -> None:
        super().__init__(str(newest))
        self.newest: Any = newest


def page_of_versions(versions: QuerySet[V], query: QueryDict) -> dict[str, Any]:
    """A page of them, as `library/_versions.html` takes it. What the address compares or opens stays in it."""
    page = page_of(versions.select_related("author").prefetch_related("labels"), Place.read(query), SHOWN)
    return {"versions": page.rows} | page.links({"version": query.get("version", "")})


def newest_of(versions: QuerySet[V]) -> V:
    return versions.select_related("author").order_by("-number")[0]


def numbered(versions: QuerySet[V], text: str) -> V:
    """The one of this number. Raises Http404."""
    row = versions.select_related("author").filter(number=number_in(text) or 0).first()
    if row is None:
        raise Http404
    return row


def put_label(row: Preset | Prompt, name: str, number: int) -> None:
    """The label now stands at this version, wherever it stood; 0 takes it away."""
    version = row.versions.filter(number=number).first()
    if version is None:
        row.labels.filter(name=name).delete()
        return
    row.labels.update_or_create(name=name, defaults={"version_id": version.pk, "team_id": row.team_id})


def label_asked(row: Preset | Prompt, post: QueryDict) -> None:
    """Put the label where the form says; nothing where it names none."""
    name = " ".join(post.get("name", "").replace("\0", "").split())[:40]
    number = number_in(post.get("version", ""))
    if name and number is not None:
        put_label(row, name, number)
