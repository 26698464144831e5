"""A body that is a list of frames: fields find theirs by type, and what is pasted goes out as it came."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from studio import catalog
from studio.catalog import frames
from tests.catalog.bodies import assert_is_the_example

REALTIME = catalog.get("openai.realtime")
SHEET = (
    '[{"type":"session.update","session":{"modalities":["text","audio"],"voice":"sage","instructions":"Be brief.",'
    '"turn_detection":null}},{"type":"conversation.item.create","item":{"type":"message","role":"user","content":'
    '[{"type":"input_text","text":"Say hello to the team."}]}},{"type":"response.create"}]'
)
SESSION, ITEM = '"session.update".session', '"conversation.item.create".item'
SAID = {f"{ITEM}.content": [{"type": "input_text", "text": "Hello."}]}


def again(text: str) -> str:
    return catalog.dumps(REALTIME.body(*REALTIME.values(catalog.loads(text))).body)


def told(text: str) -> list[tuple[str, str, str]]:
    return [(each.path, each.rule, each.level) for each in REALTIME.check(catalog.loads(text))]


def test_the_sheets_frames_are_the_example() -> None:
    assert_is_the_example(REALTIME, SHEET)
    assert (REALTIME.seed_row, REALTIME.status, REALTIME.enabled) == ("Realtime文档", "inferred", True)
    assert (REALTIME.transport, REALTIME.callback, REALTIME.poll) == ("websocket", "", "")
    assert REALTIME.answers_at_once
    assert REALTIME.may_stream
    assert REALTIME.turn == catalog.Turn("session.created", "response.created", "response.done", "error")


def test_values_stand_in_the_frame_of_their_type_in_the_order_of_the_fields() -> None:
    values = {'"response.create"': {}, **SAID, f"{SESSION}.voice": "ash", "model": "gpt-realtime"}
    built = REALTIME.body(values)
    assert catalog.dumps(built.body) == (
        '[{"type":"session.update","session":{"voice":"ash"}},'
        '{"type":"conversation.item.create","item":{"content":[{"type":"input_text","text":"Hello."}]}},'
        '{"type":"response.create"}]'
    )
    assert {line.at for line in built.trace} == {
        '"session.update".type',
        f"{SESSION}.voice",
        '"conversation.item.create".type',
        f"{ITEM}.content",
        '"response.create".type',
        '"response.create"',
    }
    assert REALTIME.address(values) == "/v1/realtime?model=gpt-realtime"
    assert REALTIME.prompt_of(values) == "Hello."


@pytest.mark.parametrize(
    "text",
    [
        SHEET,
        '[{"type":"response.create"},{"type":"session.update","session":{"voice":"ash"}}]',
        '[{"session":{"temperature":0.80},"type":"session.update"},{"type":"response.create"}]',
        '[{"event_id":"e","type":"session.update","session":{"x":1,"voice":"ash","y":2},"z":3},{"type":"response.create"}]',
        '[{"type":"session.update","session":{}},{"type":"session.update","session":{"voice":"ash"}},'
        '{"type":"session.update"},{"type":"response.create","response":{"modalities":["text"]}}]',
        '[{"type":"input_audio_buffer.append","audio":"AA=="},{"type":"input_audio_buffer.append","audio":"BB=="},'
        '{"type":"input_audio_buffer.commit"},{"type":"response.create"}]',
        '[{"type":"session.update","session":null},{"type":"response.create"},{"a":1},7,null,{"type":"#4"},{"type":""}]',
        '[{"type":"session.update #2"},{"type":"session.update"},{"type":"session.update"},{"type":"#1"}]',
        "[]",
    ],
)
def test_any_list_comes_back_as_it_was_written(text: str) -> None:
    assert again(text) == text
    values, extras = REALTIME.values(catalog.loads(text))
    packed = catalog.unpack(catalog.loads(catalog.dumps(catalog.pack(extras))))
    assert catalog.dumps(REALTIME.body(values, packed).body) == text


def test_a_frame_is_found_by_its_type_and_not_by_its_place() -> None:
    text = '[{"type":"response.create"},{"type":"x"},{"type":"session.update","session":{"voice":"ash"}}]'
    values, extras = REALTIME.values(catalog.loads(text))
    assert values == {'"response.create"': {}, f"{SESSION}.voice": "ash"}
    assert dict(extras) == {"x": {"type": "x"}}
    values |= {f"{SESSION}.voice": "verse", f"{SESSION}.temperature": 1, **SAID}
    assert catalog.dumps(REALTIME.body(values, extras).body) == (
        '[{"type":"response.create"},{"type":"x"},{"type":"session.update","session":{"voice":"verse","temperature":1}},'
        '{"type":"conversation.item.create","item":{"content":[{"type":"input_text","text":"Hello."}]}}]'
    )


def test_of_several_of_a_type_the_first_is_the_forms_and_all_are_checked() -> None:
    text = (
        '[{"type":"session.update","session":{"voice":"ash"}},{"type":"session.update","session":{"temperature":9}},'
        '{"type":"response.create"}]'
    )
    values, extras = REALTIME.values(catalog.loads(text))
    assert values[f"{SESSION}.voice"] == "ash"
    assert list(extras) == ["session.update #2"]
    assert told(text) == [
        ('"session.update #2".session.temperature', "maximum", "error"),
        ('"conversation.item.create"', "required", "warning"),
        ('"session.update #2"', "unknown", "warning"),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{}", ("", "type", "error")),
        ("[]", ('"response.create"', "required", "error")),
        (SHEET.replace('"text":"Say hello to the team."', '"text":7'), (f"{ITEM}.content[0].text", "type", "error")),
        (SHEET.replace("[{" + '"type":"input_text","text":"Say hello to the team."' + "}]", "[]"),
         (f"{ITEM}.content", "items", "error")),
        (SHEET.replace('"sage"', '"sagebrush"'), (f"{SESSION}.voice", "choice", "warning")),
        (SHEET.replace("[{", '[7,{', 1), ("#1", "type", "error")),
        (SHEET.replace('"turn_detection":null', '"turn_detection":7'), (f"{SESSION}.turn_detection", "type", "error")),
        (SHEET.replace('"turn_detection":null', '"max_response_output_tokens":0'),
         (f"{SESSION}.max_response_output_tokens", "minimum", "error")),
        (SHEET.replace('"turn_detection":null', '"max_response_output_tokens":"infinite"'),
         (f"{SESSION}.max_response_output_tokens", "usual", "warning")),
        (SHEET.replace('"turn_detection":null', '"temperature":0.5'), (f"{SESSION}.temperature", "minimum", "error")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_frame(text: str, wanted: tuple[str, str, str]) -> None:
    assert wanted in told(text)
    valid = jsonschema.Draft202012Validator(REALTIME.schema()).is_valid(catalog.loads(text))
    assert valid is not any(level == "error" for _, _, level in told(text))


@pytest.mark.parametrize("allowed", ["null", '{"type":"server_vad","threshold":0.5,"silence_duration_ms":200}'])
def test_null_switches_turn_detection_and_transcription_off(allowed: str) -> None:
    assert told(SHEET.replace('"turn_detection":null', f'"turn_detection":{allowed}')) == []
    assert told(SHEET.replace('"turn_detection"', '"input_audio_transcription":null,"turn_detection"')) == []
    assert told(SHEET.replace('"turn_detection":null', '"max_response_output_tokens":"inf"')) == []


def test_a_body_of_a_plain_operation_is_no_list() -> None:
    plain = catalog.get("openai.chat")
    assert [each.rule for each in plain.check([])] == ["type"]
    assert plain.values([{"type": "x"}]) == ({}, {})


def test_names_are_never_the_same() -> None:
    body = [{"type": "a"}, {"type": "a"}, {"type": "a #2"}, {"type": "a"}, {}, {"type": "#5"}, 7]
    named = frames.named(body)
    assert list(named.values()) == body
    assert list(named)[:3] == ["a", "a #2", "a #2 #2"]


def test_the_openapi_document_tells_frames_and_has_no_body_for_them() -> None:
    document = catalog.openapi_document()
    told = document["paths"]["/v1/realtime"]["get"]
    assert "requestBody" not in told
    assert list(told["responses"])[:2] == ["101", "401"]
    [facts] = told["x-operations"]
    assert facts["frames"]["schema"] == {"$ref": "#/components/schemas/openai.realtime"}
    assert facts["frames"]["ended"] == "response.done"
    assert document["components"]["schemas"]["openai.realtime"]["type"] == "array"
    assert [each["name"] for each in told["parameters"]] == ["model", "OpenAI-Beta"]


def test_the_header_of_the_beta_is_left_out_for_the_newer_models() -> None:
    beta = {"OpenAI-Beta": "realtime=v1"}
    assert REALTIME.headers_of({"model": "gpt-4o-mini-realtime-preview"}) == REALTIME.headers_of({}) == beta
    assert REALTIME.headers_of({"model": "gpt-realtime"}) == {}
    assert catalog.get("openai.chat").headers_of({"model": "gpt-realtime"}) == {}


@pytest.mark.parametrize("reason", ["max_output_tokens", "content_filter"])
def test_why_an_answer_ended_too_early_is_explained(reason: str) -> None:
    meaning = catalog.explain(reason, 200, "openai")
    assert meaning
    assert meaning.again == "no"


# What the TOML may not say

DEMO = """
system = "demo"
title = { en = "Demo", zh = "演示" }
source = "A test"

[family.plain.read]
silent = "result"

[operation.talk]
title = { en = "Talk", zh = "对话" }
description = { en = "Talks.", zh = "对话。" }
status = "inferred"
method = "GET"
path = "/demo/talk"
makes = "text"
family = "plain"
transport = "websocket"
frames = { opened = "a", began = "b", ended = "c", error = "d" }

[[operation.talk.field]]
at = '"x.y"'
type = "object"
label = { en = "X", zh = "X" }
help = { en = "X.", zh = "X。" }
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", ""),
        ('transport = "websocket"', 'transport = "json-answer"', "A body goes over a web socket in frames"),
        ('frames = { opened = "a", began = "b", ended = "c", error = "d" }', "", "A body goes over a web socket"),
        (', error = "d"', "", "error is missing"),
        ('type = "object"', 'type = "object"\nrequired_when = { z = ["*"] }', "A condition between frames"),
        ('family = "plain"', 'family = "plain"\ncallback = "hook"', "Frames hold no callback address"),
    ],
)
def test_faults_of_frames_are_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    (tmp_path / "demo.toml").write_text(DEMO.replace(old, new, 1), encoding="utf-8")
    found = [str(each) for each in catalog.faults(tmp_path)]
    assert (len(found) > 0) == bool(fault)
    assert any(fault in each for each in found) or not fault


# What is heard


def lines(*events: object) -> str:
    return "".join(f"data: {catalog.dumps(event)}\n\n" for event in events)


OPENED = {"type": "session.created", "session": {"id": "sess_1"}}
BEGAN = {"type": "response.created", "response": {"status": "in_progress"}}


def test_the_text_so_far_is_heard_in_both_generations_of_names() -> None:
    for kind in ("text", "output_text", "audio_transcript", "output_audio_transcript"):
        events = [{"type": f"response.{kind}.delta", "delta": each} for each in ("Hel", "lo")]
        assert REALTIME.heard(lines(OPENED, BEGAN, *events) + 'data: {"type":"resp').text == "Hello"
    assert REALTIME.heard(lines(OPENED, BEGAN)).text == ""


@pytest.mark.parametrize("kind", ["audio", "output_audio"])
def test_sound_comes_in_pieces_that_are_whole_by_themselves_or_cut(kind: str) -> None:
    done = {"type": "response.done", "response": {"status": "completed", "output": []}}
    for pieces in (["AAA=", "AQI=", "AwQF"], ["AAAB", "AgMEBQ=="], ["AAABAgM", "EBQ=="]):
        events = [{"type": f"response.{kind}.delta", "delta": each} for each in pieces]
        [sound] = REALTIME.read(lines(OPENED, BEGAN, *events, done), "answer").results
        assert (sound.kind, sound.data) == ("audio", "AAABAgMEBQ==")


def test_pieces_that_are_no_base64_are_joined_as_they_came() -> None:
    done = {"type": "response.done", "response": {"status": "completed", "output": []}}
    events = [{"type": "response.audio.delta", "delta": each} for each in ("A=A", "?")]
    assert [r.data for r in REALTIME.read(lines(OPENED, *events, done), "answer").results] == ["A=A?"]


def test_raw_sound_is_pcm16_alone() -> None:
    at = f"{SESSION}.output_audio_format"
    assert REALTIME.is_raw_sound({})
    assert REALTIME.is_raw_sound({at: "pcm16"})
    assert not REALTIME.is_raw_sound({at: "g711_ulaw"})


def test_an_error_once_it_is_open_may_have_been_charged_and_one_before_was_not() -> None:
    error = {"type": "error", "error": "gone"}
    assert REALTIME.read(lines(error), "answer").refused
    told = REALTIME.read(lines(OPENED, error), "answer")
    assert (told.state, told.error, told.refused) == ("failed", "gone", False)


def test_an_error_in_the_middle_of_one_that_broke_off_does_not_end_it() -> None:
    error = {"type": "error", "error": {"message": "Unknown parameter."}}
    delta = {"type": "response.text.delta", "delta": "Hel"}
    told = REALTIME.read(lines(OPENED, error, BEGAN, delta), "answer")
    assert (told.state, told.error) == (None, "The answer broke off before its end.")
    told = REALTIME.read(lines(OPENED, BEGAN, delta, error), "answer")
    assert (told.state, told.error, told.is_partial) == ("failed", "Unknown parameter.", True)
