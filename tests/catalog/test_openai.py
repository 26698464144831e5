"""OpenAI's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies

CHAT, GPTS, TEXT = catalog.get("openai.chat"), catalog.get("openai.gpts"), catalog.get("openai.completions")
NUMBERS, SPEECH = catalog.get("openai.embeddings"), catalog.get("openai.speech")
HEAR, TRANSLATE = catalog.get("openai.transcription"), catalog.get("openai.translation")
ALL = [CHAT, GPTS, TEXT, NUMBERS, HEAR, TRANSLATE, SPEECH]

BODIES = [
    (
        CHAT,
        """{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Answer in one sentence."},
        {"role":"user","content":"Why is the sky blue?"}],"temperature":0.7,"max_tokens":200}""",
    ),
    (
        GPTS,
        """{"model":"gpt-4-gizmo-g-bo0FiWLY7",
        "messages":[{"role":"user","content":"Find three papers on coral bleaching."}],"stream":true}""",
    ),
    (
        TEXT,
        '{"model":"gpt-3.5-turbo-instruct","prompt":"Slogan for a tea shop:","max_tokens":40,"temperature":0.9}',
    ),
    (NUMBERS, '{"model":"text-embedding-3-small","input":["green tea","black tea"],"dimensions":256}'),
    (
        HEAR,
        """{"file":"@interview.mp3","model":"whisper-1","language":"en","response_format":"verbose_json",
        "timestamp_granularities[]":["segment"]}""",
    ),
    (TRANSLATE, '{"file":"@talk.m4a","model":"whisper-1","response_format":"srt"}'),
    (
        SPEECH,
        '{"model":"tts-1","input":"Welcome to the team.","voice":"nova","response_format":"mp3","speed":1}',
    ),
]
SAY: list[dict[str, Any]] = [{"role": "user", "content": "hello"}]
LEAST: dict[str, dict[str, Any]] = {
    "openai.chat": {"model": "gpt-4o-mini", "messages": SAY},
    "openai.gpts": {"model": "gpt-4-gizmo-g-bo0FiWLY7", "messages": SAY},
    "openai.completions": {"model": "gpt-3.5-turbo-instruct", "prompt": "x"},
    "openai.embeddings": {"model": "text-embedding-3-small", "input": ["x"]},
    "openai.transcription": {"file": "@a.mp3", "model": "whisper-1"},
    "openai.translation": {"file": "@a.mp3", "model": "whisper-1"},
    "openai.speech": {"model": "tts-1", "input": "x", "voice": "nova"},
}


def found(operation: catalog.Operation, **changes: Any) -> list[tuple[str, str, str]]:
    body = {key: value for key, value in (LEAST[operation.slug] | changes).items() if value is not ...}
    return [(p.path, p.rule, p.level) for p in operation.check(body)]


@pytest.mark.parametrize(("operation", "text"), BODIES, ids=[o.slug for o, _ in BODIES])
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(
    operation: catalog.Operation, text: str
) -> None:
    bodies.assert_is_the_example(operation, text)


@pytest.mark.parametrize("operation", ALL, ids=lambda o: o.slug)
def test_what_is_required_is_missed(operation: catalog.Operation) -> None:
    assert found(operation) == []
    for key in LEAST[operation.slug]:
        level = "warning" if operation is HEAR and key == "model" else "error"
        assert (key, "required", level) in found(operation, **{key: ...})


@pytest.mark.parametrize(
    ("operation", "changes", "problem"),
    [
        (CHAT, {"messages": []}, ("messages", "items", "error")),
        (CHAT, {"messages": [{"content": "x"}]}, ("messages[0].role", "required", "error")),
        (CHAT, {"messages": [{"role": "boss", "content": "x"}]}, ("messages[0].role", "choice", "error")),
        (
            CHAT,
            {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
            ("messages[0].content[0].type", "required", "error"),
        ),
        (
            CHAT,
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "cat"}}]}]},
            ("messages[0].content[0].image_url.url", "pattern", "error"),
        ),
        (
            CHAT,
            {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"format": "ogg"}}]}]},
            ("messages[0].content[0].input_audio.format", "choice", "error"),
        ),
        (CHAT, {"model": "llama-of-a-reseller"}, ("model", "choice", "warning")),
        (CHAT, {"model": "o3-mini", "temperature": 1}, ("temperature", "applies", "warning")),
        (CHAT, {"model": "o3-mini", "max_tokens": 9}, ("max_tokens", "applies", "warning")),
        (CHAT, {"model": "o4-mini", "stop": "\n"}, ("stop", "applies", "warning")),
        (CHAT, {"reasoning_effort": "low"}, ("reasoning_effort", "applies", "warning")),
        (CHAT, {"model": "o3", "reasoning_effort": "utmost"}, ("reasoning_effort", "choice", "warning")),
        (CHAT, {"stream_options": {"include_usage": True}}, ("stream_options", "applies", "warning")),
        (CHAT, {"temperature": 2.1}, ("temperature", "maximum", "error")),
        (CHAT, {"top_p": 1.1}, ("top_p", "maximum", "error")),
        (CHAT, {"n": 129}, ("n", "maximum", "error")),
        (CHAT, {"max_tokens": -1}, ("max_tokens", "minimum", "error")),
        (CHAT, {"stop": ["a", "b", "c", "d", "e"]}, ("stop", "items", "error")),
        (CHAT, {"presence_penalty": -3}, ("presence_penalty", "minimum", "error")),
        (CHAT, {"top_logprobs": 5}, ("top_logprobs", "applies", "warning")),
        (CHAT, {"logprobs": True, "top_logprobs": 21}, ("top_logprobs", "maximum", "error")),
        (CHAT, {"response_format": {"type": "xml"}}, ("response_format.type", "choice", "error")),
        (CHAT, {"response_format": {"type": "json_schema"}}, ("response_format.json_schema", "required", "error")),
        (
            CHAT,
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}},
            ("response_format.json_schema.schema", "required", "error"),
        ),
        (CHAT, {"tool_choice": "maybe", "tools": [{}]}, ("tool_choice", "choice", "error")),
        (CHAT, {"modalities": ["video"]}, ("modalities[0]", "choice", "error")),
        (CHAT, {"audio": {"voice": "marvin"}}, ("audio.voice", "choice", "warning")),
        (CHAT, {"audio": {"format": "aac"}}, ("audio.format", "choice", "error")),
        (CHAT, {"top_k": 3}, ("top_k", "unknown", "warning")),
        (GPTS, {"model": "gpt-4o"}, ("model", "usual", "warning")),
        (TEXT, {"prompt": []}, ("prompt", "items", "error")),
        (TEXT, {"best_of": 2, "n": 3}, ("best_of", "below", "warning")),
        (TEXT, {"best_of": 0}, ("best_of", "below", "warning")),
        (TEXT, {"best_of": 2, "stream": True}, ("best_of", "applies", "warning")),
        (TEXT, {"model": "davinci-002", "suffix": "."}, ("suffix", "applies", "warning")),
        (TEXT, {"logprobs": 6}, ("logprobs", "maximum", "error")),
        (NUMBERS, {"input": []}, ("input", "items", "error")),
        (NUMBERS, {"input": ["x"] * 2049}, ("input", "items", "error")),
        (NUMBERS, {"dimensions": 0}, ("dimensions", "minimum", "error")),
        (NUMBERS, {"model": "text-embedding-ada-002", "dimensions": 2}, ("dimensions", "applies", "warning")),
        (NUMBERS, {"encoding_format": "int8"}, ("encoding_format", "choice", "error")),
        (HEAR, {"language": "en-US"}, ("language", "usual", "warning")),
        (HEAR, {"temperature": "1.5"}, ("temperature", "maximum", "error")),
        (HEAR, {"response_format": "diarized_json"}, ("response_format", "choice", "warning")),
        (
            HEAR,
            {"model": "gpt-4o-transcribe", "response_format": "srt"},
            ("response_format", "choice", "warning"),
        ),
        (HEAR, {"timestamp_granularities[]": ["word"]}, ('"timestamp_granularities[]"', "applies", "warning")),
        (HEAR, {"include[]": ["logprobs"]}, ('"include[]"', "applies", "warning")),
        (HEAR, {"stream": "true"}, ("stream", "applies", "warning")),
        (HEAR, {"stream": "yes", "model": "gpt-4o-transcribe"}, ("stream", "pattern", "error")),
        (HEAR, {"known_speaker_names[]": ["Ann"]}, ('"known_speaker_names[]"', "applies", "warning")),
        (
            HEAR,
            {"model": "gpt-4o-transcribe-diarize", "known_speaker_names[]": list("abcde")},
            ('"known_speaker_names[]"', "items", "error"),
        ),
        (HEAR, {"model": "gpt-4o-transcribe-diarize", "prompt": "x"}, ("prompt", "applies", "warning")),
        (TRANSLATE, {"language": "en"}, ("language", "unknown", "warning")),
        (TRANSLATE, {"response_format": "diarized_json"}, ("response_format", "choice", "error")),
        (SPEECH, {"input": "x" * 4097}, ("input", "length", "error")),
        (SPEECH, {"input": "茶" * 1366}, ("input", "bytes", "warning")),
        (SPEECH, {"voice": "marin"}, ("voice", "choice", "warning")),
        (SPEECH, {"voice": "my-own"}, ("voice", "choice", "warning")),
        (SPEECH, {"speed": 0.2}, ("speed", "minimum", "error")),
        (SPEECH, {"instructions": "whisper"}, ("instructions", "applies", "warning")),
        (SPEECH, {"stream_format": "sse"}, ("stream_format", "applies", "warning")),
        (SPEECH, {"response_format": "ogg"}, ("response_format", "choice", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, changes: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, **changes)


PICTURE = {"type": "image_url", "image_url": {"url": "https://a.b/c.png", "detail": "low"}}


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        (CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "what is it?"}, PICTURE]}]}),
        (
            CHAT,
            {
                "messages": [
                    *SAY,
                    {"role": "assistant", "content": None, "tool_calls": [{}]},
                    {"role": "tool", "content": "", "tool_call_id": "call_1"},
                ]
            },
        ),
        (CHAT, {"stream": True, "stream_options": {"include_usage": True}}),
        (CHAT, {"stop": None}),
        (CHAT, {"tools": [{"type": "function"}], "tool_choice": {"type": "function"}, "parallel_tool_calls": False}),
        (
            CHAT,
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}},
        ),
        (CHAT, {"model": "o3", "reasoning_effort": "high", "max_completion_tokens": 2000}),
        (
            CHAT,
            {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}, "logit_bias": {"7": -100}},
        ),
        (TEXT, {"prompt": ["a", "b"], "n": 2, "best_of": 2, "echo": True, "suffix": "."}),
        (NUMBERS, {"input": "one text"}),
        (NUMBERS, {"input": [[1, 2], [3]], "encoding_format": "base64"}),
        (
            HEAR,
            {"temperature": "0", "response_format": "verbose_json", "timestamp_granularities[]": ["word", "segment"]},
        ),
        (
            HEAR,
            {"model": "gpt-4o-transcribe", "stream": "true", "include[]": ["logprobs"], "chunking_strategy": "auto"},
        ),
        (HEAR, {"file": "studio-file:" + "0" * 32, "temperature": 0.5}),
        (TRANSLATE, {"temperature": "0.2", "prompt": "Names: Ann", "response_format": "vtt"}),
        (SPEECH, {"model": "gpt-4o-mini-tts", "voice": "marin", "instructions": "softly", "stream_format": "audio"}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, changes: dict[str, Any]) -> None:
    assert found(operation, **changes) == []


def test_chat_and_custom_gpts_share_a_path_and_are_told_apart_by_the_model() -> None:
    for model, operation in {"gpt-4o": CHAT, "gpt-4-gizmo-g-x": GPTS, None: CHAT, "gpt-4-giz": CHAT}.items():
        body = {"messages": SAY} | ({"model": model} if model else {})
        assert catalog.recognise("POST", "/v1/chat/completions", body) is operation
    [post] = [item["post"] for path, item in catalog.openapi_document()["paths"].items() if path == CHAT.path]
    content = post["requestBody"]["content"]["application/json"]
    assert len(content["schema"]["oneOf"]) == 3


def test_what_was_asked_for_is_told_in_words() -> None:
    assert CHAT.prompt_of(CHAT.values(CHAT.example)[0]) == "Why is the sky blue?"
    parts = {"messages": [{"role": "user", "content": [{"type": "text", "text": "what is it?"}, PICTURE]}]}
    assert CHAT.prompt_of(parts) == "what is it?"
    assert NUMBERS.prompt_of({"input": ["green tea", "black tea"]}) == "green tea\nblack tea"
    assert NUMBERS.prompt_of({"input": "one"}) == "one"
    assert NUMBERS.prompt_of({"input": [[1]]}) == ""
    assert SPEECH.prompt_of({"input": "Welcome."}) == "Welcome."
    assert TEXT.prompt_of({"prompt": "Slogan"}) == "Slogan"


# Answers


def chunk(**choice: Any) -> str:
    body = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": None} | choice]}
    return f"data: {catalog.dumps(body)}\n\n"


def texts(report: catalog.Report) -> list[tuple[str, str | None, str]]:
    return [(each.kind, each.text, each.role) for each in report.results]


def test_a_stream_with_several_answers_makes_one_text_of_each() -> None:
    stream = "".join(
        chunk(index=index, delta={"content": piece}) for index, piece in [(1, "B"), (0, "A"), (1, "b"), (0, "a")]
    )
    done = stream + chunk(finish_reason="stop") + "data: [DONE]\n\n"
    assert texts(CHAT.read(done, "answer")) == [("text", "Aa", ""), ("text", "Bb", "")]
    assert CHAT.heard(stream).text == "Aa"


def test_the_pieces_of_a_tool_call_and_of_thoughts_are_put_together() -> None:
    pieces = [
        {"reasoning_content": "Let me "},
        {"reasoning_content": "see."},
        {"tool_calls": [{"index": 0, "id": "call_1", "function": {"name": "weather", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"city":'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '"Paris"}'}}]},
    ]
    stream = "".join(chunk(delta=delta) for delta in pieces) + chunk(finish_reason="tool_calls")
    found = texts(CHAT.read(stream, "answer"))
    assert found == [("text", 'weather {"city":"Paris"}', ""), ("text", "Let me see.", "reasoning")]


def test_an_answer_leads_on() -> None:
    said = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}]}
    streamed = chunk(delta={"content": "Hi"}) + chunk(finish_reason="stop")
    for payload in (said, streamed):
        talk, speak = CHAT.read(payload, "answer", 200, {"model": "gpt-4o", "messages": SAY}).actions
        assert talk.values["messages"] == [
            *SAY,
            {"role": "assistant", "content": "Hi"},
            {"role": "user", "content": ""},
        ]
        assert (speak.operation, speak.values) == ("openai.speech", {"input": "Hi"})
    for told in ({"text": "Hi"}, 'data: {"type":"transcript.text.done","text":"Hi"}\n\n'):
        [ask] = HEAR.read(told, "answer").actions
        assert (ask.operation, ask.values["messages"][0]["content"]) == ("openai.chat", "Hi")


def test_a_stream_can_be_read_wherever_it_is_cut() -> None:
    stream = "".join(chunk(delta={"content": piece}) for piece in ["Because ", "air ", "蓝", "scatters."])
    raw = stream.encode()
    heard = [CHAT.heard(raw[:end]).text for end in range(len(raw) + 1)]
    assert heard[0] == ""
    assert heard[-1] == "Because air 蓝scatters."
    assert all(later.startswith(earlier) for earlier, later in pairwise(heard))


def test_a_stream_without_an_event_says_nothing() -> None:
    report = CHAT.read(": wait\n\n", "answer")
    assert (report.state, report.results, report.error) == (None, [], "The answer broke off before its end.")


@pytest.mark.parametrize("end", ["", 'data: {"choices":[{"index":0,"de'])
def test_a_stream_that_broke_off_says_nothing_of_its_end_and_keeps_what_came(end: str) -> None:
    report = CHAT.read(chunk(delta={"content": "Be"}) + end, "answer")
    assert (report.state, texts(report)) == (None, [("text", "Be", "partial")])


def test_an_error_in_mid_stream_has_failed_and_keeps_what_came() -> None:
    stream = chunk(delta={"content": "Be"}) + 'data: {"error":{"message":"gone","code":"x_y"}}\n\n'
    report = CHAT.read(stream, "answer")
    assert (report.state, report.error, report.code) == ("failed", "gone", "x_y")
    assert (report.refused, texts(report)) == (False, [("text", "Be", "partial")])
    at_once = CHAT.read('data: {"error":{"message":"gone"}}\n\n', "answer")
    assert (at_once.state, at_once.refused, at_once.results) == ("failed", True, [])


def test_a_sound_is_bytes_and_nothing_else() -> None:
    [result] = SPEECH.read(b"\xff\xfb\x90\x00sound", "answer").results
    assert (result.kind, result.data) == ("audio", b"\xff\xfb\x90\x00sound")
    for payload in ({"message": "no"}, {"error": {"message": "no"}}, "text", "", b""):
        assert SPEECH.read(payload, "answer").state == "failed"
    assert SPEECH.is_raw_sound({"response_format": "pcm"})
    assert not SPEECH.is_raw_sound({})


@pytest.mark.parametrize("text", ["1\n00:00:00,000 --> 00:00:01,000\nHello\n", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi"])
def test_subtitles_and_plain_text_are_texts(text: str) -> None:
    assert texts(HEAR.read(text, "answer")) == [("text", text, "")]
    assert HEAR.read("<html>502</html>", "answer").state == "failed"


def test_words_of_a_transcript_are_kept_beside_it() -> None:
    report = HEAR.read({"text": "Hi.", "words": [{"word": "Hi", "start": 0, "end": 0.4}]}, "answer")
    assert [(r.kind, r.role) for r in report.results] == [("text", ""), ("file", "details")]


@pytest.mark.parametrize("operation", ALL, ids=lambda o: o.slug)
def test_a_call_that_answers_at_once_may_take_its_time(operation: catalog.Operation) -> None:
    assert operation.answers_at_once
    assert (operation.patience or 0) >= 120
    assert operation.may_stream == (operation.makes == "text")


@pytest.mark.parametrize(
    ("text", "name", "charged"),
    [
        ("text_too_long", "text-too-long", "no"),
        ("unexpected_response_format", "transcript-format", "maybe"),
        ("Invalid file · request_error", "upstream-request", "maybe"),
        ("field messages is required", "no-messages", "no"),
        ("The answer broke off before its end.", "broken-off", "maybe"),
        ("insufficient_user_quota", "spent-balance", "no"),
    ],
)
def test_what_the_gateway_says_is_explained(text: str, name: str, charged: str) -> None:
    meaning = catalog.explain(text, 500, "openai")
    assert meaning is not None
    assert (meaning.name, meaning.charged) == (name, charged)


@pytest.mark.parametrize(
    ("last", "faults"),
    [
        ({"role": "user", "content": " \n"}, [("messages[1].content", "required")]),
        ({"role": "user", "content": "hello"}, []),
        ({"role": "user", "content": [{"type": "text", "text": "hello"}]}, []),
        ({"role": "assistant", "content": ""}, []),
    ],
)
def test_an_empty_question_is_not_asked(last: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    """The gateway takes it, answers, and charges."""
    found = CHAT.check({"model": "gpt-4o-mini", "messages": [*SAY, last]})
    assert [(each.path, each.rule) for each in found] == faults


@pytest.mark.parametrize(
    ("part", "count"),
    [
        ({"type": "text", "text": "x"}, 0),
        ({"type": "text"}, 1),
        ({"type": "image_url"}, 1),
        ({"type": "image_url", "image_url": {"detail": "low"}}, 1),
        ({"type": "image_url", "image_url": {"url": "https://a.b/1.png"}}, 0),
        ({"type": "input_audio"}, 2),
        ({"type": "input_audio", "input_audio": {"data": "AAAA"}}, 1),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, 0),
    ],
)
def test_a_part_holds_what_its_type_says(part: dict[str, Any], count: int) -> None:
    said = [{"role": "user", "content": "hi"}, {"role": "user", "content": [part]}]
    assert found(CHAT, messages=said) == [("messages[1].content", "count", "warning")] * count


def test_each_bias_lies_between_never_and_always() -> None:
    assert found(CHAT, logit_bias={"1": -100, "2": 100, "3": 0.5}) == []
    assert found(CHAT, logit_bias={"1": 200}) == [("logit_bias", "maximum", "error")]
    assert found(CHAT, logit_bias={"1": -101}) == [("logit_bias", "minimum", "error")]
