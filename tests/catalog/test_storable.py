"""Whatever a gateway says, in whatever clothes: every report is one that any database keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.catalog import storable
from studio.catalog.exact import DEEPEST
from studio.gateway import read_payload

FOX = "\N{FOX FACE}"
HIGH, LOW = "\ud83e", "\udd8a"  # its halves
ODD = ["\0", HIGH, LOW, HIGH + LOW, f"{LOW}{HIGH}", "\ud800", FOX, "\ufffd"]
WORDS = st.lists(st.sampled_from([*ODD, "a", "船", "https://cdn.example.com/a.mp4", " "]), max_size=5).map("".join)
SAID = [(each, payload) for each in catalog.operations() for payload in each.payloads]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a\0b", "ab"),
        (HIGH + LOW, FOX),
        (f"{HIGH}a", "\ufffda"),
        (f"a{HIGH}", "a\ufffd"),
        (f"{LOW}{HIGH}", "\ufffd\ufffd"),
        (f"{HIGH}{HIGH}{LOW}", f"\ufffd{FOX}"),
        (FOX, FOX),
    ],
)
def test_halves_that_meet_are_one_character_and_lone_ones_a_mark(said: str, kept: str) -> None:
    assert storable.text(said) == kept


@given(st.text(st.characters()))
def test_a_text_without_anything_odd_stays_as_it_is(said: str) -> None:
    odd = "\0" in said or any("\ud800" <= sign <= "\udfff" for sign in said)
    assert odd or storable.text(said) == said
    assert clean(storable.text(said))


def test_numbers_without_an_end_are_none() -> None:
    """Also where it is known how they were written: rows hold plain numbers."""
    said = catalog.loads("[1e999, -1e999, 1.50, 7]")
    assert catalog.dumps(storable.storable([*said, float("nan")])) == "[null,null,1.50,7,null]"


def test_what_is_nested_too_deep_is_refused() -> None:
    value: Any = "x"
    for _ in range(DEEPEST):
        value = [value]
    assert storable.storable(value) == value
    with pytest.raises(RecursionError):
        storable.storable([value])


def clean(text: str) -> bool:
    return "\0" not in text and text == text.encode("utf-8", "replace").decode()


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def kept(report: catalog.Report) -> catalog.Report:
    """The same, which is found to be one that a database keeps."""
    plain = report.plain()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert all(clean(text) for text in texts(plain))
    assert all(clean(text) for text in (report.said, report.needs))
    return report


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """A payload with something odd in some of its texts and keys, and numbers that are none."""
    if isinstance(value, dict):
        more = {draw(WORDS): draw(WORDS)} if draw(st.booleans()) else {}
        return {key: draw(spoilt(inner)) for key, inner in value.items()} | more
    if isinstance(value, list):
        return [draw(spoilt(inner)) for inner in value]
    if isinstance(value, str):
        return draw(st.just(value) | WORDS.map(lambda odd: value + odd) | WORDS)
    return draw(st.just(value) | st.sampled_from([float("nan"), float("inf"), 1e308]) | WORDS)


def dressed(value: Any) -> dict[str, object]:
    """The same payload in the ways in which it may come: parsed, as a text, as a stream, cut, as parts of a form."""
    text = json.dumps(value)
    raw = json.dumps(value, ensure_ascii=False)
    events = value if isinstance(value, list) else [value]
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    parts = value if isinstance(value, dict) else {"data": value}
    form = {key: each if isinstance(each, str) else json.dumps(each) for key, each in parts.items()}
    return {
        "parsed": value,
        "text": text,
        "raw": raw,
        "bytes": raw.encode("utf-8", "surrogatepass"),
        "stream": f"{stream}data: [DONE]\n\n",
        "cut": stream,
        "form": urlencode(form, errors="surrogatepass"),
        "wire": read_payload(text.encode()),
        "wired stream": read_payload(stream.encode(), "text/event-stream"),
    }


@given(st.data(), st.sampled_from(SAID), st.sampled_from([200, 200, 400, 502]))
def test_every_report_of_a_known_payload_with_odd_signs_in_it_can_be_kept(
    data: st.DataObject, said: tuple[catalog.Operation, Any], status: int
) -> None:
    operation, example = said
    for payload in dressed(data.draw(spoilt(example.payload))).values():
        kept(operation.read(payload, example.kind, status))
        if isinstance(payload, str | bytes):
            assert clean(operation.heard(payload).text)


NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(NONSENSE, st.sampled_from(SAID), st.sampled_from(["answer", "poll", "callback"]), st.sampled_from([200, 500]))
def test_every_report_of_nonsense_can_be_kept(
    value: Any, said: tuple[catalog.Operation, Any], kind: Any, status: int
) -> None:
    for payload in dressed(value).values():
        kept(said[0].read(payload, kind, status))


# What must be kept of them

CHAT = catalog.get("openai.chat")
FEED = catalog.get("runway.generate-text")


def stream(*pieces: str, end: str = "data: [DONE]\n\n") -> str:
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    whole = [*events, stop] if end else events
    return "".join(f"data: {json.dumps(event)}\n\n" for event in whole) + end


@pytest.mark.parametrize("end", ["data: [DONE]\n\n", ""])
@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (("a ", HIGH, f"{LOW} runs"), f"a {FOX} runs"),
        (("a ", HIGH), "a \ufffd"),
        (("a\0", "\0 fox"), "a fox"),
    ],
)
def test_a_pair_that_two_events_share_is_one_character(pieces: tuple[str, ...], text: str, end: str) -> None:
    report = kept(CHAT.read(stream(*pieces, end=end), "answer"))
    assert [result.text for result in report.results] == [text]
    assert report.is_partial == (not end)
    assert CHAT.heard(stream(*pieces, end=end)).text == text


@pytest.mark.parametrize("odd", ["\0", HIGH, f"{HIGH}\0"])
def test_a_form_and_the_json_in_its_parts_are_read_as_plain_json_is(odd: str) -> None:
    task = {"task_id": "g1", "status": "3", "video_url": f"https://cdn.example.com/{odd}.mp4", "msg": odd}
    plain = kept(FEED.read(read_payload(json.dumps(task).encode()), "callback"))
    assert (plain.state, len(plain.results)) == ("succeeded", 1)
    if odd == "\0":
        assert kept(FEED.read(urlencode(task), "callback")) == plain
    assert kept(FEED.read(urlencode({"task_id": "g1", "data": json.dumps(task)}), "callback")) == plain
