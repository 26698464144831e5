"""What holds of every text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.library.patterns import (
    Choices,
    PatternProblem,
    count,
    draw,
    escape,
    expand,
    nth,
    parse,
    redraw,
    sample,
)

LISTS = {"w": ("one", "two", "{x|y}"), "a_b": ("1",)}
SIGNS = [
    "{",
    "}",
    "|",
    "_",
    "__",
    "\\",
    "::",
    "2::",
    "{{",
    "}}",
    "a",
    "w",
    "__w__",
    "{a|b}",
    "{{v|d}}",
    " ",
    "猫",
    "\n",
]
texts = st.one_of(st.lists(st.sampled_from(SIGNS), max_size=14).map("".join), st.text(max_size=30))
leaves = st.sampled_from(["", "a", " b", "猫", "__w__", "{{v|d}}", "__a_b__", "\\{", "{c}"])
patterns = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda each: "{" + "|".join(each) + "}"),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        inner.map("{3::z|".__add__).map(lambda text: text + "}"),
    ),
    max_leaves=7,
)


@given(texts)
def test_an_escaped_text_draws_itself(text: str) -> None:
    assert [each.text for each in expand(parse(escape(text)))] == [text]
    assert [each.text for each in expand(parse(escape(text), LISTS | {"a": ("z",), "猫": ("z",)}))] == [text]


@given(texts)
def test_a_text_without_signs_is_itself(text: str) -> None:
    if not {"{", "}"} & set(text) and "__" not in text:
        assert nth(parse(text, LISTS), 0).text == text


@given(texts)
def test_a_mistake_stands_within_the_text(text: str) -> None:
    try:
        parse(text, LISTS)
        return
    except PatternProblem as problem:
        line, column = problem.line, problem.column
    lines = text.split("\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1])


@given(patterns)
def test_what_is_counted_is_what_is_made(text: str) -> None:
    tree = parse(text, LISTS)
    if count(tree) < 3000:
        made = list(expand(tree))
        assert len(made) == count(tree)
        assert len({each.choices.picks for each in made}) == len(made)


@given(patterns, st.integers(), st.integers(1, 8))
def test_what_is_drawn_at_random_is_among_all_and_can_be_drawn_again(text: str, seed: int, n: int) -> None:
    tree = parse(text, LISTS)
    drawn = sample(tree, n, seed)
    assert len(drawn) == len({each.choices.picks for each in drawn}) == min(n, count(tree))
    assert drawn == sample(parse(text, LISTS), n, seed)
    if count(tree) < 3000:
        assert set(drawn_texts(drawn)) <= {each.text for each in expand(tree)}
    for each in drawn:
        assert draw(tree, each.choices) == each.text
        assert draw(tree, Choices.from_json(each.choices.as_json())) == each.text
        assert redraw(text, each.choices.as_json()) == each.text


def drawn_texts(drawn: list) -> list[str]:  # type: ignore[type-arg]
    return [each.text for each in drawn]
