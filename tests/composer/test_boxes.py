"""A list of plain choices is check boxes: what is ticked is sent, and whatever boxes cannot say stays JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from studio import catalog
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.composer.rows import Row, row
from studio.library.kept import FIXED, Kept
from studio.teams.models import Team, User
from tests.composer.posting import posted
from tests.factories import make_connection

pytestmark = pytest.mark.django_db
OPERATION, AT = "midjourney.imagine", "accountFilter.modes"
CHOICES = ["RELAX", "FAST", "TURBO"]


def drawn(value: Any, **more: Any) -> Row:
    operation = catalog.get(OPERATION)
    found = operation.field(AT)
    assert found
    return row(Draft(operation, {} if value is None else {AT: value}, **more), found)


def body(post: QueryDict) -> Any:
    return forms.read(catalog.get(OPERATION), post).build({}).body


@pytest.fixture
def page(signed_in: Any, team: Team, alice: User) -> Client:
    make_connection(team, name="Sandbox")
    client: Client = signed_in(alice)
    return client


def test_what_is_ticked_is_in_the_body(page: Client) -> None:
    post = posted(page.get(f"/compose/{OPERATION}/").content.decode())
    post["v:prompt"] = "a boat"
    assert "accountFilter" not in body(post)
    post.setlist(f"v:{AT}", ["FAST", "TURBO"])
    assert body(post)["accountFilter"] == {"modes": ["FAST", "TURBO"]}
    again = posted(
        page.post(f"/compose/{OPERATION}/preview/", post.dict() | {f"v:{AT}": ["FAST", "TURBO"]}).content.decode()
    )
    assert again.getlist(f"v:{AT}") == ["FAST", "TURBO"]
    edited = page.post(f"/compose/{OPERATION}/preview/", again.dict() | {f"v:{AT}": ["FAST", "TURBO"], "do": "edit"})
    assert json.loads(str(posted(edited.content.decode())["json"]))["accountFilter"] == {"modes": ["FAST", "TURBO"]}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, CHOICES),
        (["TURBO"], CHOICES),
        (["RELAX", "TURBO"], CHOICES),
        (["TURBO", "RELAX"], ["TURBO", "RELAX", "FAST"]),
    ],
)
def test_the_boxes_stand_so_that_they_say_the_value(value: Any, shown: list[str]) -> None:
    made = drawn(value)
    assert (made.kind, [option.value for option in made.options]) == ("boxes", shown)
    assert [option.value for option in made.options if option.chosen] == (value or [])


@pytest.mark.parametrize("value", [[], ["SLOW"], ["FAST", "FAST"], "FAST", [1], {"a": 1}])
def test_what_boxes_cannot_say_is_json_and_exactly_itself(value: Any) -> None:
    made = drawn(value)
    assert (made.kind, made.name) == ("json", f"j:{AT}")
    post = QueryDict(mutable=True)
    post[made.name] = made.text
    assert forms.read(catalog.get(OPERATION), post).values == {AT: value}


def test_a_hidden_list_goes_along() -> None:
    name, text = drawn(["FAST"]).kept
    post = QueryDict(mutable=True)
    post[name] = text
    assert forms.read(catalog.get(OPERATION), post).values == {AT: ["FAST"]}


def test_a_fixed_list_is_told_in_words() -> None:
    made = drawn(["FAST", "TURBO"], held=Kept({AT: ["FAST", "TURBO"]}, holds={AT: FIXED}))
    assert made.fixed
    assert made.shown == ", ".join(option.label for option in made.options if option.chosen)


def test_every_list_of_plain_choices_has_boxes() -> None:
    """None is left that a person would have to write as JSON or line by line."""
    for operation in catalog.operations():
        for item in operation.fields:
            if item.at.endswith("[]") and item.choices and (found := operation.field(item.at.removesuffix("[]"))):
                assert row(Draft(operation), found).kind == "boxes", f"{operation.slug}: {item.at}"
