"""What a person writes, and what is drawn from it."""

from __future__ import annotations

import ast
import contextlib
import json
import time
from pathlib import Path

import pytest

from studio.library import patterns
from studio.library.patterns import (
    DEPTH,
    Choices,
    NotDrawable,
    PatternProblem,
    Told,
    Variable,
    again,
    count,
    draw,
    escape,
    expand,
    joined,
    missing,
    nth,
    parse,
    redraw,
    sample,
    told,
)
from tests.hurry import in_time

FROM_SEED_42 = ["a 3 teal", "a 4 红色", "c 3 teal", "a 4 rust", "c 2 teal", "a 2 红色"]
LISTS = {"colour": ("teal", "rust", "红色"), "hair-style_2": ("bob",)}


def texts(text: str, **values: str) -> list[str]:
    return [each.text for each in expand(parse(text, LISTS), values)]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {red|green} car", ["a red car", "a green car"]),
        ("{a|b}{1|2}", ["a1", "a2", "b1", "b2"]),
        ("{a|{b|c} d|}", ["a", "b d", "c d", ""]),
        ("{2::a|0.5::b}", ["a", "b"]),
        ("{2::|b}", ["", "b"]),
        ("__colour__ sky", ["teal sky", "rust sky", "红色 sky"]),
        ("{__colour__|grey} __hair-style_2__", ["teal bob", "rust bob", "红色 bob", "grey bob"]),
        ("{{animal|cat}}s", ["cats"]),
        ("{{ animal | a cat | Which one? }} and {{animal}}", ["a cat and a cat"]),
        ("{{a|b}|{c|d}}", ["a", "b", "c", "d"]),
        ("{x|{{a|b}}}", ["x", "b"]),
        ("{{{a|b}}|c}", ["b", "c"]),
        ("{猫|🐈‍⬛}跑", ["猫跑", "🐈‍⬛跑"]),
        ("{a\n|b}", ["a\n", "b"]),
        (r"\{a|b\}", ["{a|b}"]),
        (r"{a\|b|c}", ["a|b", "c"]),
        (r"{a\}|c}", ["a}", "c"]),
        (r"\\{a|b}", [r"\a", r"\b"]),
        (r"\\\{a|b}", [r"\{a|b}"]),
        (r"\__colour__", ["__colour__"]),
        (r"\____colour__", ["____colour__"]),
        ("___colour__", ["_teal", "_rust", "_红色"]),
        (r"{a|b} \|x\| \{y\}", [r"a \|x\| {y}", r"b \|x\| {y}"]),
        ('{"a": 1} {x|y}', ['{"a": 1} x', '{"a": 1} y']),
        ("{ {x|y} }", ["{ x }", "{ y }"]),
    ],
)
def test_what_is_drawn(text: str, made: list[str]) -> None:
    assert texts(text) == made
    assert count(parse(text, LISTS)) == len(made)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a plain text",
        '{"prompt": "a cat", "options": {"seed": 7}}',
        r"\frac{a}{b} \left\{ x_1 \right\} \\ \{x\} |y|",
        "def __init__(self): return {} or {1: 2}",
        "lone } and { and } | {",
        "{" * 5000 + "}" * 5000,
        "\\" * 5000,
        "{{1 + 1}} {{ user.name }} ${{ a b }} {% if x %}",
        "🐈‍⬛ 一只猫\r\n\t\x00",
        "C:\\temp\\{folder}",
        r"\{x\} __init__",
    ],
)
def test_a_text_without_a_pattern_is_itself(text: str) -> None:
    tree = parse(text)
    assert not tree.is_pattern
    assert nth(tree, 0).text == text
    assert count(tree) == 1


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a {red|green car", 1, 3, "never closed"),
        ("one\ntwo {a|{b|c}", 2, 5, "never closed"),
        ("{a|\n 0::b}", 2, 2, "greater than 0"),
        ("__none__", 1, 1, "empty"),
        ("{a|" * (DEPTH + 1) + "}" * (DEPTH + 1), 1, 3 * DEPTH + 1, "nested more than 40"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(PatternProblem) as caught:
        parse(text, {"none": ()})
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value)
    assert caught.value.message.zh


def test_a_variable_says_its_default_and_help_once() -> None:
    tree = parse("{{a}} {{b|x}} {{a|one|Which?}} {{a|two|No}}")
    assert [(each.name, each.default, each.help) for each in tree.variables] == [("a", "one", "Which?"), ("b", "x", "")]
    assert texts("{{a}} {{a|one}}", a="{x|y}") == ["{x|y} {x|y}"]  # a value is never read again


def test_a_variable_without_a_value_is_asked_for() -> None:
    tree = parse("{{a}} {{b|x}} {{c}}")
    assert missing(tree, {"c": ""}) == ["a"]
    with pytest.raises(NotDrawable, match=r"\{\{a\}\}"):
        expand(tree, {"c": ""})


def test_unknown_lists_are_named_and_left_as_they_are() -> None:
    tree = parse("__color__ __colour__", LISTS)
    assert tree.unknown == ("color",)
    assert tree.lists == ("colour",)
    assert nth(tree, 1).text == "__color__ rust"


def test_each_result_can_be_drawn_again_even_when_its_list_is_gone() -> None:
    text = "{{who|a cat}} in {a __colour__ {hat|coat}|nothing}"
    for each in expand(parse(text, LISTS)):
        kept = json.loads(json.dumps(each.choices.as_json()))
        assert Choices.from_json(kept) == each.choices
        assert redraw(text, kept) == each.text


def test_what_was_chosen_is_told_in_words() -> None:
    tree = parse("{{who|a cat}} in {a __colour__ {hat|coat}|nothing}", LISTS)
    assert told(tree, nth(tree, 3).choices) == [
        Told("variable", "who", "a cat"),
        Told("choice", "{a __colour__ {hat|coat}|nothing}", "a rust coat"),
        Told("list", "colour", "rust"),
        Told("choice", "{hat|coat}", "coat"),
    ]


@pytest.mark.parametrize("picks", [(), (0,), (0, 0, 0), (7, 0), (-1, 0), (("colour", "teal"), 0)])
def test_choices_of_another_text_are_refused(picks: tuple[int, ...]) -> None:
    with pytest.raises(NotDrawable):
        draw(parse("{a|b} {c|d}"), Choices({}, picks))


def test_the_same_seed_draws_the_same_everywhere() -> None:
    tree = parse("{3::a|b|c} {1|2|3|4} __colour__", LISTS)
    assert [each.text for each in sample(tree, 6, seed=42)] == FROM_SEED_42
    assert sample(tree, 3, seed=42) == sample(tree, 6, seed=42)[:3]
    assert sample(tree, 6, seed=43) != sample(tree, 6, seed=42)


def test_weights_are_heeded_and_nothing_comes_twice() -> None:
    heavy = parse("{9::a|b}{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}{1|2|3|4|5|6|7|8|9|0}")
    drawn = [each.text for each in sample(heavy, 500, seed=1)]
    assert len(set(drawn)) == 500
    assert 400 < sum(text.startswith("a") for text in drawn) < 470  # 450 expected, a little less as those get rarer
    assert {each.text for each in sample(parse("{999999::a|b|c}"), 10, seed=1)} == {"a", "b", "c"}


@pytest.mark.parametrize(
    "text",
    [
        "{a|b}" * 7_000,
        "{" * 30_000,
        "}" * 30_000,
        "{a|" * 10_000,
        "{{a" * 10_000,
        "{{a|" * 10_000,
        "{{" + " " * 30_000,
        "__" * 15_000,
        "__a" * 10_000,
        "_" * 30_001,
        "__" + "a_" * 15_000,
        "\\" * 30_000,
        "\\" * 30_000 + "{a|b}",
        "{" + "|" * 30_000 + "}",
        "{" * 15_000 + "a|b" + "}" * 15_000,
        "{1::" * 10_000,
        "猫" * 30_000,
    ],
)
def test_a_long_text_takes_as_long_as_it_is(text: str) -> None:
    began = time.thread_time()
    with contextlib.suppress(PatternProblem):
        parse(text, LISTS)
    escape(text)
    assert time.thread_time() - began < 3  # 30,000 characters take some 0.3 s at most; whatever is quadratic, minutes


def test_a_million_combinations_are_counted_and_shown_without_being_made() -> None:
    tree = parse("{0|1|2|3|4|5|6|7|8|9}" * 6)
    assert count(tree) == 1_000_000
    assert next(expand(tree)).text == "000000"
    assert nth(tree, 123_456).text == "123456"
    huge = parse("{a|b}" * 2000)
    assert count(huge) == 2**2000
    assert nth(huge, 2**2000 - 1).text == "b" * 2000
    assert len({each.text for each in sample(huge, 20, seed=5)}) == 20
    with pytest.raises(IndexError):
        nth(tree, 1_000_000)


def test_the_engine_knows_no_django() -> None:
    for path in Path(patterns.__file__).parent.glob("*.py"):
        names = [
            node.module or "" for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
        ]
        assert not [name for name in names if name.startswith("django")], path


def test_texts_that_are_joined_share_variables_and_are_drawn_as_one() -> None:
    one, other = parse("{a|b} {{animal}}"), parse("{{animal|cat}} {x|{y|z}}, __lens__", {"lens": ("24 mm",)})
    both = joined([one, other])
    assert count(both) == 6
    assert both.variables == (Variable("animal", "cat"),)
    drawn = nth(both, 5, {"animal": "fox"})
    assert drawn.texts == ["b fox", "fox z, 24 mm"]
    assert [(each.name, each.text) for each in told(both, drawn.choices)] == [
        ("animal", "fox"),
        ("{a|b}", "b"),
        ("{x|{y|z}}", "z"),
        ("{y|z}", "z"),
        ("lens", "24 mm"),
    ]
    assert draw(*again([one.text, other.text], drawn.choices.as_json())) == drawn.text
    assert joined([one]) is one
    assert joined([]).is_pattern is False


def test_backslashes_before_nothing_are_read_in_time() -> None:
    """A regular expression keeps the whole process waiting, with everybody in it."""
    text = "\\" * 300_000 + "x \\{a"
    assert not in_time(lambda: patterns.parse(text)).changes


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("{{place=sea}}, calm", ("{{place=sea}}",)),
        ("a {{animal} and {{animal|a cat}}", ("{{animal}",)),
        ("{{a|b|c|d}}", ("{{a|b|c|d}}",)),
        ("{{red|green} light|dark}", ()),
        ('{"a": {"b": 1}} {{{x}}} \\{{y}} {{y}}', ()),
    ],
)
def test_what_double_braces_hold_beside_a_variable_is_named(text: str, odd: tuple[str, ...]) -> None:
    assert parse(text).odd == odd
