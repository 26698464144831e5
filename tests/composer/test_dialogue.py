"""A conversation, a list and a pasted address in one control each, and exactly back."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from studio.composer.controls import UNSET, kind_of, parse, show

CHAT, NUMBERS, GPTS = catalog.get("openai.chat"), catalog.get("openai.embeddings"), catalog.get("openai.gpts")


def field(operation: catalog.Operation, at: str) -> catalog.Field:
    found = operation.field(at)
    assert found
    return found


MESSAGES, INPUT, MODEL = field(CHAT, "messages"), field(NUMBERS, "input"), field(GPTS, "model")
USER = {"role": "user", "content": "Why is the sky blue?"}
SYSTEM = {"role": "system", "content": "Answer in one sentence.\n\nBe kind."}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([USER], "Why is the sky blue?"),
        ([{"role": "user", "content": "two\nlines\n\n"}], "two\nlines\n\n"),
        ([SYSTEM, USER], "[system]\nAnswer in one sentence.\n\nBe kind.\n\n[user]\nWhy is the sky blue?"),
        ([USER, {"role": "user", "content": ""}], "[user]\nWhy is the sky blue?\n\n[user]\n"),
        ([SYSTEM], "[system]\nAnswer in one sentence.\n\nBe kind."),
        ([{"role": "user", "content": "[user]\nhello"}], None),
        ([{"role": "user", "content": "x", "name": "Ann"}], None),
        ([{"role": "user", "content": [{"type": "text", "text": "x"}]}], None),
        ([{"content": "x", "role": "user"}], None),
        ([], None),
        ("text", None),
    ],
)
def test_a_conversation_is_shown_as_a_text_where_that_loses_nothing(value: Any, text: str | None) -> None:
    kind = kind_of(MESSAGES, ())
    assert kind == "lines"
    assert show(MESSAGES, kind, value) == text
    if text is not None:
        assert parse(MESSAGES, text) == value


def test_what_is_typed_becomes_a_conversation() -> None:
    assert parse(MESSAGES, "hello") == [{"role": "user", "content": "hello"}]
    typed = "[system]\r\n\r\nBe brief.\r\n[user]\r\nhello\r\n"
    assert parse(MESSAGES, typed) == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hello"},
    ]
    assert parse(MESSAGES, "first words\n[assistant]\nyes?") == [
        {"role": "user", "content": "first words"},
        {"role": "assistant", "content": "yes?"},
    ]
    assert parse(MESSAGES, " \n") is UNSET
    strange = parse(MESSAGES, "[boss]\nhello")
    assert [p.path for p in CHAT.check({"model": "gpt-4o", "messages": strange})] == ["messages[0].role"]


def test_the_sheets_example_is_shown_in_ordinary_controls() -> None:
    assert show(MESSAGES, "lines", CHAT.example["messages"])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["green tea", "black tea"], "green tea\nblack tea"),
        (["one"], "one"),
        (["two\nlines"], None),
        (["a", ""], None),
        ("one text", None),
        ([[1, 2]], None),
    ],
)
def test_a_list_of_texts_stands_line_by_line(value: Any, text: str | None) -> None:
    kind = kind_of(INPUT, ())
    assert (kind, show(INPUT, kind, value)) == ("lines", text)
    if text is not None:
        assert parse(INPUT, text) == value


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("https://chat.openai.com/g/g-bo0FiWLY7-researchgpt", "gpt-4-gizmo-g-bo0FiWLY7"),
        (" https://chatgpt.com/g/g-bo0FiWLY7-researchgpt?x=1 ", "gpt-4-gizmo-g-bo0FiWLY7"),
        ("g-bo0FiWLY7", "gpt-4-gizmo-g-bo0FiWLY7"),
        ("gpt-4-gizmo-g-bo0FiWLY7", "gpt-4-gizmo-g-bo0FiWLY7"),
        ("something else", "something else"),
    ],
)
def test_of_a_pasted_address_the_id_is_taken(pasted: str, value: str) -> None:
    assert parse(MODEL, pasted) == value
