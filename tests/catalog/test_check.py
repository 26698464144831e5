from __future__ import annotations

from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.catalog.check import check
from studio.catalog.json_schema import schema
from studio.catalog.limits import Counted, Narrower, Shorter
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


def test_of_an_object_that_is_not_there_its_needed_members_are_missed() -> None:
    name = Text("Name", "名")
    ground = Field("settings", ("object",), name, name, required="yes")
    inside = [
        Field("settings.length", ("integer",), name, name, required="yes"),
        Field("settings.look", ("string",), name, name),
    ]
    assert [p.path for p in check(Form("x.y", (ground, *inside)), {})] == ["settings.length"]
    assert [p.path for p in check(Form("x.y", (ground, inside[1])), {})] == ["settings"]


def test_what_the_page_requires_and_clients_leave_out_is_a_warning() -> None:
    body = {key: GOOD[key] for key in ("callback_url", "prompt", "model")}
    assert told(body) == {("warning", "ratio", "required"), ("warning", "options", "required")}
    assert told(body | {"options": {}}) >= {("warning", "options.seconds", "required")}
    gen2 = told(body | {"model": "gen2", "options": {"motion_vector": {"x": 1}}})
    assert ("warning", "options.motion_vector.y", "required") in gen2
    assert ("warning", "style", "required") in gen2


def test_the_directions_of_the_camera_go_together_in_both_forms() -> None:
    gen2 = {"model": "gen2", "options": {"motion_vector": {"x": 1}}}
    for operation, body in ((TEXT, GOOD | gen2), (IMAGE, IMAGE.example | gen2)):
        missed = {path for level, path, rule in told(body, operation) if (level, rule) == ("warning", "required")}
        assert missed >= {f"options.motion_vector.{axis}" for axis in ("y", "z", "r", "bg_x_pan", "bg_y_pan")}
        assert "options.motion_vector.x" not in missed


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


SCHEMAS = {
    (operation.slug, fate): jsonschema.Draft202012Validator(operation.schema({"default": fate}))
    for operation in (TEXT, IMAGE, FEED)
    for fate in ("keep", "omit", "refuse")
}
IMAGES = st.fixed_dictionaries(
    {},
    optional={
        "image": st.sampled_from(["http://a.b/c.png", "", "c.png", None]),
        "last_image": st.sampled_from(["http://a.b/c.png", "", 5]),
        "prompt": st.sampled_from(["", "x", None]),
        "task_id": bodies.SCALARS,
    },
)


@given(bodies.near_misses() | bodies.accepted(), IMAGES, st.sampled_from(sorted(SCHEMAS)))
def test_check_and_the_json_schema_say_the_same(body: dict[str, Any], more: dict[str, Any], which: Any) -> None:
    slug, fate = which
    body |= more if slug != TEXT.slug else {}
    reasons = [each.message for each in SCHEMAS[which].iter_errors(body)]
    found = [p for p in catalog.get(slug).check(body, {"default": fate}) if p.level == "error"]
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
        field("tall", "integer", multiple_of=8, required_when={"pic": ("!*",), "mode": ("b",)}, nullable=True),
        field("engine", place="path", choices=("e1", "e2"), default="e1"),
        field("turbo", "boolean", applies={"engine": ("e2",)}),
        field("why", required_when={"plain": (True,)}, empty=True),
        field("box", "object"),
        field("box.depth", "number", required="yes", minimum=0),
        field("box.kind", applies={"mode": ("b",)}, required="yes", choices=("x", "y")),
        field("list", "array", max_items=2),
        field("list[].name", required="yes", min_length=2),
        field("file", "file", pattern="^@"),
        field("few", "integer", digits="yes", minimum=1),
        field("shares", "object", minimum=-1, maximum=1),
        field("mixed", "integer", "string", choices=(5, 64)),
        field("full", omit_empty="yes"),
        field("soft", omit_empty="warn"),
    ),
)
NAMES = ("mode", "size", "note", "pic", "plain", "tall", "turbo", "why", "box", "list", "file", "other")
MORE = ("few", "shares", "mixed", "full", "soft")
PLACES = st.sampled_from(NAMES + MORE)
GUESSES: st.SearchStrategy[Any] = (
    st.sampled_from(["a", "b", "", "@f", "http://a.b", 5, -10, 64, None, True, [], {}, ["x"], "5", {"7": 2}, {"7": 1}])
    | bodies.JSON
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


def sentences(body: object, address: dict[str, Any] | None = None) -> list[tuple[str, str, str]]:
    found = check(ODD, body, {}, address)
    return [(p.path, p.rule, str(p.message)) for p in found if p.path in {"tall", "why", "turbo"}]


def test_a_field_can_be_required_only_beside_others() -> None:
    missing = ("tall", "required", "Fill in tall when pic is not set and mode is b.")
    assert sentences({"mode": "b"}) == [missing]
    assert sentences({"mode": "b", "tall": None}) == [missing]
    assert sentences({"mode": "b", "tall": 16}) == []
    assert sentences({"mode": "b", "pic": "http://a.b"}) == []
    assert sentences({}) == []
    assert sentences({"plain": True}) == [("why", "required", "Fill in why when plain is true.")]
    assert sentences({"plain": True, "why": ""}) == []


def test_a_number_can_be_held_to_its_multiples() -> None:
    assert sentences({"tall": 12}) == [("tall", "multiple", "tall must be a multiple of 8.")]
    assert sentences({"tall": catalog.loads("1e400")})[0][1] == "type"


def test_what_stands_in_the_address_is_a_condition_only_where_it_is_known() -> None:
    assert sentences({"turbo": True}) == []
    assert sentences({"turbo": True}, {"engine": "e2"}) == []
    assert [rule for _, rule, _ in sentences({"turbo": True}, {"engine": "e1"})] == ["applies"]


def test_the_values_of_the_address_are_checked_with_the_body_that_is_built() -> None:
    model = catalog.get("gateway.model")
    assert [(p.path, p.rule, p.level) for p in model.body({}).problems] == [("id", "required", "error")]
    assert model.body({"id": "gpt"}).problems == []
    assert [p.rule for p in model.body({"id": 5}).problems] == ["type"]


@pytest.mark.parametrize(
    ("fits", "too_long"), [("x" * 1000, "x" * 1001), ("船" * 111, "船" * 112), ("/" * 333, "/" * 334)]
)
def test_a_value_takes_no_more_of_the_address_than_a_server_takes_in(fits: str, too_long: str) -> None:
    """Counted as it is sent: a Chinese character stands there as nine."""
    model, docmee = catalog.get("gateway.model"), catalog.get("docmee.templates")
    assert model.body({"id": fits}).problems == []
    [problem] = model.body({"id": too_long}).problems
    assert (problem.path, problem.rule, problem.level) == ("id", "length", "error")
    assert "at most 1000 are allowed" in problem.message.en
    assert [p.path for p in docmee.body({"lang": too_long}).problems if p.rule == "length"] == ["lang"]


def test_a_file_of_the_studio_stands_for_what_will_be_sent() -> None:
    words = Text("Picture", "图片")
    field = Field("image", ("string",), words, words, format="url", max_length=20, takes=("image",), sent=("address",))
    form = Form("demo.draw", (field,))
    file = catalog.files.refer("0" * 32)
    assert catalog.files.reference(file) == "0" * 32
    assert check(form, {"image": file}) == []
    assert [problem.rule for problem in check(form, {"image": file + "0"})] == ["url", "length"]
    plain = Form("demo.draw", (replace(field, takes=(), sent=()),))
    assert [problem.rule for problem in check(plain, {"image": file})] == ["url", "length"]


@pytest.mark.parametrize("kind", [3, "3"])
def test_a_shorter_list_holds_for_a_number_and_for_its_text(kind: object) -> None:
    name = Text("Kind", "种类")
    shorter = (Narrower({"wait": (0,)}, (1, 2)),)
    fields = (
        Field("wait", ("integer",), name, name, digits="yes", default=0),
        Field("kind", ("integer",), name, name, digits="yes", choices=(1, 2, 3), narrower=shorter),
    )
    form = Form("demo.one", fields)
    assert [(p.path, p.rule, p.level) for p in check(form, {"kind": kind})] == [("kind", "choice", "warning")]
    assert check(form, {"kind": kind, "wait": "1"}) == check(form, {"kind": "2"}) == []


def small(operation_fields: tuple[Field, ...], body: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p.path, p.rule, p.level) for p in check(Form("demo.one", operation_fields), body)]


def test_a_limit_of_characters_may_hold_beside_some_values_only() -> None:
    fields = (
        field("model", choices=("old", "new"), default="old"),
        field("words", max_length=5, shorter=(Shorter({"model": ("old",)}, 3),)),
    )
    told = [("words", "length", "warning")]
    assert small(fields, {"words": "four"}) == small(fields, {"model": "old", "words": "four"}) == told
    assert small(fields, {"words": "two"}) == small(fields, {"model": "new", "words": "four"}) == []
    assert small(fields, {"words": "longer"}) == [("words", "length", "error")], "once, as what it is"
    [problem] = check(Form("demo.one", fields), {"words": "four"})
    assert str(problem.message).startswith("words is 4 characters long; when model is old, at most 3")


def test_the_items_of_a_list_are_counted_by_what_they_are() -> None:
    says = Text("Two of a.", "两个 a。")
    rules = (
        Counted(says, {"kind": ("a",)}, {"model": ("old",)}, least=2, most=2),
        Counted(Text("None without a name.", "都要有名称。"), {"inner.name": ("!*",)}, {}, most=0),
        Counted(Text("At most three.", "最多三个。"), {}, {}, most=3),
    )
    fields = (field("model"), field("list", "array", counted=rules), field("list[].kind"), field("list[].inner.name"))
    a, b = ({"kind": kind, "inner": {"name": "x"}} for kind in "ab")
    assert small(fields, {"list": [a, a, b]}) == small(fields, {}) == []
    found = check(Form("demo.one", fields), {"model": "old", "list": [a, b, b, b | {"inner": {}}]})
    assert [(p.path, p.rule, p.level) for p in found] == [("list", "count", "warning")] * 3
    assert {str(p.message) for p in found} == {"Two of a.", "None without a name.", "At most three."}
    assert small(fields, {"model": "old", "list": [a, a, a]}) == [("list", "count", "warning")]


def test_a_list_inside_a_list_is_counted_in_each_of_its_places() -> None:
    rules = (Counted(Text("No a.", "没有 a。"), {"kind": ("a",)}, {}, most=0),)
    fields = (field("rows", "array"), field("rows[].cells", "array", "string", counted=rules))
    body = {"rows": [{"cells": [{"kind": "b"}]}, {"cells": "text"}, {"cells": [{"kind": "a"}, "a"]}]}
    assert small(fields, body) == [("rows[2].cells", "count", "warning")]


@pytest.mark.parametrize(
    ("literal", "fine"),
    [("1", True), ("0.25", True), ("0.250", True), ("2e-1", True), ("0.123", False), ("1e-3", False)],
)
def test_digits_behind_the_point_are_counted_as_they_are_meant(literal: str, fine: bool) -> None:
    told = small((field("start", "number", warn_decimals=2),), catalog.loads(f'{{"start": {literal}}}'))
    assert told == ([] if fine else [("start", "decimals", "warning")])


def test_a_number_is_a_choice_as_text_only_where_both_are_taken() -> None:
    both, one = field("id", "integer", "string", choices=(2, 23)), field("id", "integer", choices=(2, 23))
    assert small((both,), {"id": "23"}) == small((both,), {"id": 23}) == []
    assert small((both,), {"id": "24"}) == [("id", "choice", "error")]
    assert small((one,), {"id": "23"}) == [("id", "type", "error")]
