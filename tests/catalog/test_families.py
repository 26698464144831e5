"""Payloads of other shapes than the shipped systems': what a new TOML file can say without any code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio import catalog
from studio.catalog.loader import load

HEAD = """
system = "odd"
title = { en = "Odd", zh = "奇" }
source = "A page"

[family.proxy.read]
gateway_id = ["result", "id"]
separator = ","
code = "code"
accepted = [1, 21, 22]
refusal = "description"
state = ["status != 'SUCCESS' && status", "(imageUrl || texts) && status"]
states = { queued = ["", "MODAL"], running = ["IN_PROGRESS"], succeeded = ["SUCCESS"], cancelled = ["CANCEL"] }
progress = "progress"
eta = "eta"
needs = [{ name = "window", when = "status == 'MODAL' || code == `21`" }]
results = [
  { kind = "image", at = "imageUrl" },
  { kind = "image", at = "imageUrl", role = "preview", when = ["running"] },
  { kind = "text", at = "texts", form = "text" },
]

[family.stream.read]
silent = "result"
results = [{ kind = "text", at = ["choices[].text", "join('', [].choices[].delta.content)"], form = "text" }]

[family.talk.read]
silent = "result"
heard = "join('', [].said)"
ended = "contains(@, '[DONE]')"
results = [
  { kind = "image", at = "said", finds = '<(http[^>]+)>' },
  { kind = "image", at = "[].{by: by, text: said}", joined = true, finds = '<(http[^>]+)>' },
  { kind = "text", at = "said", form = "text", finds = '#(\\w*)' },
]

[family.file.read]
silent = "result"
binary = "audio"

[family.words.read]
silent = "result"
plain = "text"

[family.clips.read]
gateway_id = ["clips[].id", "[].id"]
progress = "max(clips[].share)"
progress_unit = "fraction"
state = [
  "(clips || @)[?status == 'streaming'] && 'streaming'",
  "(clips || @)[?status == 'complete'] && 'complete'",
  "(clips || @)[?status == 'error'] && 'error'",
]
states = { running = ["streaming"], succeeded = ["complete"], failed = ["error"] }
error = "clips[].why"
results = [{ kind = "audio", at = "(clips || @)[?status == 'complete'].url" }]
"""
OPERATION = """
[operation.{name}]
title = {{ en = "T", zh = "题" }}
description = {{ en = "D.", zh = "述。" }}
status = "inferred"
method = "POST"
path = "/odd/{name}"
makes = "{makes}"
family = "{family}"
transport = "{transport}"
"""
FOLLOW_UP = """
poll = "odd.look"
poll_set = { ids = "{ids,}", list = "{ids}", kind = "image" }

[[operation.draw.follow_up]]
operation = "press"
label = { en = "A button", zh = "按钮" }
each = "buttons"
set = { button = "item.customId", task = "id" }
name = ["item.label", "item.emoji"]
"""
AGAIN = """
[[operation.press.follow_up]]
operation = "press"
label = { en = "Again", zh = "再次" }
set = { task = "gateway_ids[0]" }
"""
ONWARD = """
[[operation.talk.follow_up]]
operation = "press"
label = { en = "Go on with this", zh = "继续" }
each = "said || join('', [].said)"
finds = '<(http[^>]+)>'
set = { button = "item" }
"""
FIELD = """
[[operation.{name}.field]]
at = "{at}"
type = "string"
also = ["array"]
in = "{place}"
label = {{ en = "L", zh = "标" }}
help = {{ en = "H.", zh = "助。" }}
"""
OPERATIONS = (
    ("draw", "image", "proxy", "json-task"),
    ("look", "none", "proxy", "json-answer"),
    ("press", "image", "proxy", "json-task"),
    ("chat", "text", "stream", "json-stream"),
    ("talk", "image", "talk", "json-stream"),
    ("speak", "audio", "file", "json-binary"),
    ("hear", "text", "words", "multipart-answer"),
    ("sing", "audio", "clips", "json-task"),
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, catalog.Operation]:
    """The operations of the odd system by their short names."""
    parts = [HEAD]
    for name, makes, family, transport in OPERATIONS:
        parts.append(OPERATION.format(name=name, makes=makes, family=family, transport=transport))
        more = {"draw": FOLLOW_UP, "look": "query = true\n", "press": AGAIN, "talk": ONWARD}
        parts.append(more.get(name, ""))
    places = {"look": ("ids", "list", "kind"), "press": ("button", "task")}
    for name, places_of in places.items():
        place = "query" if name == "look" else "body"
        parts += [FIELD.format(name=name, at=at, place=place) for at in places_of]
    folder: Path = tmp_path_factory.mktemp("odd")
    (folder / "odd.toml").write_text("".join(parts), encoding="utf-8")
    found, faults = load(folder)
    assert faults == []
    return {slug.partition(".")[2]: operation for slug, operation in found.by_slug.items()}


Odd = dict[str, catalog.Operation]
DRAWN: dict[str, Any] = {"id": "7", "status": "SUCCESS", "imageUrl": "https://a.b/x.png"}


@pytest.mark.parametrize(
    ("answer", "ids", "state"),
    [
        ({"code": 1, "result": "17600000000000017"}, ("17600000000000017",), "queued"),
        ('{"code": 22, "result": 17600000000000017123}', ("17600000000000017123",), "queued"),
        ({"code": 1, "result": ["7", "8", "7"]}, ("7", "8"), "queued"),
        ({"code": 1, "result": "7, 8"}, ("7", "8"), "queued"),
        ({"code": 1, "result": None}, (), None),
        ({"code": 23, "result": "7", "description": "full"}, (), "failed"),
    ],
)
def test_one_request_may_make_several_ids(odd: Odd, answer: object, ids: tuple[str, ...], state: str | None) -> None:
    report = odd["draw"].read(answer, "answer")
    assert (report.gateway_ids, report.state) == (ids, state)


def test_all_ids_of_a_request_are_asked_for(odd: Odd) -> None:
    values = odd["draw"].poll_values(["7", "8"])
    assert values == {"ids": "7,8", "list": ["7", "8"], "kind": "image"}
    assert odd["look"].address(values) == "/odd/look?ids=7%2C8&list=7&list=8&kind=image"


def test_a_task_that_waits_for_a_person_says_for_what(odd: Odd) -> None:
    assert odd["draw"].read({"id": "7", "status": "MODAL"}, "poll").needs == "window"
    assert odd["press"].read({"code": 21, "result": "9"}, "answer").needs == "window"
    assert odd["draw"].read(DRAWN, "poll").needs == ""


def test_a_success_without_its_result_can_be_left_open(odd: Odd) -> None:
    assert odd["draw"].read(DRAWN, "poll").state == "succeeded"
    assert odd["draw"].read(DRAWN | {"imageUrl": None}, "poll").state is None
    assert odd["draw"].read({"id": "7", "status": "CANCEL"}, "callback").state == "cancelled"


def test_a_picture_on_its_way_is_a_preview_and_the_time_left_is_told(odd: Odd) -> None:
    report = odd["draw"].read(DRAWN | {"status": "IN_PROGRESS", "progress": "35%", "eta": "40"}, "callback")
    assert [(r.role, r.url) for r in report.results] == [("preview", "https://a.b/x.png")]
    assert (report.progress, report.eta) == (35, 40)


def test_every_button_of_a_result_is_an_offer_of_its_own(odd: Odd) -> None:
    buttons = [{"customId": "MJ::1", "label": "U1"}, {"customId": "MJ::2", "label": "", "emoji": "🔄"}, {"x": 1}]
    actions = odd["draw"].read(DRAWN | {"buttons": buttons}, "callback").actions
    assert [(a.operation, a.values["button"], a.values["task"], str(a.label)) for a in actions] == [
        ("odd.press", "MJ::1", "7", "U1"),
        ("odd.press", "MJ::2", "7", "🔄"),
    ]
    assert odd["draw"].read(DRAWN | {"buttons": "none"}, "callback").actions == []


@pytest.mark.parametrize(
    ("id_", "asked_for", "carried"),
    [("7", (), ["7"]), (None, ("9", "10"), ["9"]), ("7", ("9",), ["7"]), (None, (), [])],
)
def test_an_offer_may_carry_the_id_that_a_query_does_not_repeat(
    odd: Odd, id_: str | None, asked_for: tuple[str, ...], carried: list[str]
) -> None:
    report = odd["press"].read(DRAWN | {"id": id_}, "poll", gateway_ids=asked_for)
    assert [action.values["task"] for action in report.actions] == carried
    assert report.gateway_ids == ((id_,) if id_ else ()), "what a payload does not say it does not say"


def test_texts_are_results_each_once(odd: Odd) -> None:
    report = odd["draw"].read({"id": "7", "status": "SUCCESS", "texts": ["a", "b", "a"]}, "poll")
    assert [(r.kind, r.text) for r in report.results] == [("text", "a"), ("text", "b")]


@pytest.mark.parametrize("state", [None, "SUCCESS"])
def test_a_query_lists_a_result_only_when_it_says_that_the_task_is_done(odd: Odd, state: str | None) -> None:
    report = odd["look"].read(DRAWN | {"status": state}, "answer")
    assert (report.state, len(report.results)) == (("succeeded", 1) if state else (None, 0))


STREAM = (
    'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n: a comment\n\nevent: chunk\n'
    'data: {"choices":[{"delta":{"content":"纸\u2028"}}]}\r\n\r\n'
    'data: data: {"choices":[{"delta":{"content":"船"}}]}\n\n'
    'data:{"choices":[],"usage":{}}\n\ndata: [DONE]\n\n'
)


@pytest.mark.parametrize("payload", [STREAM, STREAM.encode(), "event: start\n" + STREAM])
def test_the_pieces_of_an_event_stream_are_joined(odd: Odd, payload: object) -> None:
    report = odd["chat"].read(payload, "answer")
    assert (report.state, [r.text for r in report.results]) == ("succeeded", ["纸\u2028船"])


def test_results_are_found_among_words_each_once_and_in_order(odd: Odd) -> None:
    said = "first <http://a.b/2>, then <http://a.b/1>; again <http://a.b/2> and <ftp://a.b/3> #sea # #sky"
    report = odd["talk"].read({"said": said}, "answer")
    assert [r.url or r.text for r in report.results] == ["http://a.b/2", "http://a.b/1", "sea", "sky"]
    silent = odd["talk"].read({"said": "only words"}, "answer")
    assert (silent.state, silent.results) == ("failed", [])


def test_what_a_stream_cuts_in_two_is_found_all_the_same(odd: Odd) -> None:
    pieces = [{"by": 0, "said": "look <htt"}, {"by": 1, "said": "<http://c.d/1>"}, {"by": 0, "said": "p://a.b/1>"}]
    stream = "".join(f"data: {catalog.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n"
    report = odd["talk"].read(stream, "answer")
    assert (report.state, [r.url for r in report.results]) == ("succeeded", ["http://a.b/1", "http://c.d/1"])


CUT = 'data: {"by":0,"said":"look <http://a.b/1>"}\n\ndata: {"by":0,"said":" and <http://a.b/2"}\n\n'


@pytest.mark.parametrize("end", ["", 'data: {"error":{"message":"broke"}}\n\n'])
def test_what_was_found_whole_before_a_stream_broke_off_is_a_result(odd: Odd, end: str) -> None:
    report = odd["talk"].read(CUT + end, "answer")
    found = [(r.kind, r.url or r.text, r.role) for r in report.results]
    assert found == [("image", "http://a.b/1", ""), ("text", "look <http://a.b/1> and <http://a.b/2", "partial")]
    assert (report.state, report.error, report.refused) == ("succeeded", "", False)
    assert [each.values["button"] for each in report.actions] == ["http://a.b/1"]
    refused = odd["talk"].read(CUT + end, "answer", 500)
    assert (refused.state, [r.role for r in refused.results]) == ("failed", ["partial"])


def test_a_stream_that_breaks_off_within_its_first_finding_has_none(odd: Odd) -> None:
    report = odd["talk"].read('data: {"by":0,"said":"look <http://a.b/"}\n\n', "answer")
    assert (report.state, [r.role for r in report.results]) == (None, ["partial"])


def test_what_is_found_among_words_goes_on_each_once(odd: Odd) -> None:
    said = {"said": "look <http://a.b/1>, <http://a.b/2>, and <http://a.b/1>"}
    stream = 'data: {"said":"look <htt"}\n\ndata: {"said":"p://a.b/1>"}\n\ndata: [DONE]\n\n'
    offers = [[each.values["button"] for each in odd["talk"].read(told, "answer").actions] for told in (said, stream)]
    assert offers == [["http://a.b/1", "http://a.b/2"], ["http://a.b/1"]]


def test_an_error_in_the_middle_of_a_stream_is_an_error(odd: Odd) -> None:
    report = odd["chat"].read(STREAM + 'data: {"error": {"message": "broke", "code": "x"}}\n', "answer")
    assert (report.state, report.error, report.code) == ("failed", "broke", "x")


def test_a_synchronous_answer_without_its_result_has_failed_with_what_it_says(odd: Odd) -> None:
    assert odd["chat"].read({"choices": [{"text": "ok"}]}, "answer").state == "succeeded"
    empty = odd["chat"].read({"choices": []}, "answer")
    assert (empty.state, empty.error) == ("failed", "The answer holds no result.")
    assert odd["chat"].read({"message": "odd"}, "answer").error == "odd"


def test_bytes_are_a_result_and_json_in_their_place_is_an_error(odd: Odd) -> None:
    sound = odd["speak"].read(b"ID3\x04\x00\xff", "answer")
    assert (sound.state, sound.results[0].kind, sound.results[0].data) == ("succeeded", "audio", b"ID3\x04\x00\xff")
    assert catalog.dumps(sound.plain())
    for broken in (b'{"error": {"message": "too long"}}', b'{"message": "too long"}'):
        report = odd["speak"].read(broken, "answer")
        assert (report.state, report.error) == ("failed", "too long")
    assert odd["speak"].read(b"", "answer").state == "failed"
    assert odd["speak"].read(b"ID3\xff", "answer", 500).state == "failed"


@pytest.mark.parametrize("text", ["1\n00:00:00,000 --> 00:00:03,100\nGood morning.\n", "data: it is late", "[Music] x"])
def test_a_plain_text_is_a_result_as_it_is(odd: Odd, text: str) -> None:
    assert [r.text for r in odd["hear"].read(text, "answer").results] == [text]


@pytest.mark.parametrize("page", ["<html>oops</html>", "", "null"])
def test_a_page_or_nothing_is_no_text(odd: Odd, page: str) -> None:
    assert odd["hear"].read(page, "answer").state == "failed"


@pytest.mark.parametrize(
    ("words", "state", "urls"),
    [
        (("streaming", "complete"), "running", []),
        (("complete", "error"), "succeeded", ["https://a.b/0.mp3"]),
        (("complete", "complete"), "succeeded", ["https://a.b/0.mp3", "https://a.b/1.mp3"]),
        (("error", "error"), "failed", []),
        ((), None, []),
    ],
)
def test_a_task_of_two_clips_is_one_task(odd: Odd, words: tuple[str, ...], state: str, urls: list[str]) -> None:
    clips = [
        {"id": f"c{i}", "status": word, "url": f"https://a.b/{i}.mp3", "share": i / 4, "why": "no" if i else None}
        for i, word in enumerate(words)
    ]
    for payload in ({"clips": clips}, clips):
        report = odd["sing"].read(payload, "poll")
        assert (report.state, [r.url for r in report.results]) == (state, urls)
        assert report.gateway_ids == tuple(f"c{i}" for i in range(len(words)))
    report = odd["sing"].read({"clips": clips}, "poll")
    assert report.progress == (25 if words else None)
    assert report.error == ("no" if state == "failed" else "")
