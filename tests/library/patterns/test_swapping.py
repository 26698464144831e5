"""What draws a text after something was searched in it and replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.library.patterns import Choices, Line, Pattern, again, count, draw, joined, nth, parse, swap, swapped
from studio.library.patterns.swapping import in_pattern
from studio.library.patterns.tree import SEAM
from tests.hurry import in_time
from tests.library.patterns.test_properties import LISTS, patterns, texts

SKY = {"sky": ("fog", "clear")}


@pytest.mark.parametrize(
    ("text", "values", "picks", "swaps", "draws"),
    [
        ("a {red|blue} fog", {}, (1,), [("fog", "rain")], "a {red|blue} rain"),
        ("a {red|blue} fog", {}, (1,), [("red", "grey")], "a {grey|blue} fog"),
        ("a {red|blue} fog", {}, (1,), [("fog", "{x|y}")], r"a {red|blue} \{x|y\}"),
        ("a {red|blue} fog", {}, (0,), [("fog", "rain"), ("rain", "snow")], "a {red|blue} snow"),
        ("{{fog|mist}} in {a|b} fog", {"fog": "fog"}, (0,), [("fog", "rain")], "{{fog|mist}} in {a|b} rain"),
        ("a {red|blue} __sky__", {}, (0, Line("sky", "fog")), [("fog", "rain")], "a {red|blue} __sky__"),
        ("a {red|blue} fog", {}, (0,), [("red fog", "x")], "a x"),
        ("a {red|blue} fog", {}, (0,), [("red", "|")], "a | fog"),
        ("a {red|blue} fog", {}, (0,), [("fog", "}")], "a {red|blue} }"),
    ],
)
def test_the_pattern_that_draws_what_came_out(
    text: str, values: dict[str, str], picks: tuple[int | Line, ...], swaps: list[tuple[str, str]], draws: str
) -> None:
    choices = Choices(values, picks)
    drawn = draw(parse(text, SKY), choices)
    found = swapped([Pattern(text)], choices, [drawn], swaps)
    assert found.texts == [draws]
    assert draw(*again(found.texts, found.choices.as_json())) == swap(drawn, swaps)


@given(data=st.data(), written=st.lists(st.tuples(patterns, st.booleans()), min_size=1, max_size=2))
def test_whatever_is_replaced_by_whatever_is_drawn_again(data: st.DataObject, written: list[tuple[str, bool]]) -> None:
    tree = joined([parse(text, LISTS) for text, _searched in written])
    drawn = nth(tree, data.draw(st.integers(0, count(tree) - 1)), {"v": "a b"})
    swaps = data.draw(st.lists(st.tuples(texts.filter(bool), texts), min_size=1, max_size=2))
    found = swapped([Pattern(*each) for each in written], drawn.choices, drawn.texts, swaps)
    came = [swap(text, swaps) if each[1] else text for text, each in zip(drawn.texts, written, strict=True)]
    again_drawn = draw(*again(found.texts, found.choices.as_json()))
    assert again_drawn == SEAM.join(came)


def test_braces_that_are_no_variable_are_text_and_are_read_in_time() -> None:
    assert in_pattern("{{a}} {{a} {{{a}}}", [("a", "b")]) == "{{a}} {{b} {{{a}}}"
    assert in_time(lambda: in_pattern("{{" * 150_000, [("a", "b")])) == "{{" * 150_000
