"""Files in the form: posted back as what stands for them, shown in words, moved, removed, fetched when they must be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studio import catalog
from studio.assets.models import Asset, Keeping
from studio.catalog import loader
from studio.composer import deeds, forms
from studio.composer.drafts import Draft
from studio.composer.holdings import bring
from studio.composer.screen import Screen
from studio.files.models import File
from studio.gateway import NotFetched
from studio.tasks.models import Task
from studio.teams.models import Membership, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_asset, make_connection, make_file, make_task
from tests.files.samples import picture

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "a test"
[family.f.read]
gateway_id = "id"
[operation.blend]
title = { en = "Blend", zh = "混图" }
description = { en = "Blends.", zh = "混图。" }
status = "documented"
method = "POST"
path = "/v1/blend"
makes = "image"
family = "f"
transport = "json-task"
[[operation.blend.field]]
at = "pictures"
type = "array"
min_items = 2
max_items = 5
label = { en = "Pictures", zh = "图片" }
help = { en = "Two to five.", zh = "两到五张。" }
[[operation.blend.field]]
at = "pictures[]"
type = "string"
takes = ["image"]
sent = ["base64"]
label = { en = "Picture", zh = "图片" }
help = { en = "One.", zh = "一张。" }
"""


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def file(team: Team, alice: User) -> File:
    return make_file(team, alice, picture(), width=64, height=36)


@pytest.fixture
def blend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> catalog.Operation:
    (tmp_path / "toml").mkdir()
    (tmp_path / "toml" / "demo.toml").write_text(LIST)
    loaded, faults = loader.load(tmp_path / "toml")
    assert not faults
    operation = loaded.by_slug["demo.blend"]
    known = catalog.get
    monkeypatch.setattr(catalog, "get", lambda slug: operation if slug == "demo.blend" else known(slug))
    return operation


def screen(draft: Draft, team: Team) -> Screen:
    with scope(team):
        return Screen(draft, Membership.objects.get(team=team), [], None)


def html(draft: Draft, team: Team) -> str:
    return render_to_string("composer/_work.html", {"screen": screen(draft, team)})


def post_of(**values: str) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, value in values.items():
        post[f"v:{name}"] = value
    return post


def test_a_file_is_shown_as_itself_and_posted_as_its_reference(team: Team, file: File) -> None:
    operation = catalog.get("runway.generate-image")
    draft = forms.read(operation, post_of(image=file.reference, model="gen3", prompt="x"))
    made = html(draft, team)
    assert file.url in made
    assert "64 × 36" in made
    assert forms.read(operation, posted(made)).values == draft.values
    shown = screen(draft, team)
    assert [str(line.code) for line in shown.lines if "fox.png" in str(line.code)]
    assert "studio-file" not in shown.code
    assert file.reference in shown.json, "the body as JSON goes back into the form"


def test_a_file_of_another_team_is_not_there(other_team: Team, file: File) -> None:
    draft = forms.read(catalog.get("runway.generate-image"), post_of(image=file.reference, model="gen3"))
    made = html(draft, other_team)
    assert file.url not in made
    assert "not there any more" in made


def test_the_markup_is_made_anew_when_a_file_takes_the_place_of_an_address(team: Team, file: File) -> None:
    operation = catalog.get("runway.generate-image")
    shapes = []
    for text in ("", "https://a.example/1.png", "https://a.example/2.png", file.reference):
        draft = forms.read(operation, post_of(image=text, model="gen3"))
        shapes.append(next(unit.shape for unit in screen(draft, team).units if unit.key == "image"))
    assert shapes[0] == shapes[1] == shapes[2] != shapes[3]


def test_a_list_of_files_keeps_its_order_and_its_addresses(team: Team, file: File, blend: catalog.Operation) -> None:
    values = {"pictures": [file.reference, "https://a.example/1.png", f"studio-file:{'0' * 32}"]}
    draft = Draft(blend, dict(values))
    assert forms.read(blend, posted(html(draft, team))).values == values
    deeds.do(draft, "down.0:pictures")
    assert draft.values["pictures"] == [values["pictures"][1], values["pictures"][0], values["pictures"][2]]
    deeds.do(draft, "up.2:pictures")
    deeds.do(draft, "drop.0:pictures")
    assert draft.values["pictures"] == [values["pictures"][2], file.reference]
    for deed in ("up.0:pictures", "drop.7:pictures", "drop.x:pictures"):
        deeds.do(draft, deed)
    assert draft.values["pictures"] == [values["pictures"][2], file.reference]
    deeds.do(draft, "drop.0:pictures")
    deeds.do(draft, "drop.0:pictures")
    assert draft.values == {}


@pytest.mark.parametrize("value", [[], ["a\nb"], [{"x": 1}], "text", [""], None])
def test_what_no_list_of_files_can_hold_is_shown_as_json(team: Team, blend: catalog.Operation, value: object) -> None:
    draft = Draft(blend, {"pictures": value})
    assert forms.read(blend, posted(html(draft, team))).values == draft.values


def test_an_address_is_fetched_where_the_file_itself_is_sent(
    team: Team, alice: User, blend: catalog.Operation, settings: Settings
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.path == "/1.png" else 404, content=picture())

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(answer)
    draft = Draft(blend, {"pictures": ["https://a.example/1.png", "iVBORw0="]})
    with scope(team):
        assert bring(draft, team, alice) == {"pictures"}
        file = File.objects.get()
        assert draft.values["pictures"] == [file.reference, "iVBORw0="]
        draft.values["pictures"] = ["https://a.example/2.png"]
        assert bring(draft, team, alice) == set()
    assert draft.values["pictures"] == ["https://a.example/2.png"]
    assert "cannot be fetched" in draft.wrong["pictures"]
    assert [reason.text for reason in screen(draft, team).run.reasons if "cannot be fetched" in reason.text]


def test_a_gateway_s_link_to_a_result_is_that_result_or_leads_where_it_is_fetched_from(
    team: Team, alice: User, blend: catalog.Operation, settings: Settings
) -> None:
    """The sandbox's links lead to this machine, where no other address that stands in a form does."""
    settings.PRIVATE_ORIGINS = ["127.0.0.1:8001"]
    link, fetched_from = "http://127.0.0.1:8001/media/1.png", list[Sequence[str]]()

    def from_nowhere(*_: object, private_origins: Sequence[str] = (), **__: object) -> None:
        fetched_from.append(private_origins)
        raise NotFetched("It was not fetched.")

    settings.GATEWAY_TRANSPORT = None
    draft = Draft(blend, {"pictures": [link]})
    with scope(team), pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.files.taking.fetch", from_nowhere)
        bring(draft, team, alice)
        asset = make_asset(make_task(team, alice, make_connection(team)), kind="image", source_url=link)
        bring(draft, team, alice)
        assert fetched_from == [(), ["127.0.0.1:8001"]]
        asset.file.save("1.png", ContentFile(picture()))
        kept = {"keeping": Keeping.KEPT, "kept_at": timezone.now(), "sha256": "0" * 64, "media_type": "image/png"}
        Asset.objects.update(file=asset.file.name, **kept)
        assert bring(draft, team, alice) == {"pictures"}
        assert draft.values["pictures"] == [File.objects.get().reference]
    assert len(fetched_from) == 2


def test_where_an_address_will_do_it_goes_as_it_is(team: Team, alice: User) -> None:
    draft = Draft(catalog.get("kling.image2video"), {"image": "https://a.example/1.png"})
    with scope(team):
        assert bring(draft, team, alice) == set()


def test_a_file_is_run(team: Team, alice: User, file: File, signed_in: SignIn) -> None:
    connection = make_connection(team)
    form = {"v:image": file.reference, "v:model": "gen3", "v:prompt": "x", "connection": connection.pk, "nonce": "1"}
    answer = signed_in(alice).post(reverse("composer:run", args=["runway.generate-image"]), form)
    assert answer.status_code == 302
    with scope(team):
        assert file.reference in Task.objects.get().body_text


def test_files_deeper_inside_stand_in_json_and_are_shown(team: Team, file: File) -> None:
    operation = catalog.get("kling.image2video")
    value = [{"mask": file.reference, "trajectories": [{"x": 1, "y": 2}]}]
    draft = Draft(operation, {"dynamic_masks": value})
    made = html(draft, team)
    assert file.url in made
    assert 'data-frame="[{&quot;mask&quot;:&quot;…&quot;}]"' in made
    assert forms.read(operation, posted(made)).values == draft.values
