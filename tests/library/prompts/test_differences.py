"""What is shown of two texts that differ."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.library.prompts.differences import pieces

words = st.lists(st.sampled_from(["a", "b ", " ", "猫", "跑", ",", "\n", "word"]), max_size=12).map("".join)


def marked(one: str, other: str) -> str:
    signs = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(signs[piece.kind].format(piece.text) for piece in pieces(one, other))


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("a red cat", "a red cat", "a red cat"),
        ("a red cat", "a blue cat", "a [-red-][+blue+] cat"),
        ("a red cat sits", "a blue dog sits", "a [-red cat-][+blue dog+] sits"),
        ("a cat", "a cat, asleep", "a cat[+, asleep+]"),
        ("一只红猫在跑", "一只蓝猫在跑", "一只[-红-][+蓝+]猫在跑"),
        ("", "new", "[+new+]"),
        ("gone", "", "[-gone-]"),
        ("", "", ""),
    ],
)
def test_words_and_signs(one: str, other: str, shown: str) -> None:
    assert marked(one, other) == shown


@given(words | st.text(), words | st.text())
def test_both_texts_are_in_what_is_shown(one: str, other: str) -> None:
    made = pieces(one, other)
    assert "".join(piece.text for piece in made if piece.kind != "new") == one
    assert "".join(piece.text for piece in made if piece.kind != "gone") == other


def test_long_texts_take_no_minutes() -> None:
    one = " ".join(f"word{number % 97}" for number in range(8000))
    began = time.thread_time()
    assert pieces(one, f"first {one.replace('word7 ', 'seven ')} last")
    assert len(pieces("红黄蓝" * 5000, "蓝红绿" * 5000)) <= 2
    assert time.thread_time() - began < 10
