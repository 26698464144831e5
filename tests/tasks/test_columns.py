"""Columns that have a length, which SQLite does not look at: what the catalog and gateways put into them fits."""

from __future__ import annotations

from django.db import models

from studio import catalog
from studio.assets.models import RESULT, Asset
from studio.batches.models import Batch
from studio.files import naming, sniff
from studio.files.models import File
from studio.ledger.models import Price
from studio.library.models import Preset
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.news import LONGEST_ID


def length(model: type[models.Model], name: str) -> int:
    [field] = [each for each in model._meta.concrete_fields if each.name == name]
    assert field.max_length
    return field.max_length


def test_the_names_of_the_catalog_fit() -> None:
    slugs = [each.slug for each in catalog.operations()]
    for model in (Task, Preset, Batch, Price):
        assert max(map(len, slugs)) <= length(model, "operation")
    assert max(len(each.slug) for each in catalog.recipes()) <= length(Task, "recipe")
    readings = [reading for each in catalog.operations() for reading in each.reader.readings.values()]
    assert max(len(need.name) for reading in readings for need in reading.needs) <= length(Task, "needs")
    rules = [rule for reading in readings for rule in reading.results]
    roles = {rule.role for rule in rules} | {catalog.PARTIAL, RESULT}
    kinds = {rule.kind for rule in rules} | {word for each in readings for word in (each.binary, each.plain)}
    assert max(map(len, roles)) <= length(Asset, "role")
    assert max(map(len, kinds)) <= length(Asset, "kind")
    assert max(len(each.method) for each in catalog.operations()) <= length(Attempt, "method")


def test_an_id_of_the_gateway_is_cut_where_its_column_ends() -> None:
    assert length(Attempt, "gateway_id") == LONGEST_ID


def test_the_words_for_states_and_kinds_fit() -> None:
    for model in (Task, Attempt, Event):
        for field in model._meta.concrete_fields:
            for word, _ in field.choices or []:
                assert len(str(word)) <= length(model, field.name)


def test_types_and_names_of_files_fit() -> None:
    types = [each for each in vars(sniff).values() if isinstance(each, sniff.Type)]
    assert len(types) > 20
    for model in (File, Asset):
        assert max(len(each.media_type) for each in types) <= length(model, "media_type")
        assert max(len(each.kind) for each in types) <= length(model, "kind")
    for kind in types:
        for name in ("n" * 500, "船" * 500, "n" * 500 + kind.ending, "n." + "x" * 500, "a\udc80\0b" + kind.ending):
            called = naming.clean(name, kind)
            assert len(called) <= length(File, "name")
            called.encode()
