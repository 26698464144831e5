"""Operations of one path: a body is told apart the same way by the studio and by the JSON Schema that it hands out."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from studio.catalog import apart

IS, IS_NOT = ("3",), ("!3",)
WORDS = ("a-*", "b")


@pytest.mark.parametrize(
    ("mark", "body", "fits"),
    [
        (IS, {"mode": 3}, True),
        (IS, {"mode": 3.0}, True),
        (IS, {"mode": "3"}, True),
        (IS, {"mode": 30}, False),
        (IS, {"mode": True}, False),
        (IS, {}, False),
        (IS_NOT, {"mode": 3}, False),
        (IS_NOT, {"mode": "3"}, False),
        (IS_NOT, {"mode": 1}, True),
        (IS_NOT, {"mode": None}, True),
        (IS_NOT, {}, True),
        (("0",), {"mode": False}, False),
        (("true",), {"mode": True}, True),
        (("true",), {"mode": "true"}, True),
        (("true",), {"mode": False}, False),
        (("true",), {"mode": 1}, False),
        (("!true",), {"mode": True}, False),
        (("!true",), {"mode": False}, True),
        (("!true",), {}, True),
        (WORDS, {"mode": "a-one"}, True),
        (WORDS, {"mode": "b"}, True),
        (WORDS, {"mode": "bb"}, False),
        (True, {"mode": None}, True),
        (False, {"mode": None}, False),
    ],
)
def test_a_mark_and_its_schema_say_the_same(mark: apart.Mark, body: dict[str, Any], *, fits: bool) -> None:
    assert apart.fits({"mode": mark}, body) == fits
    assert Draft202012Validator(apart.schema("mode", mark)).is_valid(body) == fits


def test_a_number_and_no_such_number_exclude_each_other() -> None:
    assert apart.exclude({"mode": IS}, {"mode": IS_NOT})
    assert not apart.exclude({"mode": IS}, {"mode": ("!4",)})


@pytest.mark.parametrize(
    ("one", "two", "excluded"),
    [
        (True, False, True),
        (True, True, False),
        (True, ("a",), False),
        (("a-*",), ("!a-*",), True),
        (("a", "b"), ("!a", "!b", "!c"), True),
        (("a", "b"), ("!a",), False),
        (("!a",), ("!b",), False),
        (("a", "b"), ("c", "d"), True),
        (("a", "b"), ("b", "c"), False),
        (("a-*",), ("b-*",), True),
        (("a-*",), ("a-b-*",), False),
        (("a-*",), ("a-b",), False),
        (("a-b-*",), ("a-b",), True),
        (("a-*",), ("a",), True),
    ],
)
def test_two_marks_that_no_value_fits_exclude_each_other(one: apart.Mark, two: apart.Mark, *, excluded: bool) -> None:
    assert apart.exclude({"model": one}, {"model": two}) is excluded
    assert apart.exclude({"model": two}, {"model": one}) is excluded
    bodies = [{}, *({"model": model} for model in ("a", "b", "c", "d", "a-", "a-b", "a-b-c", "b-c", "x"))]
    if excluded:
        assert not [body for body in bodies if apart.fits({"model": one}, body) and apart.fits({"model": two}, body)]


def test_marks_of_different_keys_exclude_nothing() -> None:
    assert not apart.exclude({"model": True}, {"size": False})
