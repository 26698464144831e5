"""A kept result goes into another operation's form, as the team's own file."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django import Settings

from studio import catalog
from studio.assets.models import Asset, Keeping
from studio.catalog.files import reference
from studio.composer.uses import places, uses
from studio.files.filling import fill
from studio.files.models import File
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_asset, make_connection, make_task
from tests.files.samples import picture

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def asset(team: Team, alice: User, settings: Settings, tmp_path: Path) -> Asset:
    settings.MEDIA_ROOT = tmp_path
    with scope(team):
        task = make_task(team, alice, make_connection(team), state="succeeded")
        given = {"kind": "image", "media_type": "image/png", "keeping": Keeping.KEPT, "sha256": "ab" * 32}
        made = make_asset(task, **given)
        made.file.save("1.png", ContentFile(picture()))
        return made


@pytest.fixture
def page(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def links(asset: Asset) -> list[str]:
    with scope(asset.team):
        shelves = uses(asset, list(Connection.objects.all()), [asset.task.operation])
        return [use.url for shelf in shelves for use in shelf.uses]


def test_where_the_team_has_been_before_comes_first_and_then_films(asset: Asset) -> None:
    with scope(asset.team):
        connections = list(Connection.objects.all())
        shelves = uses(asset, connections, ["midjourney.describe", "kling.image-generate"])
        assert [shelf.title for shelf in shelves[:3]] == ["Midjourney", "Kling", "CogVideoX"]
        assert "/compose/midjourney.describe/" in shelves[0].uses[0].url


def test_every_field_that_takes_pictures_is_offered_once_and_opens(page: Client, asset: Asset) -> None:
    offered = links(asset)
    assert len(offered) == len(set(offered)) > 5
    menu = page.get(f"/results/{asset.pk}/use/", headers=HTMX).content.decode()
    assert [html.unescape(link) for link in re.findall(r'href="([^"]+)"', menu)] == offered
    for link in offered:
        answer = page.get(link)
        assert answer.status_code == 200
        assert "studio-file:" in answer.content.decode()
    with scope(asset.team):
        assert File.objects.count() == 1


def test_what_is_switched_off_or_takes_other_kinds_is_not_offered(asset: Asset) -> None:
    slugs = {link.split("/")[2] for link in links(asset)}
    assert not {slug for slug in slugs if not catalog.get(slug).enabled}
    for operation in catalog.operations():
        assert all("video" in field.takes for field in places(operation, "video"))


def test_a_field_for_files_is_offered_to_a_file_and_to_no_picture(asset: Asset) -> None:
    """It takes a picture that somebody brings all the same."""
    slugs = {each.slug for each in catalog.operations() for field in each.fields if field.takes == ("file",)}
    assert slugs
    assert not slugs & {link.split("/")[2] for link in links(asset)}
    asset.kind = "file"
    assert slugs <= {link.split("/")[2] for link in links(asset)}


def test_the_picture_is_in_the_body_and_the_task_is_its_parent(page: Client, asset: Asset) -> None:
    link = f"/compose/runway.generate-image/?from={asset.task_id}&action=file:{asset.pk}:image"
    fields = dict(posted(page.get(link).content.decode()).items()) | {"v:prompt": "on it goes"}
    with scope(asset.team):
        kept = File.objects.get()
    assert fields["v:image"] == kept.reference
    assert page.post("/compose/runway.generate-image/run/", fields).status_code == 302
    with scope(asset.team):
        task = asset.task.children.get()
    assert reference(task.values["image"]) == kept.public_id


def test_in_a_list_whose_items_are_of_several_kinds_the_picture_is_an_item(page: Client, asset: Asset) -> None:
    link = f"/compose/vidu.create/?from={asset.task_id}&action=file:{asset.pk}:input.prompts[].content"
    shown = page.get(link).content.decode()
    with scope(asset.team):
        kept = File.objects.get()
    assert kept.name in shown
    fields = posted(shown)
    assert (fields["item:input.prompts:0:type"], fields["item:input.prompts:0:content"]) == ("image", kept.reference)
    fields["v:type"] = "img2video"
    assert page.post("/compose/vidu.create/run/", fields).status_code == 302
    with scope(asset.team):
        task = asset.task.children.get()
        assert task.values["input.prompts"] == [{"type": "image", "content": kept.reference}]
        told = fill(catalog.get("vidu.create"), {"input": {"prompts": task.values["input.prompts"]}}, asset.team).told
    assert told["input"]["prompts"][0]["content"].startswith("http")


@pytest.mark.parametrize(
    "action", ["file:", "file:x:image", "file:0:image", "file:{}:", "file:{}:prompt", "file:{}:image:x"]
)
def test_what_cannot_stand_there_is_not_found(page: Client, asset: Asset, action: str) -> None:
    address = f"/compose/runway.generate-image/?from={asset.task_id}&action={action.format(asset.pk)}"
    assert page.get(address).status_code == 404


def test_a_result_of_another_task_or_a_lost_file_is_none(page: Client, asset: Asset, alice: User) -> None:
    with scope(asset.team):
        other = make_task(asset.team, alice, asset.task.connection)
    action = f"action=file:{asset.pk}:image"
    assert page.get(f"/compose/runway.generate-image/?from={other.pk}&{action}").status_code == 404
    Path(asset.file.path).unlink()
    gone = page.get(f"/compose/runway.generate-image/?from={asset.task_id}&{action}").content.decode()
    assert "no longer in the media folder" in gone


def test_a_menu_without_scripts_is_a_page(page: Client, asset: Asset) -> None:
    assert "Use the picture in" in page.get(f"/results/{asset.pk}/use/").content.decode()
    with scope(asset.team):
        Asset.objects.filter(pk=asset.pk).update(kind="model")
    assert "No operation that is on takes such a file" in page.get(f"/results/{asset.pk}/use/").content.decode()


def test_a_field_for_pictures_and_documents_is_a_place_for_these_alone() -> None:
    reading = catalog.get("picwish.ocr")
    found = {kind: [field.at for field in places(reading, kind)] for kind in ("image", "file", "video", "text")}
    every = ["image_file", "image_url", "file"]
    assert found == {"image": every, "file": every, "video": [], "text": []}
