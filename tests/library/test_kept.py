"""What a preset holds fast stays, whichever way something else is put in its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import catalog
from studio.library.differences import between
from studio.library.kept import FIXED, FREE, Kept

TEXT = catalog.get("runway.generate-text")
VALUES = {"prompt": "a boat", "model": "gen2", "options.seconds": 5, "options.motion_vector.x": 3}
FAST = ["model", "options.seconds", "style", "options.motion_vector.x"]
HELD = Kept(VALUES, holds=dict.fromkeys(FAST, FIXED))
PLACES = [*FAST, "options", "options.motion_vector", "model.name", "options.motion_vector.x.y", "prompt"]


def body_of(held: Kept, values: dict[str, Any], extras: dict[str, Any], fates: dict[str, str]) -> dict[str, Any]:
    own, others, told = held.enforce(values, extras, fates)
    body: dict[str, Any] = TEXT.body(own, others, {f"{TEXT.slug}:{at}": fate for at, fate in told.items()}).body
    return body


INNER = st.recursive(
    st.sampled_from([0, "gen9", True, None]),
    lambda each: st.dictionaries(
        st.sampled_from(["seconds", "motion_vector", "x", "model", "style"]), each, max_size=3
    ),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(PLACES), INNER, max_size=5),
    st.dictionaries(st.sampled_from(["model", "options", "style", "new"]), INNER, max_size=4),
    st.dictionaries(st.sampled_from(FAST), st.sampled_from(["keep", "omit"]), max_size=3),
)
def test_fixed_fields_are_in_the_body_as_they_are_kept(
    values: dict[str, Any], extras: dict[str, Any], fates: dict[str, str]
) -> None:
    body = body_of(HELD, values, extras, fates)
    assert body["model"] == "gen2"
    assert "style" not in body
    assert body["options"]["seconds"] == 5
    assert body["options"]["motion_vector"]["x"] == 3


@pytest.mark.parametrize(("kept", "given"), [("10", "10.0"), ("1", "true"), ("[0]", "[false]"), ("1e1", "10")])
def test_a_number_written_otherwise_is_not_what_is_fixed(kept: str, given: str) -> None:
    held = Kept({"options.seconds": catalog.loads(kept)}, holds={"options.seconds": FIXED})
    assert held.overruled({"options.seconds": catalog.loads(given)}, {}) == ["options.seconds"]
    assert held.overruled({"options.seconds": catalog.loads(kept)}, {}) == []


def test_what_is_not_fixed_is_as_it_was_typed() -> None:
    values, extras, fates = HELD.enforce({"prompt": "mine", "ratio": "1:1"}, {"seed": 7}, {"ratio": "omit"})
    assert (values["prompt"], values["ratio"], extras, fates) == ("mine", "1:1", {"seed": 7}, {"ratio": "omit"})


def test_a_free_field_starts_as_in_a_fresh_form() -> None:
    held = Kept({"prompt": "a boat", "model": "gen2"}, holds={"model": FREE, "prompt": FREE})
    start = held.start(TEXT)
    assert start["model"] == TEXT.start()["model"]
    assert start.get("prompt") == TEXT.start().get("prompt")


@pytest.mark.parametrize("hold", ["suggested", "free", "fixed"])
def test_every_number_is_kept_as_it_was_written(hold: str) -> None:
    text = '{"options.motion_vector.y":0.3999999999999999,"seed":12345678901234567890}'
    assert catalog.dumps(dict(Kept(catalog.loads(text), holds={"model": hold}).values)) == text


def test_one_more_frame_does_not_undo_what_is_fixed() -> None:
    operation = catalog.get("openai.realtime")
    voice, text = '"session.update".session.voice', '[{"type":"session.update","session":{"voice":"ash","x":1}},%s]'
    more = '{"type":"session.update","session":{"voice":"verse"}},{"type":"no.such"},{"type":"response.create"}'
    values, extras = operation.values(catalog.loads(text % more))
    held = Kept({voice: "sage"}, holds={voice: FIXED})
    own, others, _ = held.enforce(values, extras, {}, of_frames=True)
    assert catalog.dumps(operation.body(own, others).body) == (
        '[{"type":"session.update","session":{"voice":"sage","x":1}},{"type":"no.such"},{"type":"response.create"}]'
    )
    forged = {"any name": {"type": "session.update", "session": {"voice": "verse"}}}
    assert held.enforce({}, forged, {}, of_frames=True)[1] == {}


def test_two_lists_of_frames_differ_by_what_stands_in_each() -> None:
    one = '[{"type":"session.update","session":{"voice":"ash"}},{"type":"response.create"}]'
    other = (
        '[{"type":"session.update","session":{"voice":"sage"}},{"type":"session.update"},{"type":"response.create"}]'
    )
    changed = [(each.at, each.before, each.after) for each in between("openai.realtime", one, other)]
    assert changed == [
        ('"session.update".session.voice', "ash", "sage"),
        ('"session.update #2".type', None, "session.update"),
    ]
