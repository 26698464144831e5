"""What a team has already can be found and used again: its results and its files, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studio.assets import choosing
from studio.assets.models import Asset, Keeping
from studio.files.models import File, Origin
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_asset, make_file, make_task
from tests.files.samples import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def kept(team: Team, person: User, prompt: str, hours: float = 0, **more: object) -> Asset:
    facts = {"kind": "image", "media_type": "image/png", "size": 3, "sha256": "0" * 64, "width": 64, "height": 36}
    when = timezone.now() - timedelta(hours=hours)
    task = make_task(team, person, prompt=prompt)
    asset = make_asset(task, keeping=Keeping.KEPT, kept_at=when, **(facts | more))
    asset.file.save(f"{asset.pk}.png", ContentFile(picture()))
    return asset


def words(team: Team, takes: list[str], query: str = "") -> list[str]:
    with scope(team):
        return [choice.words for choice in choosing.choices(takes, query, None).rows]


def test_both_come_newest_first_by_kind_and_words(team: Team, alice: User, other_team: Team, charlie: User) -> None:
    kept(team, alice, "a red fox", 3)
    kept(team, alice, "a film of it", 2, kind="video", media_type="video/mp4")
    kept(team, alice, "", 1)
    make_asset(make_task(team, alice, prompt="not here yet"), kind="image")
    make_file(team, alice, name="fox sketch.png")
    make_file(team, alice, name="a result.png", origin=Origin.RESULT)
    kept(other_team, charlie, "a secret fox")
    make_file(other_team, charlie, name="secret.png")
    task = Asset.objects.get(task__prompt="").task_id
    assert words(team, ["image"]) == ["fox sketch.png", f"task-{task}-1.png", "a red fox"]
    assert words(team, ["video", "audio"]) == ["a film of it"]
    assert words(team, ["file"])[2] == "a film of it"
    assert words(team, ["image"], "FOX") == ["fox sketch.png", "a red fox"]
    assert words(team, ["image"], "fox red") == ["a red fox"]


def test_pages_stand_beside_what_was_made_and_brought(
    team: Team, alice: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "PER_PAGE", 2)
    for hours in (0, 2, 4):
        kept(team, alice, f"picture {hours}", hours)
    for hours in (1, 3):
        brought = make_file(team, alice, name=f"picture {hours}")
        File.objects.filter(pk=brought.pk).update(created_at=timezone.now() - timedelta(hours=hours))
    client = signed_in(alice)

    def shown(query: str) -> tuple[list[str], str, str]:
        page = client.get(f"{reverse('assets:choose')}{query}").context
        return [choice.words for choice in page["rows"]], page["newer"], page["older"]

    first, newer, older = shown("?takes=image&q=picture")
    assert (first, newer) == (["picture 0", "picture 1"], "")
    assert older.startswith("?takes=image&q=picture&before=")
    kept(team, alice, "picture that came late", -1)
    second, newer, older = shown(older)
    assert second == ["picture 2", "picture 3"]
    assert shown(older)[::2] == (["picture 4"], "")
    assert shown(newer)[0] == ["picture 0", "picture 1"]


def test_what_is_not_there_is_said(team: Team, alice: User, signed_in: SignIn) -> None:
    kept(team, alice, "a red fox")
    client = signed_in(alice)
    assert "Nothing of this kind yet" in client.get(reverse("assets:choose"), {"takes": "audio"}).content.decode()
    assert "all of these words" in client.get(reverse("assets:choose"), {"takes": "image", "q": "owl"}).content.decode()


def test_a_result_becomes_a_file_that_shares_its_bytes(team: Team, alice: User, signed_in: SignIn) -> None:
    asset = kept(team, alice, "a red fox")
    client = signed_in(alice)
    answers = [client.post(reverse("assets:take", args=[asset.pk])) for _ in range(2)]
    file = File.objects.get()
    assert all(file.reference in answer.content.decode() for answer in answers)
    assert (file.name, file.kind, file.width) == (f"task-{asset.task_id}-1.png", "image", 64)
    assert Path(file.file.path).samefile(asset.file.path)
    asset.file.delete()
    assert Path(file.file.path).read_bytes() == picture()


def test_a_result_whose_file_is_gone_is_told(team: Team, alice: User, signed_in: SignIn) -> None:
    asset = kept(team, alice, "a red fox")
    asset.file.storage.delete(asset.file.name or "")
    answer = signed_in(alice).post(reverse("assets:take", args=[asset.pk]))
    assert (answer.status_code, File.objects.count()) == (422, 0)
    assert "no longer in the media folder" in answer.content.decode()
