"""A list of objects as a form: exactly back, whatever its items hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.composer import deeds, forms, items
from studio.composer.drafts import Draft
from studio.composer.rows import Row, row
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection, make_task

SDXL = catalog.get("stable-diffusion.sdxl-text-to-image")
LIST = SDXL.field("text_prompts")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text("ab雨\n ", max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
ITEM = st.dictionaries(st.sampled_from(["text", "weight", "other", "?"]), ANYTHING, max_size=4)


def of(value: Any) -> Draft:
    return Draft(SDXL, {"text_prompts": value, "engine_id": "stable-diffusion-v1-6"})


def post_of(draft: Draft) -> QueryDict:
    """What a browser posts of the list's control."""
    assert LIST
    shown = row(draft, LIST)
    post = QueryDict(mutable=True)
    if not shown.items or shown.kind != "items":
        post.appendlist(shown.name, shown.text)
        return post
    if shown.items.given:
        post[f"given:{LIST.at}"] = "yes"
    for place, item in enumerate(shown.items.places):
        post.appendlist(f"item:{LIST.at}", str(place))
        post[f"keys:{LIST.at}:{place}"] = item.order
        if item.rest:
            post[f"rest:{LIST.at}:{place}"] = item.rest
        for member in item.members:
            post[member.name] = member.text.replace("\n", "\r\n")
    return post


@given(st.lists(ITEM, min_size=1, max_size=4))
def test_any_list_of_objects_comes_back_as_it_was(value: list[dict[str, Any]]) -> None:
    value = catalog.loads(catalog.dumps(value))
    again = forms.read(SDXL, post_of(of(value)))
    assert catalog.dumps(again.values) == catalog.dumps({"text_prompts": value})
    assert not again.wrong


@pytest.mark.parametrize(
    ("slug", "body"),
    [
        ("ideogram.generate", '{"image_request":{"prompt":"a","color_palette":{"members":[{}]}}}'),
        ("art-qrcode.fusion", '{"cn_list":[{"type":1}]}'),
        (SDXL.slug, '{"text_prompts":[{},{}]}'),
    ],
)
def test_items_in_which_nothing_is_written_stay_until_they_are_removed(page: Client, slug: str, body: str) -> None:
    operation = catalog.get(slug)
    form = posted(page.post(f"/import/{slug}/", {"json": body}).content.decode())
    for _ in range(2):
        draft = forms.read(operation, form)
        assert catalog.dumps(operation.body(draft.values, draft.extras).body).startswith(body[:-1])
        form = posted(page.post(f"/compose/{slug}/preview/", dict(form.lists())).content.decode())
    at = next(each.at for each in operation.fields if f"given:{each.at}" in form)
    while f"given:{at}" in form:
        told = page.post(f"/compose/{slug}/preview/", {**dict(form.lists()), "do": f"drop.0:{at}"})
        form = posted(told.content.decode())
    assert at not in forms.read(operation, form).values


def test_a_number_that_is_none_is_named_and_nothing_typed_is_lost() -> None:
    post = post_of(of([{"text": "fog", "weight": 1}, {"text": "logo"}]))
    post["item:text_prompts:1:weight"] = "much"
    again = forms.read(SDXL, post)
    assert "“much” is not a number" in again.wrong["text_prompts"]
    assert catalog.loads(again.typed["text_prompts"]) == [
        {"text": "fog", "weight": 1},
        {"text": "logo", "weight": "much"},
    ]


def test_buttons_add_remove_and_move() -> None:
    draft = of([{"text": "a"}, {"text": "b"}])
    assert deeds.do(draft, "add:text_prompts") == "text_prompts"
    deeds.do(draft, "up.1:text_prompts")
    deeds.do(draft, "drop.2:text_prompts")
    assert draft.values["text_prompts"] == [{"text": "b"}, {"text": "a"}]


VIDU = "/compose/vidu.create/"


@pytest.mark.parametrize(("number", "shown"), [(71, 0), (72, 1), (400, 1), (500, 1)])
def test_a_list_with_more_controls_than_can_be_posted_is_shown_as_json(page: Client, number: int, shown: int) -> None:
    prompts = [{"type": "text", "content": f"{at}", "enhance": True, "src_img": "", "more": 1} for at in range(number)]
    body = catalog.dumps({"input": {"prompts": prompts}})
    form = posted(page.post("/import/vidu.create/", {"json": body}).content.decode())
    assert ("j:input.prompts" in form) == bool(shown)
    told = page.post(f"{VIDU}preview/", dict(form.lists()))
    assert told.status_code == 200
    assert forms.read(catalog.get("vidu.create"), form).values["input.prompts"] == prompts


def test_an_address_becomes_an_item_of_its_own(page: Client) -> None:
    post = posted(page.get(VIDU).content.decode())
    post["item:input.prompts:0:content"], post["more:input.prompts"] = "a red door", "https://a.example/b.png"
    told = page.post(f"{VIDU}preview/", post).content.decode()
    again = posted(told)
    assert again["more:input.prompts"] == ""
    assert forms.read(catalog.get("vidu.create"), again).values["input.prompts"] == [
        {"type": "text", "content": "a red door"},
        {"type": "image", "content": "https://a.example/b.png"},
    ]


def test_a_file_alone_in_a_list_can_be_taken_away_and_is_no_card_where_its_item_is_a_text() -> None:
    field = catalog.get("vidu.create").field("input.prompts")
    assert field
    for kind, holds in (("image", True), ("text", False)):
        [item] = items.items("vidu.create", field, [{"type": kind, "content": f"studio-file:{'a' * 32}"}]).places
        assert item.holds_file is holds
        assert [member.kind for member in item.members if member.field.at.endswith(".content")] == ["lines"]
    shown = render_to_string("composer/_items.html", {"row": with_picture(), "screen": {"preview_url": "/"}})
    assert ("drop-" in shown, "up-" in shown) == (True, False)


def with_picture() -> Row:
    draft = Draft(
        catalog.get("vidu.create"), {"input.prompts": [{"type": "image", "content": f"studio-file:{'a' * 32}"}]}
    )
    field = draft.operation.field("input.prompts")
    assert field
    return row(draft, field)


def test_a_list_whose_items_hold_no_files_has_no_place_for_one(page: Client) -> None:
    assert "more:text_prompts" not in page.get(f"/compose/{SDXL.slug}/").content.decode()


@pytest.fixture
def page(signed_in: Any, alice: User, team: Team) -> Client:
    make_connection(team)
    client: Client = signed_in(alice)
    return client


def test_a_form_of_items_is_filled_previewed_and_run(page: Client) -> None:
    url = f"/compose/{SDXL.slug}/"
    fresh = page.get(url).content.decode()
    assert "Fill in Prompts" in fresh
    post = posted(fresh)
    post["item:text_prompts:0:text"] = "red bicycle in fog"
    post["do"] = "add:text_prompts"
    more = page.post(f"{url}preview/", post).content.decode()
    post = posted(more)
    assert post["item:text_prompts:0:text"] == "red bicycle in fog"
    post["item:text_prompts:1:text"], post["item:text_prompts:1:weight"] = "logo", "-0.8"
    told = page.post(f"{url}preview/", post).content.decode()
    assert "-0.8" in told
    assert page.post(f"{url}run/", posted(told)).status_code == 302


def test_a_picture_is_followed_up_with_a_text_to_be_written_that_is_never_sent_empty(
    page: Client, team: Team, alice: User
) -> None:
    picture = {"id": "2", "type": "image", "uri": "https://a.example/b.png"}
    made = {"id": "1", "state": "success", "creations": [picture]}
    [offer] = catalog.get("vidu.create").read(made, "poll").plain()["actions"]
    with scope(team):
        first = make_task(team, alice, state="succeeded", actions=[offer])
    fields = posted(page.get(f"{VIDU}?from={first.pk}&action=0").content.decode())
    assert (fields["item:input.prompts:0:type"], fields["item:input.prompts:0:content"]) == ("text", "")
    assert page.post(f"{VIDU}run/", dict(fields.lists())).status_code == 422
    fields["item:input.prompts:0:content"] = "the door opens"
    assert page.post(f"{VIDU}run/", dict(fields.lists())).status_code == 302
    with scope(team):
        assert first.children.get().values["input.prompts"] == [
            {"type": "text", "content": "the door opens"},
            {"type": "image", "content": "https://a.example/b.png"},
        ]
