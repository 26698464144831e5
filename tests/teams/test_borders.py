"""No row refers to a row of another team: the database itself refuses it, whoever writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from studio.assets.models import Asset
from studio.batches.models import Batch, Cell, CellStar
from studio.library.models import (
    Label,
    Named,
    Preset,
    PresetVersion,
    Prompt,
    PromptLabel,
    PromptStar,
    PromptTag,
    PromptVersion,
    ShareLink,
    Star,
    Use,
)
from studio.notices.models import Awaited, Comment, Mention, Notice
from studio.tasks.models import Callback, Event, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.borders import OneTeam
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_asset, make_attempt, make_file, make_task, make_team
from tests.library.making import make_preset, make_prompt, newest
from tests.migrated import long_way, walk


class Pair(NamedTuple):
    """A table with a team, and a column in it that refers to another table with a team."""

    model: type[models.Model]
    field: models.ForeignKey[Any, Any]

    @property
    def label(self) -> str:
        return f"{self.model.__name__}.{self.field.name}"


def has_team(model: type[models.Model]) -> bool:
    return any(field.name == "team" for field in model._meta.fields)


def pairs() -> Iterator[Pair]:
    for model in filter(has_team, apps.get_models()):
        for field in model._meta.fields:
            if isinstance(field, models.ForeignKey) and has_team(field.related_model):
                yield Pair(model, field)


def rows_of(team: Team) -> dict[type[models.Model], models.Model]:
    """One row of each kind, each of which refers to something wherever it can."""
    person = team.people.get()
    first = make_task(team, person, state=State.ACCEPTED, cost=5, charge=5)
    before = make_attempt(first)
    task = make_task(team, person, first.connection, parent=first, cost=5, refunded=True)
    attempt = make_attempt(task, continued_by=before)
    event = Event(team=team, task=task, attempt=attempt, kind=Kind.HEARD, source=Source.POLL, state=task.state)
    event.save()
    callback = Callback.objects.create(team=team, attempt=attempt, body=b"", digest="", public_id=attempt.public_id)
    Task.objects.update(counted_at=models.F("created_at"))  # as the migration finds it that brings the column
    made: list[models.Model] = [task, attempt, event, callback, make_asset(task), make_file(team, person)]
    library = library_of(team, person, task)
    made += [task.connection, *library, *prompt_of(team, person), *batch_of(team, person, task, library)]
    made += notices_of(team, person, {type(row): row for row in made})
    return {type(row): row for row in made}


def library_of(team: Team, person: User, task: Task) -> list[models.Model]:
    preset = make_preset(team, person)
    version, of_it = newest(preset), {"team": team, "preset": preset}
    return [
        preset,
        version,
        Label.objects.create(**of_it, version=version, name="draft"),
        Star.objects.create(**of_it, person=person),
        Named.objects.create(**of_it, person=person),
        Use.objects.create(**of_it, version=version, task=task),
        ShareLink.objects.create(**of_it, author=person, digest=f"{team.pk:064}", expires_at=timezone.now()),
    ]


def prompt_of(team: Team, person: User) -> list[models.Model]:
    prompt = make_prompt(team, person)
    version, of_it = PromptVersion.objects.get(prompt=prompt), {"team": team, "prompt": prompt}
    return [
        prompt,
        version,
        PromptLabel.objects.create(**of_it, version=version, name="draft"),
        PromptTag.objects.create(**of_it, name="film"),
        PromptStar.objects.create(**of_it, person=person),
    ]


def batch_of(team: Team, person: User, task: Task, library: list[models.Model]) -> list[models.Model]:
    version = next(row for row in library if isinstance(row, PresetVersion))
    of_it = {"person": person, "connection": task.connection, "version": version, "operation": task.operation}
    batch = Batch.objects.create(team=team, name="grid", size=1, nonce="grid", **of_it)
    cell = Cell.objects.create(team=team, batch=batch, number=1, task=task)
    return [batch, cell, CellStar.objects.create(team=team, cell=cell, person=person)]


def notices_of(team: Team, person: User, made: dict[type[models.Model], Any]) -> list[models.Model]:
    """About all four at once, which no row of the studio is, so that each border is tried."""
    about = {"task": made[Task], "batch": made[Batch], "preset": made[Preset], "prompt": made[Prompt]}
    comment = Comment.objects.create(team=team, writer=person, text="x", **about)
    return [
        comment,
        Mention.objects.create(team=team, comment=comment, person=person),
        Notice.objects.create(team=team, person=person, key="talk", what="commented", comment=comment, **about),
        Awaited.objects.create(team=team, batch=made[Batch]),
    ]


def columns_of(row: models.Model) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])
        [found] = cursor.fetchall()
        return dict(zip([column[0] for column in cursor.description or ()], found, strict=True))


def insert(row: models.Model, changed: dict[str, Any]) -> None:
    """The same row once more in its own place, with something else in it, by hand and committed."""
    values = columns_of(row) | changed
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])
        cursor.execute(f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks})', list(values.values()))


def update(row: models.Model, changed: dict[str, Any]) -> None:
    sets = ", ".join(f'"{name}" = %s' for name in changed)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{row._meta.db_table}" SET {sets} WHERE id = %s', [*changed.values(), row.pk])


def refused(write: Callable[[models.Model, dict[str, Any]], None], row: models.Model, changed: dict[str, Any]) -> bool:
    try:
        write(row, changed)
    except IntegrityError:
        return True
    return False


def test_the_constraints_name_every_pair_of_tables_that_have_a_team() -> None:
    named = {
        f"{model.__name__}.{field}"
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, OneTeam)
        for field in constraint.fields
    }
    assert named == {pair.label for pair in pairs()}
    assert len(named) >= 18


@pytest.mark.django_db(transaction=True)
def test_no_row_crosses_to_another_team() -> None:
    with across_teams():
        ours, theirs = (rows_of(make_team(name, owner=name)) for name in ("alice", "charlie"))
        stranger = Team.objects.get(name="charlie")
        for pair in pairs():
            row = ours[pair.model]
            insert(row, {})  # the hand that writes is no reason to be refused
            abroad = {pair.field.column: theirs[pair.field.related_model].pk}
            assert refused(insert, row, abroad), f"{pair.label}: a row of another team was let in"
            assert refused(update, row, abroad), f"{pair.label}: a row of another team was let in later"
        for model in {pair.model for pair in pairs()} | {pair.field.related_model for pair in pairs()}:
            assert refused(update, ours[model], {"team_id": stranger.pk}), f"{model.__name__}: given to another team"
        assert refused(update, ours[Callback], {"team_id": None})
        Team.objects.get(name="alice").tasks.all().delete()
        assert stranger.tasks.count() == 2


BORDERS = {"teams": "0003_borders", "tasks": "0009_borders", "assets": "0006_borders", "library": "0002_borders"}


@pytest.mark.django_db(transaction=True)
def test_a_studio_in_use_is_given_its_borders_and_keeps_its_rows() -> None:
    graph = long_way().loader.graph
    before = [parent.key for node in BORDERS.items() for parent in graph.node_map[node].parents if parent[0] == node[0]]
    with across_teams():
        ours, theirs = (rows_of(make_team(name, owner=name)) for name in ("alice", "charlie"))
        walk(before)
        old = connection.introspection.table_names()
        kept = {row: columns_of(row) for row in [*ours.values(), *theirs.values()] if row._meta.db_table in old}
        leaves = graph.leaf_nodes()
        try:
            asset = ours[Asset]
            update(asset, {"task_id": theirs[Task].pk, "number": 2})
            with pytest.raises(IntegrityError):
                walk(leaves)
            update(asset, {"task_id": ours[Task].pk, "number": 1})
        finally:
            walk(leaves)
        for row, columns in kept.items():
            assert columns.items() <= columns_of(row).items(), f"{row!r} is another one"
        assert refused(update, asset, {"task_id": theirs[Task].pk, "number": 2})
