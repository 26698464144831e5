"""What people and gateways write is read in a time that grows with its length, not with its square."""

from __future__ import annotations

import re

import pytest

from studio import catalog
from studio.assets import facts
from studio.catalog import convert, payload, secret
from studio.catalog.failures import Explanation, Failure, explain
from studio.catalog.text import Text
from studio.composer.controls import meant
from studio.tasks.onward import kind_of
from tests.hurry import in_time

MANY = 100_000
FIELDS = {f"{op.slug} {field.at}": field for op in catalog.operations() for field in op.fields if field.pasted}
SPLITS = [each.split for op in catalog.operations() for each in op.follow_ups if each.split]


def test_progress_is_read_in_time() -> None:
    assert in_time(lambda: payload.percent("1" + " " * MANY + "x", fraction=False)) is None
    assert payload.percent(" 35 % ", fraction=False) == 35


def test_lengths_of_time_are_read_in_time() -> None:
    assert in_time(lambda: convert._TIME.fullmatch("1" + " " * MANY + "x")) is None
    assert in_time(lambda: facts.SECONDS.fullmatch("1" + " " * MANY + "x")) is None


def test_keys_are_looked_for_in_time() -> None:
    assert not in_time(lambda: secret.holds_secret("eyJ" * MANY))
    for text in ("token=xeyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl", "a eyJhbGciOiJIUzI1.abcdefghijk.x"):
        assert secret.holds_secret(text)
    assert not secret.holds_secret("eyJ.abcdefghijk.x and eyJhbGciOiJIUzI1 alone")


@pytest.mark.parametrize(
    ("error", "known"),
    [("1001", True), ("no · 1001 ", True), ("no\n \n 1001\n", True), ("at most 1001", False), ("1001 · no", False)],
)
def test_a_number_explains_where_it_stands_alone(error: str, known: bool) -> None:
    failure = Failure("x", ("1001",), frozenset(), Explanation(Text("a", "a"), Text("b", "b"), "no"))
    assert (explain([failure], error, None, "") is not None) is known
    assert explain([failure], "no", None, "1001") is not None
    assert in_time(lambda: explain([failure], "a" + "\n" * MANY + "b", None, "")) is None


def test_the_end_of_a_label_is_read_in_time() -> None:
    label = "1" * MANY + "a" * MANY + "2b"
    assert in_time(lambda: kind_of({"label": {"en": label}}))[1] == 2
    assert kind_of({"label": {"en": "Upscale 2 of 10 times"}}) == (("", "Upscale 2 of # times"), 10)
    assert kind_of({"label": {"en": "12"}}) == (("", "#"), 12)
    assert kind_of({"label": {"en": "none"}}) == (("", "none"), 0)


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_pasted_into_a_field_is_read_in_time(name: str) -> None:
    long = "https://chatgpt.com/g/g-" + "a" * MANY + " x"
    assert in_time(lambda: meant(FIELDS[name], long)) == long


@pytest.mark.parametrize("split", SPLITS, ids=lambda each: str(each.pattern))
def test_a_text_is_split_in_time(split: re.Pattern[str]) -> None:
    assert in_time(lambda: split.split(" " * MANY)) == [" " * MANY]
