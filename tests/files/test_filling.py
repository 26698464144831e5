"""A reference becomes what the operation wants; what is kept of the body stays small; what is not ours is not sent."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio import catalog
from studio.catalog import loader
from studio.files.filling import NotFilled, describe, files_in, fill
from studio.files.models import File
from studio.gateway import FilePart
from studio.tasks.masking import mask
from studio.tasks.states import State
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_connection, make_file
from tests.files.samples import picture
from tests.tasks.stage import Gateway, accepted, begin, only_attempt, playing, work

pytestmark = pytest.mark.django_db
PICTURE = picture()
BY_PART = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "a test"
[family.f.read]
results = [{ kind = "text", at = "text" }]
[operation.read]
title = { en = "Read", zh = "读" }
description = { en = "Reads.", zh = "读。" }
status = "documented"
method = "POST"
path = "/v1/read"
makes = "text"
family = "f"
transport = "multipart-answer"
[[operation.read.field]]
at = "file"
type = "file"
takes = ["image", "audio"]
sent = ["part"]
label = { en = "File", zh = "文件" }
help = { en = "The file.", zh = "文件。" }
[[operation.read.field]]
at = "pages"
type = "array"
label = { en = "Pages", zh = "页" }
help = { en = "The pages.", zh = "各页。" }
[[operation.read.field]]
at = "pages[]"
type = "string"
takes = ["image"]
sent = ["data-url"]
label = { en = "Page", zh = "页" }
help = { en = "A page.", zh = "一页。" }
"""


@pytest.fixture
def file(team: Team, alice: User, settings: Settings, tmp_path: Path) -> File:
    settings.MEDIA_ROOT = tmp_path
    return make_file(team, alice, PICTURE)


@pytest.fixture
def by_part(tmp_path: Path) -> catalog.Operation:
    (tmp_path / "demo.toml").write_text(BY_PART)
    loaded, faults = loader.load(tmp_path)
    assert not faults
    return loaded.by_slug["demo.read"]


def test_a_file_goes_as_an_address_that_gives_its_bytes(team: Team, file: File, settings: Settings) -> None:
    body = {"prompt": "the fox", "image": file.reference, "n": [1, {"a": None}]}
    filled = fill(catalog.get("runway.generate-image"), body, team)
    url = filled.body["image"]
    assert filled.told == filled.body == body | {"image": url}
    got = Client().get(url.removeprefix(settings.PUBLIC_URL))
    assert b"".join(getattr(got, "streaming_content", [])) == PICTURE
    assert mask(url) == f"{settings.PUBLIC_URL}/files/in/…/fox.png"


def test_where_nobody_can_fetch_a_file_it_goes_inside_if_the_field_allows_it(team: Team, file: File) -> None:
    body = {"image": file.reference, "dynamic_masks": [{"mask": file.reference}]}
    operation = catalog.get("kling.image2video")
    assert fill(operation, body, team).body["image"].startswith("http")
    filled = fill(operation, body, team, reached=False)
    inside = base64.b64encode(PICTURE).decode()
    assert filled.body == {"image": inside, "dynamic_masks": [{"mask": inside}]}
    assert filled.told == body
    alone = fill(catalog.get("runway.generate-image"), {"image": file.reference}, team, reached=False)
    assert alone.body["image"].startswith("http")


def test_a_part_and_a_list_of_data_urls(team: Team, file: File, by_part: catalog.Operation) -> None:
    body = {"file": file.reference, "pages": ["https://a.example/1.png", file.reference]}
    filled = fill(by_part, body, team)
    url = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    assert filled.body == {
        "file": FilePart("fox.png", "image/png", PICTURE),
        "pages": ["https://a.example/1.png", url],
    }
    assert filled.told == body | {"file": "@fox.png"}


def test_what_is_shown_of_a_body_is_short(team: Team, file: File, by_part: catalog.Operation) -> None:
    body = {"file": file.reference, "pages": [file.reference]}
    files = files_in(body, team)
    shown = describe(by_part, body, files, reached=True)
    assert shown["file"] == "@fox.png"
    assert shown["pages"][0].replace("\xa0", " ") == f"data:image/png;base64,iVBORw0KGgoA… ({len(PICTURE)} bytes)"
    by_address = describe(catalog.get("runway.generate-image"), {"image": file.reference}, files, reached=True)
    assert by_address == {"image": "<signed address of fox.png>"}


def test_a_file_of_another_team_a_missing_one_and_a_wrong_place_are_refused(
    team: Team, other_team: Team, file: File
) -> None:
    operation = catalog.get("runway.generate-image")
    for body, whose, sentence in (
        ({"image": file.reference}, other_team, "not this team's"),
        ({"image": f"studio-file:{'0' * 32}"}, team, "not there any more"),
        ({"prompt": file.reference}, team, "takes none"),
        ({"more": {"x": [file.reference]}}, team, "takes none"),
    ):
        with pytest.raises(NotFilled, match=sentence):
            fill(operation, body, whose)
    assert describe(operation, {"image": file.reference}, files_in(file.reference, other_team), reached=True) == {
        "image": "<a file that is not there>"
    }
    file.file.storage.delete(file.file.name or "")
    with pytest.raises(NotFilled, match="not there any more"):
        _ = fill(catalog.get("kling.image2video"), {"image": file.reference}, team, reached=False).body


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(("public", "inside"), [("https://studio.example.com", False), ("http://10.0.0.5", True)])
def test_the_gateway_gets_the_file_and_the_attempt_keeps_the_reference(
    team: Team,
    alice: User,
    file: File,
    settings: Settings,
    signed_in: Callable[[User], Client],
    public: str,
    inside: bool,
) -> None:
    settings.PUBLIC_URL = public
    connection = make_connection(team, base_url="https://gateway.example.com", is_sandbox=False)
    values = {"model_name": "kling-v1", "image": file.reference, "mode": "std", "duration": "5"}
    with playing(Gateway()) as gateway:
        gateway.says(accepted())  # to any path but one the stage takes a call for a query
        task = begin(team, alice, connection, operation=catalog.get("kling.image2video"), values=values)
        work()
    page = signed_in(alice).get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert "Files that went in" in page
    assert file.url in page
    assert ("iVBORw0KGgoA… (" in page) is inside
    assert ("/files/in/…/fox.png" in page) is not inside
    sent: dict[str, Any] = catalog.loads(gateway.asked[0].content.decode())
    kept = only_attempt(task).sent_text
    if inside:
        assert base64.b64decode(sent["image"]) == PICTURE
        masked: dict[str, Any] = catalog.loads(mask(gateway.asked[0].content.decode()))
        assert catalog.loads(kept) == masked | {"image": file.reference}
    else:
        assert sent["image"].startswith(f"{public}/files/in/{file.public_id}/")
        assert kept == mask(gateway.asked[0].content.decode())


@pytest.mark.usefixtures("everywhere")
def test_a_body_that_cannot_be_filled_is_not_sent(team: Team, alice: User, file: File) -> None:
    values = {"model": "gen3", "image": file.reference, "prompt": "x"}
    with playing(Gateway()) as gateway:
        task = begin(team, alice, operation=catalog.get("runway.generate-image"), values=values)
        with scope(team):
            file.delete()
        work()
    task.refresh_from_db()
    attempt = only_attempt(task)
    assert (attempt.state, gateway.posts) == (State.NOT_SENT, [])
    assert "Choose it again" in attempt.error
