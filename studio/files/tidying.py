"""tidy: files that were brought long ago and that nothing refers to. Drafts live in browsers, so long is a season."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.apps import apps
from django.db import models, transaction
from django.db.models import Max, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from studio.catalog.files import PREFIX
from studio.files.models import File

UNUSED = timedelta(days=90)  # since it was brought, or brought again
AT_ONCE = 500  # files in one round; the next round goes on
ADDRESS = "/files/in/"  # what stands in a body that went out, where the gateway fetched the file
PUBLIC_ID = re.compile("[0-9a-f]{32}")
TEXTS = (models.CharField, models.TextField, models.JSONField)
Model = type[models.Model]


def tidy() -> int:
    """One round, for all teams; how many files went. Needs the scope of all teams.

    A file is in use where its id stands in any text of any row: of a task, an attempt, a preset, or whatever there will
    be. What refers to it since that was looked up is seen in the transaction that takes it away. First the row goes,
    then the bytes: no row names a file that is gone.
    """
    old = File.objects.filter(created_at__lt=timezone.now() - UNUSED).order_by("pk")
    if not old.exists():
        return 0
    counted = [model for model in holders() if isinstance(model._meta.pk, models.AutoField)]
    newest = {model: model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0 for model in counted}
    used = in_use({})
    unused = [pk for pk, public_id in old.values_list("pk", "public_id").iterator() if public_id not in used]
    with transaction.atomic():
        late = in_use(newest)
        gone = [file for file in old.filter(pk__in=unused[:AT_ONCE]) if file.public_id not in late]
        File.objects.filter(pk__in=[file.pk for file in gone]).delete()
    for file in gone:
        file.file.storage.delete(file.file.name or "")
    return len(gone)


def in_use(after: Mapping[Model, int]) -> set[str]:
    """The public ids of all files that a row speaks of; of a model in `after`, rows with a higher key only."""
    return {public_id for model in holders() for public_id in spoken_of(model, after.get(model))}


def holders() -> list[Model]:
    """Every table of the studio that could speak of a file."""
    own = [model for model in apps.get_models() if model.__module__.startswith("studio.") and model is not File]
    return [model for model in own if texts(model)]


def texts(model: Model) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, TEXTS)]


def spoken_of(model: Model, after: int | None) -> Iterator[str]:
    """One pass over the table, in the database; only rows with a reference or an address come out of it."""
    words = {f"text_of_{name}": Cast(name, TextField()) for name in texts(model)}
    speaks = Q()
    for name in words:
        speaks |= Q((f"{name}__contains", PREFIX)) | Q((f"{name}__contains", ADDRESS))
    rows = model._default_manager.all() if after is None else model._default_manager.filter(pk__gt=after)
    rows = rows.annotate(**words).filter(speaks)
    for row in rows.values_list(*words).iterator():
        for text in row:
            yield from PUBLIC_ID.findall(text or "")
