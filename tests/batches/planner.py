"""A plan as a browser posts it, and the batch that it becomes."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from studio.assets.models import Keeping
from studio.batches.models import Batch, Cell, CellState
from studio.tasks.models import Task
from studio.tasks.states import State
from tests.factories import make_asset
from tests.tasks.stage import OPERATION

FORM = {
    "v:prompt": "a boat in the fog, 雾",
    "v:model": "gen3",
    "v:ratio": "16:9",
    "v:options.seconds": "5",
    "nonce": "n",
}
PLAN, RUN = reverse("batches:plan", args=[OPERATION]), reverse("batches:run", args=[OPERATION])
AXES = {"axis-field": ["search-and-replace", "options.seconds"], "axis-text": ["fog, rain", "5, 10, 7"]}


def post(visitor: Client, url: str, htmx: Any = False, **more: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return visitor.post(url, FORM | more, headers=headers)


def the_batch(visitor: Client, url: str = RUN, /, **more: Any) -> Batch:
    answer = post(visitor, url, **(AXES | more))
    assert answer.status_code == 302, answer.content.decode()
    return Batch.objects.latest("id")


def finish(batch: Batch) -> None:
    for cell in Cell.objects.filter(batch=batch, state=CellState.BEGUN).select_related("task"):
        assert cell.task
        Task.objects.filter(pk=cell.task.pk).update(state=State.SUCCEEDED)
        given = {"keeping": Keeping.KEPT, "sha256": "0" * 64, "media_type": "video/mp4", "size": 4}
        asset = make_asset(cell.task, **given)
        asset.file.save(f"{cell.number}.mp4", ContentFile(f"film {cell.number}".encode()))
