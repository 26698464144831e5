from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.catalog import exact
from tests.catalog import bodies


@pytest.mark.parametrize(
    "text",
    [
        '{"y":0.3999999999999999,"r":-6,"x":0,"f":1.0,"e":1e2,"E":1E-7,"big":123456789012345678901234567890,"n":-0}',
        '{"提示":"一只小猫","b":[],"a":{},"c":[1,[2.50,{"d":null}],true,false]}',
        '"\\"\\\\\\n\U0001f600"',
        "1e400",
    ],
)
def test_a_text_comes_back_as_it_was_written(text: str) -> None:
    assert catalog.dumps(catalog.loads(text)) == text


@given(bodies.JSON)
def test_any_json_survives_the_way_there_and_back(value: object) -> None:
    text = catalog.dumps(value)
    assert catalog.dumps(catalog.loads(text)) == text
    assert catalog.dumps(catalog.loads(catalog.dumps(value, indent=2))) == text
    assert catalog.loads(text) == value


def test_indented_json_is_the_familiar_shape() -> None:
    value = {"a": [1, {}], "b": []}
    assert catalog.dumps(value, indent=2) == json.dumps(value, indent=2)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "nothing here"),
        ('{"a": 1,\n "a": 2}', 2, 2, "second time"),
        ('{"a": NaN}', 1, 7, "no JSON number"),
        ('{"a": -Infinity}', 1, 7, "no JSON number"),
        ('{"a" 1}', 1, 6, "colon"),
        ('{"a": 1 "b"}', 1, 9, "comma or }"),
        ("[1\n 2]", 2, 2, "comma or ]"),
        ("{a: 1}", 1, 2, "double quotes"),
        ('{"a": 1,}', 1, 9, "double quotes"),
        ('{"a": tru}', 1, 7, "value is expected"),
        ("[01]", 1, 3, "comma or ]"),
        ("{} x", 1, 4, "after the end"),
        ('["a\nb"]', 1, 4, "not closed"),
        ('["abc', 1, 2, "not closed"),
        ('["\\ud800"]', 1, 2, "half a character"),
        ('["\\u0000"]', 1, 2, "NUL"),
        ("[" * 201 + "]" * 201, 1, 201, "deeper"),
        ("9" * 1001, 1, 1, "digits"),
        ("-", 1, 1, "value is expected"),
        ("-true", 1, 1, "value is expected"),
    ],
)
def test_what_is_no_json_is_named_with_line_and_column(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(catalog.JSONProblem) as caught:
        catalog.loads(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value.message)
    assert caught.value.message.zh


@given(st.text())
def test_no_text_at_all_raises_anything_else(text: str) -> None:
    try:
        catalog.loads(text)
    except catalog.JSONProblem:
        return


MARKS = ["{", "}", "[", "]", ",", ":", " ", "\ufeff", "\xa0", "\f"]
TEXTS = ['"a"', '"b"', '"船"', '"\\u0041"', '"\\ud800"', '"\ud800"', '"\\u0000"', '"\0"', '"\t"']
SCALARS = ["0", "-0", "01", "1.50", "1e400", "-", "+1", "9" * 1001, "NaN", "-Infinity", "true", "null"]
PIECES = st.lists(st.sampled_from([*MARKS, *TEXTS, *SCALARS]), max_size=12).map("".join)


@pytest.mark.parametrize("inside", ["", "1", '"a"'])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
def test_scalars_are_no_level(begin: str, inside: str, end: str) -> None:
    def nested(levels: int) -> str:
        return begin * (levels - 1) + f"[{inside}]" + end * (levels - 1)

    for levels in (exact.DEEPEST - 1, exact.DEEPEST):
        assert catalog.dumps(catalog.loads(nested(levels))) == nested(levels)
        assert exact._read(nested(levels), exact.DEEPEST) == exact._plain(nested(levels), exact.DEEPEST)
    for beside in ("", '"[[{{"'):  # what stands in a text beside it is no level either
        with pytest.raises(catalog.JSONProblem, match="deeper"):
            catalog.loads(f"[{nested(exact.DEEPEST)}{',' * bool(beside)}{beside}]")
        assert catalog.loads(f"[{nested(exact.DEEPEST - 1)}{',' * bool(beside)}{beside}]")


@given(st.one_of(PIECES, bodies.JSON.map(catalog.dumps)))
def test_what_the_quick_way_reads_the_careful_one_reads_too(text: str) -> None:
    try:
        quick = exact._plain(text, exact.DEEPEST)
    except ValueError:
        return  # the careful one decides
    careful = exact._read(text, exact.DEEPEST)
    assert quick == careful
    assert catalog.dumps(quick) == catalog.dumps(careful)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, object(), b"x"])
def test_what_json_cannot_say_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|key"):
        catalog.dumps([value])


def test_a_number_keeps_its_literal_when_copied() -> None:
    number = catalog.loads("1e2")
    assert isinstance(number, catalog.Number)
    assert [pickle.loads(pickle.dumps(number)).literal, copy.deepcopy(number).literal] == ["1e2", "1e2"]
    assert float(number) == 100.0
