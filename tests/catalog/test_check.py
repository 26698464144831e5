from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.catalog.check import check
from studio.catalog.json_schema import schema
from studio.catalog.schema import Field, Form
from studio.catalog.text import Text
from tests.catalog import bodies

TEXT, IMAGE, FEED = (catalog.get(f"runway.{name}") for name in ("generate-text", "generate-image", "feed"))
GOOD = {"callback_url": "http://a.b", "prompt": "a cat", "model": "gen3", "ratio": "16:9", "style": ""}


def told(body: object, operation: catalog.Operation = TEXT, **fates: str) -> set[tuple[str, str, str]]:
    return {(p.level, p.path, p.rule) for p in operation.check(body, fates)}


def errors(body: object, operation: catalog.Operation = TEXT) -> set[tuple[str, str]]:
    return {(path, rule) for level, path, rule in told(body, operation) if level == "error"}


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (TEXT, TEXT.example),
        (
            TEXT,
            {
                "callback_url": "https://studio.example.com/hooks/k7/",
                "model": "gen3",
                "prompt": "a paper boat crossing a rain puddle",
                "ratio": "9:16",
                "options": {"seconds": 5},
            },
        ),
        (IMAGE, IMAGE.example),
        (FEED, FEED.example),
    ],
)
def test_every_example_body_is_accepted(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert errors(body, operation) == set()


@pytest.mark.parametrize("missing", ["callback_url", "prompt", "model"])
def test_what_a_task_cannot_do_without_is_an_error(missing: str) -> None:
    assert errors({key: value for key, value in GOOD.items() if key != missing}) == {(missing, "required")}
    assert errors(GOOD | {missing: ""}) == {(missing, "required")}


def test_what_the_page_requires_and_clients_leave_out_is_a_warning() -> None:
    body = {key: GOOD[key] for key in ("callback_url", "prompt", "model")}
    assert told(body) == {("warning", "ratio", "required"), ("warning", "options", "required")}
    assert told(body | {"options": {}}) >= {("warning", "options.seconds", "required")}
    gen2 = told(body | {"model": "gen2", "options": {"motion_vector": {"x": 1}}})
    assert ("warning", "options.motion_vector.y", "required") in gen2
    assert ("warning", "style", "required") in gen2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"options": {"seconds": 7}}, ("options.seconds", "choice")),
        ({"options": {"seconds": "7"}}, ("options.seconds", "choice")),
        ({"options": {"seconds": 5.5}}, ("options.seconds", "type")),
        ({"options": {"seconds": True}}, ("options.seconds", "type")),
        ({"options": {"seconds": "ten"}}, ("options.seconds", "type")),
        ({"options": {"seconds": None}}, ("options.seconds", "type")),
        ({"options": []}, ("options", "type")),
        ({"options": {"motion_vector": {"x": 10.5}}}, ("options.motion_vector.x", "maximum")),
        ({"options": {"motion_vector": {"r": -11}}}, ("options.motion_vector.r", "minimum")),
        ({"options": {"motion_vector": {"z": "1"}}}, ("options.motion_vector.z", "type")),
        ({"options": {"motion_vector": 3}}, ("options.motion_vector", "type")),
        ({"prompt": 5}, ("prompt", "type")),
        ({"model": None}, ("model", "type")),
        ({"ratio": 16}, ("ratio", "type")),
        ({"callback_url": "not an address"}, ("callback_url", "url")),
    ],
)
def test_a_wrong_value_is_an_error_that_names_field_and_rule(change: dict[str, Any], problem: tuple[str, str]) -> None:
    body = GOOD | change
    assert errors(body) >= {problem}
    found = next(p for p in TEXT.check(body) if p.path == problem[0] and p.level == "error")
    assert str(found.message).endswith(".")
    assert found.message.zh.endswith("。")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"model": "gen9"}, ("model", "choice")),
        ({"ratio": "2:1"}, ("ratio", "choice")),
        ({"ratio": "1:1"}, ("ratio", "choice")),
        ({"options": {"seconds": "10"}}, ("options.seconds", "text-number")),
        ({"style": "cinematic"}, ("style", "applies")),
        ({"options": {"motion_vector": {"x": 1}}}, ("options.motion_vector", "applies")),
        ({"model": "gen2", "options": {"seconds": 5}}, ("options.seconds", "applies")),
        ({"image": "http://a/b.png"}, ("image", "unknown")),
        ({"options": {"a.b": 1}}, ('options."a.b"', "unknown")),
    ],
)
def test_what_a_gateway_may_take_is_a_warning(change: dict[str, Any], problem: tuple[str, str]) -> None:
    assert ("warning", *problem) in told(GOOD | change)
    assert errors(GOOD | change) == set()


def test_the_ratios_of_gen2_are_no_matter_for_gen2() -> None:
    assert not [p for p in TEXT.check(GOOD | {"model": "gen2", "ratio": "21:9"}) if p.path == "ratio"]
    ratio = TEXT.field("ratio")
    assert ratio is not None
    assert TEXT.choices(ratio, {"model": "gen3"}) == ("16:9", "9:16")
    assert len(TEXT.choices(ratio, {"model": "gen2"})) == 6


def test_a_field_that_does_not_apply_is_told_once_with_its_fate() -> None:
    body = GOOD | {"options": {"motion_vector": {"x": 1, "y": 2}}}
    for fate, level in (("keep", "warning"), ("omit", "warning"), ("refuse", "error")):
        found = [p for p in TEXT.check(body, {"default": fate}) if p.rule == "applies"]
        assert [(p.path, p.level) for p in found] == [("options.motion_vector", level)]
    assert "left out" in str(TEXT.check(body, {"default": "omit"})[-2].message)


def test_an_empty_text_counts_as_not_sent() -> None:
    assert ("warning", "ratio", "required") in told(GOOD | {"ratio": ""})
    assert not [p for p in TEXT.check(GOOD | {"style": ""}) if p.path == "style"]
    assert errors(IMAGE.example | {"prompt": ""}, IMAGE) == set()
    assert errors(IMAGE.example | {"image": ""}, IMAGE) == {("image", "required")}


@pytest.mark.parametrize("body", [None, 5, "x", [], [{}], True])
def test_what_is_no_object_is_one_error(body: object) -> None:
    assert errors(body) == {("", "type")}


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], "\ud800", {"\0": 1}])
def test_what_json_cannot_say_is_one_error(value: object) -> None:
    assert errors(GOOD | {"odd": value}) == {("", "json")}


@given(bodies.ANYTHING)
def test_no_json_makes_check_stumble(body: object) -> None:
    for operation in (TEXT, IMAGE, FEED):
        operation.check(body)


@given(bodies.near_misses() | bodies.accepted(), st.sampled_from(["keep", "omit", "refuse"]))
def test_check_and_the_json_schema_say_the_same(body: dict[str, Any], fate: str) -> None:
    fates = {"default": fate}
    validator = jsonschema.Draft202012Validator(TEXT.schema(fates))
    reasons = [each.message for each in validator.iter_errors(body)]
    found = [p for p in TEXT.check(body, fates) if p.level == "error"]
    assert bool(reasons) == bool(found), (reasons, found)


@pytest.mark.parametrize("operation", catalog.operations(), ids=lambda o: o.slug)
@pytest.mark.parametrize("fate", ["keep", "omit", "refuse"])
def test_every_schema_is_a_schema(operation: catalog.Operation, fate: str) -> None:
    made = operation.schema({"default": fate})
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"].endswith("2020-12/schema")
    assert catalog.dumps(made)


def field(at: str, *types: str, **rules: Any) -> Field:
    return Field(at, types or ("string",), Text(at, at), Text(at, at), **rules)


ODD = Form(
    "demo.odd",
    (
        field("mode", choices=("a", "b"), default="a", open=True),
        field("size", "integer", applies={"mode": ("b",)}, required="yes", digits="yes", minimum=-9, maximum=99),
        field("note", applies={"mode": ("!b",), "pic": ("*",)}, required="yes", empty=True, max_length=3),
        field("pic", "string", "array", format="url"),
        field("plain", "boolean", applies={"pic": ("!*",)}, nullable=True),
        field("box", "object"),
        field("box.depth", "number", required="yes", minimum=0),
        field("box.kind", applies={"mode": ("b",)}, required="yes", choices=("x", "y")),
        field("list", "array", max_items=2),
        field("list[].name", required="yes", min_length=2),
        field("file", "file", pattern="^@"),
    ),
)
PLACES = st.sampled_from(["mode", "size", "note", "pic", "plain", "box", "list", "file", "other"])
GUESSES: st.SearchStrategy[Any] = (
    st.sampled_from(["a", "b", "", "@f", "http://a.b", 5, -10, None, True, [], {}, ["x"], "5"]) | bodies.JSON
)
INNER = st.fixed_dictionaries({}, optional={"depth": GUESSES, "kind": GUESSES | st.just("x"), "odd": GUESSES})
ITEMS = st.lists(st.fixed_dictionaries({}, optional={"name": GUESSES | st.just("xy")}), max_size=3)


@given(st.dictionaries(PLACES, GUESSES), INNER | GUESSES, ITEMS | GUESSES, st.sampled_from(["keep", "refuse"]))
def test_check_and_the_json_schema_agree_on_every_kind_of_rule(
    body: dict[str, Any], box: object, items: object, fate: str
) -> None:
    fates = {"default": fate}
    body |= {"box": box} if "box" in body else {}
    body |= {"list": items} if "list" in body else {}
    reasons = [
        each.message for each in jsonschema.Draft202012Validator(schema(ODD, Text("", ""), fates)).iter_errors(body)
    ]
    found = [p for p in check(ODD, body, fates) if p.level == "error"]
    assert bool(reasons) == bool(found), (reasons, found)
