from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.catalog import frames, paths
from tests.catalog import bodies

SEED = """{
  "callback_url": "http://baidu.com",
  "ratio": "16:9",
  "prompt": "一只小猫",
  "style": "cinematic",
  "model": "gen3",
  "options": {
    "seconds": 10,
    "motion_vector": {
      "x": 0,
      "y": 0.3999999999999999,
      "z": 0,
      "r": -6,
      "bg_x_pan": 0,
      "bg_y_pan": 0
    }
  }
}"""
TEXT, IMAGE = catalog.get("runway.generate-text"), catalog.get("runway.generate-image")


def test_the_values_of_the_seeds_example_make_the_seeds_example() -> None:
    axes = {"x": 0, "y": 0.3999999999999999, "z": 0, "r": -6, "bg_x_pan": 0, "bg_y_pan": 0}
    values: dict[str, Any] = {f"options.motion_vector.{axis}": amount for axis, amount in axes.items()}
    values |= {"options.seconds": 10, "model": "gen3", "style": "cinematic", "prompt": "一只小猫"}
    values |= {"ratio": "16:9", "callback_url": "http://baidu.com"}
    assert catalog.dumps(TEXT.body(values).body, indent=2) == SEED
    assert catalog.dumps(TEXT.example, indent=2) == SEED


def test_a_fresh_form_starts_with_what_the_seed_requires() -> None:
    assert TEXT.defaults() == {
        "ratio": "16:9",
        "style": "cinematic",
        "model": "gen3",
        "options.seconds": 10,
        **{f"options.motion_vector.{axis}": 0 for axis in ("x", "y", "z", "r", "bg_x_pan", "bg_y_pan")},
    }
    assert IMAGE.defaults() == {"model": "gen3"}  # no page requires its options, so no member of them begins


@given(bodies.accepted())
def test_every_accepted_body_comes_back_key_by_key_and_digit_by_digit(body: dict[str, Any]) -> None:
    assert not [problem for problem in TEXT.check(body) if problem.level == "error"]
    built = TEXT.body(*TEXT.values(body))
    assert built.body == body
    assert catalog.dumps(built.body) == catalog.dumps(body)


@given(bodies.ANYTHING)
def test_any_object_comes_back_as_it_was(body: object) -> None:
    values, extras = IMAGE.values(body)
    if isinstance(body, dict):
        assert json.dumps(IMAGE.body(values, extras).body) == json.dumps(body)
    else:
        assert (values, extras) == ({}, {})


@given(bodies.accepted())
def test_extras_survive_a_browser(body: dict[str, Any]) -> None:
    values, extras = TEXT.values(body)
    posted = json.loads(json.dumps(catalog.pack(extras)))
    assert catalog.dumps(TEXT.body(values, catalog.unpack(posted)).body) == catalog.dumps(body)


@pytest.mark.parametrize("packed", [None, [], {}, {"extras": "[]", "order": []}, {"extras": "{", "order": []}, "x"])
def test_extras_that_the_studio_did_not_pack_are_turned_away(packed: object) -> None:
    with pytest.raises(ValueError, match="not packed"):
        catalog.unpack(packed)


def test_a_value_that_is_new_stands_behind_the_field_it_follows() -> None:
    body = catalog.loads('{"zz": 1, "prompt": "x", "model": "gen3", "options": {"more": 2, "seconds": 5}}')
    values, extras = TEXT.values(body)
    values |= {"style": "cinematic", "callback_url": "http://a.b", "options.motion_vector.x": 1}
    assert catalog.dumps(TEXT.body(values, extras).body) == (
        '{"callback_url":"http://a.b","zz":1,"prompt":"x","style":"cinematic","model":"gen3",'
        '"options":{"more":2,"seconds":5,"motion_vector":{"x":1}}}'
    )


def test_a_value_that_is_taken_away_leaves_no_trace() -> None:
    values, extras = TEXT.values(TEXT.example)
    for at in [at for at in values if at.startswith("options.motion_vector")]:
        del values[at]
    assert TEXT.body(values, extras).body["options"] == {"seconds": 10}


def test_a_whole_object_is_as_good_as_its_members() -> None:
    built = TEXT.body({"options": {"seconds": 5, "odd": 1}, "options.motion_vector.x": 2})
    assert built.body == {"options": {"seconds": 5, "odd": 1, "motion_vector": {"x": 2}}}


OBJECTS = [
    (operation, field.at)
    for operation in catalog.operations()
    for field in operation.fields
    if field.place == "body"
    and "object" in field.types
    and None not in field.steps
    and len(field.steps) > operation.form.frames
]


def at_path(body: Any, at: str, operation: catalog.Operation) -> Any:
    """What stands at a path of a body; of frames, in the one of this type."""
    members = frames.named(body) if operation.form.frames else body
    for step in paths.parse(at):
        members = members[step or ""]
    return members


@pytest.mark.parametrize(("operation", "at"), OBJECTS, ids=lambda part: part if isinstance(part, str) else part.slug)
@settings(max_examples=5)
@given(data=st.data())
def test_an_object_put_as_a_whole_is_what_is_sent(operation: catalog.Operation, at: str, data: st.DataObject) -> None:
    values, extras = operation.values(data.draw(bodies.of(operation)))
    whole = data.draw(bodies.inside(operation, at))
    built = operation.body(*operation.put(values, extras, {at: whole}))
    assume(all(line.kept for line in built.trace))
    assert catalog.dumps(at_path(built.body, at, operation)) == catalog.dumps(whole)
    gone = operation.body(*operation.take_away(values, extras, at)).body
    with pytest.raises((KeyError, TypeError)):
        at_path(gone, at, operation)


def test_members_given_beside_a_whole_object_stand_in_it_in_either_order() -> None:
    values, extras = TEXT.values(
        {"prompt": "x", "options": {"odd": 1, "seconds": 10, "motion_vector": {"x": 0, "y": 2}}}
    )
    given = {"options.motion_vector": {"x": 5}, "options.seconds": 7, "options": {"seconds": 5, "new": 1}}
    for one in (given, dict(reversed(given.items()))):
        body = TEXT.body(*TEXT.put(values, extras, one)).body
        assert body == {"prompt": "x", "options": {"seconds": 7, "new": 1, "motion_vector": {"x": 5}}}


def test_what_is_put_takes_the_place_of_whatever_stood_above_it() -> None:
    for above in ("fast", None, 5):
        assert TEXT.body(*TEXT.put({"options": above}, {}, {"options.seconds": 5})).body == {"options": {"seconds": 5}}
    whole = {"options": {"odd": 1, "seconds": 10}}
    assert TEXT.body(*TEXT.put(whole, {}, {"options.seconds": 5})).body == {"options": {"odd": 1, "seconds": 5}}
    assert TEXT.body(*TEXT.take_away(whole, {}, "options.seconds")).body == {"options": {"odd": 1}}


def test_the_extras_of_a_caller_are_not_changed() -> None:
    extras = {"options": {"odd": {"deep": 1}}}
    TEXT.body({"options.seconds": 5, "odd": 1}, extras)
    assert extras == {"options": {"odd": {"deep": 1}}}


def test_the_trace_says_of_every_leaf_why_it_is_there() -> None:
    body = TEXT.example | {"secret": {"key": 1}}
    trace = {line.at: line for line in TEXT.body(*TEXT.values(body)).trace}
    assert {at: line.why for at, line in trace.items() if "motion" not in at} == {
        "callback_url": "set",
        "ratio": "default",
        "prompt": "set",
        "style": "rule",
        "model": "default",
        "options.seconds": "default",
        "secret.key": "extra",
    }
    style = trace["style"]
    assert (style.kept, style.fate, style.field) == (True, "keep", TEXT.field("style"))
    assert str(style.note) == "Sent, but only used when Model is gen2."
    assert style.note.zh == "会发送，但仅当模型为 gen2时才起作用。"
    assert trace["options.motion_vector.y"].why == "rule"


@given(bodies.accepted())
def test_no_leaf_is_without_a_trace(body: dict[str, Any]) -> None:
    built = TEXT.body(*TEXT.values(body))
    assert [line.at for line in built.trace if line.kept] == list(leaves(body, ""))


def leaves(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, dict) or (not value and at):
        yield at
        return
    for key, inner in value.items():
        name = json.dumps(key, ensure_ascii=False) if not key or set(key) & set('.[]"') else key
        yield from leaves(inner, f"{at}.{name}" if at else name)


def test_the_fate_omit_parks_the_value_and_says_so() -> None:
    values, extras = TEXT.values(TEXT.example)
    built = TEXT.body(values, extras, {"default": "omit"})
    assert "style" not in built.body
    assert built.body["options"] == {"seconds": 10}
    parked = {line.at: line for line in built.trace if not line.kept}
    assert len(parked) == 7
    assert (parked["style"].why, parked["style"].fate) == ("rule", "omit")
    assert str(parked["style"].note) == "Left out: only used when Model is gen2."


def test_one_fields_fate_outranks_the_connections() -> None:
    fates = {"default": "omit", "runway.generate-text:options.motion_vector": "keep"}
    built = TEXT.body(*TEXT.values(TEXT.example), fates)
    assert "motion_vector" in built.body["options"]
    assert "style" not in built.body


def test_the_fate_refuse_keeps_the_value_and_is_an_error() -> None:
    built = TEXT.body(*TEXT.values(TEXT.example), {"runway.generate-text:style": "refuse"})
    assert built.body == TEXT.example
    assert [(p.path, p.rule) for p in built.problems if p.level == "error"] == [("style", "applies")]


PATHS = st.sampled_from([field.at for field in TEXT.fields])
FATES = st.sampled_from(["keep", "omit", "refuse", "nonsense"])


@given(st.dictionaries(st.text() | PATHS, bodies.ANYTHING, max_size=5), bodies.ANYTHING, FATES)
def test_no_values_and_no_extras_make_it_stumble(values: dict[str, Any], extras: object, fate: str) -> None:
    TEXT.body(values, extras if isinstance(extras, dict) else {}, {"default": fate})


def test_a_body_of_ten_thousand_levels_does_no_harm() -> None:
    deep: Any = {}
    for _ in range(10_000):
        deep = {"options": deep, "odd": [1]}
    values, extras = TEXT.values(deep)
    assert TEXT.body(values, extras).problems[0].rule == "json"


def test_the_examples_of_the_catalog_stay_readable() -> None:
    folder = Path(catalog.__file__).parent / "systems"
    assert SEED in (folder / "runway.toml").read_text()
