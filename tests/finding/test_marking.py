"""Which part of a text is shown, and what in it is marked."""

from __future__ import annotations

import pytest

from studio.finding.marking import marked
from studio.search.words import terms


def told(text: str, question: str, shown: int = 60) -> str:
    return "".join(f"[{piece.text}]" if piece.meant else piece.text for piece in marked(text, terms(question), shown))


@pytest.mark.parametrize(
    ("text", "question", "words"),
    [
        ("A Boat and a boathouse", "boat", "A [Boat] and a [boat]house"),
        ("A Boat and a boathouse", "boathouse boat", "A [Boat] and a [boathouse]"),
        ("steamboat", "boat", "steamboat"),
        ("湖面上的纸船，船", "纸船", "湖面上的[纸船]，船"),
        ("纸船纸船", "船", "纸[船]纸[船]"),
        ("ＢＯＡＴ ﬁne İstanbul boat", "boat fi", "[ＢＯＡＴ] [ﬁ]ne İstanbul [boat]"),
        ("a.b (c) [d]", "b d", "a.[b] (c) [[d]]"),
        ("small🦊🦊 fox", "🦊", "small[🦊][🦊] fox"),
        ("two\n\n lines", "lines", "two [lines]"),
        ("nothing of it", "boat", "nothing of it"),
        ("", "boat", ""),
    ],
)
def test_what_was_asked_for_is_marked_where_it_stands(text: str, question: str, words: str) -> None:
    assert told(text, question) == words


def test_a_place_far_inside_is_shown_with_a_little_before_it() -> None:
    shown = told("word " * 100 + "a paper boat " + "word " * 100, "boat")
    assert shown.startswith("… word")
    assert shown.endswith(" …")
    assert "a paper [boat] word" in shown
    assert len(shown) < 80


def test_a_long_text_without_spaces_is_cut_too() -> None:
    shown = told("海" * 500 + "纸船" + "海" * 500, "纸船")
    assert "海[纸船]海" in shown
    assert len(shown) < 80
