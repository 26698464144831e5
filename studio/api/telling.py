"""Rows as programs see them. All of it needs the team's scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from studio import catalog
from studio.api import shapes
from studio.assets.models import Asset
from studio.catalog import Operation
from studio.composer.drafts import Draft
from studio.composer.preset_runs import opened, variables
from studio.languages import in_words
from studio.library.kept import SUGGESTED
from studio.library.models import Preset
from studio.tasks.models import Task
from studio.tasks.settling import settled
from studio.tasks.words import sentence


def address(name: str, *args: object, **query: str | int | None) -> str:
    """The whole address of a page or an endpoint."""
    said = {key: value for key, value in query.items() if value not in ("", None)}
    path = reverse(name, args=args) + (f"?{urlencode(said)}" if said else "")
    return settings.PUBLIC_URL.rstrip("/") + path


def moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def of_preset(row: Preset) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "operation": row.operation,
        "version": row.newest,
        "author": str(row.author),
        "changed_at": row.changed_at.isoformat(),
        "url": address("library:preset", row.pk),
    }


def whole_preset(row: Preset) -> shapes.PresetShape:
    """Raises `CannotRun` where the catalog has lost its operation."""
    _version, draft = opened(row)
    asked = [shapes.Variable(name=each.name, default=each.default or "", help=each.help) for each in variables(draft)]
    fields = [of_field(draft, each) for each in draft.operation.fields if each.at != draft.operation.callback]
    return shapes.PresetShape(**of_preset(row), fields=fields, variables=asked)


def of_field(draft: Draft, field: catalog.Field) -> shapes.FieldShape:
    return shapes.FieldShape(
        at=field.at,
        label=in_words(field.label),
        help=in_words(field.help),
        type=field.type,
        hold=draft.held.hold(field.at) if draft.held else SUGGESTED,
        required=field.required == "yes",
        value=draft.values.get(field.at),
        default=field.default,
        choices=list(draft.operation.choices(field, draft.values)),
        minimum=field.minimum,
        maximum=field.maximum,
        takes=list(field.takes),
    )


def of_operation(operation: Operation) -> dict[str, Any]:
    return {
        "name": operation.slug,
        "title": in_words(operation.title),
        "system": in_words(operation.system_title),
        "makes": operation.makes,
    }


def of_task(task: Task) -> dict[str, Any]:
    return {
        "id": task.pk,
        "operation": task.operation,
        "state": task.state,
        "word": task.state_word,
        "ended": task.is_final,
        "waits_for": waits_for(task),
        "progress": task.progress,
        "prompt": task.prompt,
        "person": str(task.person),
        "error": task.error,
        "price": None if task.price is None else float(task.price),
        "charge": float(task.charge),
        "created_at": task.created_at.isoformat(),
        "sent_at": moment(task.sent_at),
        "finished_at": moment(task.finished_at),
        "url": address("tasks:detail", task.pk),
        "api": address("v1:task", task.pk),
    }


def waits_for(task: Task) -> str | None:
    if task.awaits_approval:
        return "approval"
    if task.waits:
        return "input"
    return "person" if task.needs_attention else None


def whole_task(pk: int) -> shapes.TaskShape | None:
    rows = Task.objects.select_related("person", "connection", "team").prefetch_related("attempts", "assets")
    task = rows.filter(pk=pk).first()
    if task is None:
        return None
    found = [of_result(asset) for asset in task.assets.all()]
    note = sentence(task, task.leading())
    return shapes.TaskShape(**of_task(task), note=note, settled=settled(task), results=found)


def of_result(asset: Asset) -> shapes.ResultShape:
    return shapes.ResultShape(
        number=asset.number,
        kind=asset.kind,
        role=asset.role,
        state=asset.keeping,
        media_type=asset.media_type,
        size=asset.size,
        sha256=asset.sha256,
        width=asset.width,
        height=asset.height,
        duration=asset.duration,
        error=asset.error,
        url=address("v1:result", asset.task_id, asset.number) if asset.is_kept else None,
    )
