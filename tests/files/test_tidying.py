"""What was brought long ago and is used nowhere goes, bytes and row; what anything refers to stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studio.files import tidying
from studio.files.addresses import signed_url
from studio.files.models import File
from studio.tasks import jobs
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_attempt, make_file, make_task
from tests.files.samples import picture
from tests.files.test_uploading import upload
from tests.library.making import make_preset

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    return tmp_path


def age(file: File, days: int) -> File:
    File.objects.filter(pk=file.pk).update(created_at=timezone.now() - timedelta(days=days))
    return file


def brought(team: Team, person: User, days: int, number: int = 0) -> File:
    return age(make_file(team, person, data=b"%d" % number), days)


def left() -> set[int]:
    return set(File.objects.values_list("pk", flat=True))


def test_what_nobody_used_for_a_season_goes_with_its_bytes(team: Team, alice: User, folder: Path) -> None:
    young, old = brought(team, alice, 89, 1), brought(team, alice, 91, 2)
    jobs.tidy()
    assert left() == {young.pk}
    assert not (folder / (old.file.name or "")).exists()
    assert (folder / (young.file.name or "")).exists()


def test_what_anything_refers_to_stays(team: Team, other_team: Team, alice: User, charlie: User) -> None:
    """A task, its body, a body that was sent with an address of the file, an attempt's text, a preset; of any team."""
    files = [brought(team, alice, 400, number) for number in range(6)]
    in_values, in_extras, in_body, by_address, in_preset, nowhere = files
    make_task(team, alice, values={"prompt": "a", "image": in_values.reference})
    make_task(team, alice, extras={"extras": [in_extras.reference]})
    task = make_task(team, alice, body_text=f'{{"image": "{in_body.reference}"}}')
    make_attempt(task, sent_text=f'{{"image": "{signed_url(by_address)}"}}')
    make_preset(team, alice, values={"image": in_preset.reference})
    with scope(other_team):
        theirs = brought(other_team, charlie, 400, 7)
        make_task(other_team, charlie, values={"image": theirs.reference})
    assert tidying.tidy() == 1
    assert left() == {file.pk for file in files if file is not nowhere} | {theirs.pk}


def test_what_is_used_while_it_is_looked_for_stays(team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = brought(team, alice, 400)
    look = tidying.in_use
    looks: list[set[str]] = []

    def used_meanwhile(after: dict[tidying.Model, int]) -> set[str]:
        found = look(after)
        if not looks:
            make_task(team, alice, values={"image": file.reference})
        looks.append(found)
        return found

    monkeypatch.setattr(tidying, "in_use", used_meanwhile)
    assert tidying.tidy() == 0
    assert left() == {file.pk}


def test_a_file_that_is_brought_again_is_young_again(team: Team, alice: User, signed_in: SignIn) -> None:
    browser, data = signed_in(alice), picture()
    assert upload(browser, data).status_code == 200
    age(File.objects.get(), 400)
    assert upload(browser, data).status_code == 200
    assert tidying.tidy() == 0
    assert File.objects.count() == 1


def test_a_great_many_go_a_part_at_a_time(team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "AT_ONCE", 2)
    for number in range(5):
        brought(team, alice, 100, number)
    assert [tidying.tidy() for _ in range(4)] == [2, 2, 1, 0]
