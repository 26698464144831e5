"""Suno's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog.sheets import found

UPLOAD, GENERATE = catalog.get("suno.upload"), catalog.get("suno.generate")
FEED, CONCAT = catalog.get("suno.feed"), catalog.get("suno.concat")
ONE, TWO = "11110000-0000-4000-8000-000000000001", "11110000-0000-4000-8000-000000000002"
WHOLE = "33330000-0000-4000-8000-000000000001"
SCENARIOS = [
    r"""{"prompt": "[Verse]\nRain on the tin roof\n[Chorus]\nStay, stay", "tags": "acoustic folk", "negative_tags": "",
        "mv": "chirp-v4", "title": "Tin Roof"}""",
    """{"gpt_description_prompt": "a lullaby for a ship's cat", "mv": "chirp-v4", "prompt": "",
        "make_instrumental": false}""",
    """{"prompt": "", "tags": "lofi piano", "mv": "chirp-v4", "title": "Slow tide", "continue_clip_id": null,
        "continue_at": null, "infill_start_s": null, "infill_end_s": null}""",
    """{"gpt_description_prompt": "calm strings for a sunrise", "mv": "chirp-v4", "prompt": "",
        "make_instrumental": true}""",
    r"""{"prompt": "[Verse 2]\n...", "tags": "lofi", "title": "Hum", "mv": "chirp-v4",
        "continue_clip_id": "0b1c0000-0000-4000-8000-000000000001", "continue_at": 20, "task": "upload_extend"}""",
    r"""{"prompt": "[Outro]\n...", "tags": "acoustic folk", "title": "Tin Roof", "mv": "chirp-v4",
        "continue_clip_id": "11110000-0000-4000-8000-000000000001", "continue_at": 110.5, "task": "extend"}""",
    r"""{"prompt": "[Verse]\n...", "generation_type": "TEXT", "tags": "synthwave", "negative_tags": "folk",
        "mv": "chirp-v4-tau", "title": "Tin Roof (cover)", "continue_clip_id": null, "continue_at": null,
        "continued_aligned_prompt": null, "infill_start_s": null, "infill_end_s": null, "task": "cover",
        "cover_clip_id": "11110000-0000-4000-8000-000000000001"}""",
]
SUBMITTED = {
    "id": "11110000-0000-4000-8000-00000000aaaa",
    "status": "complete",
    "clips": [{"id": ONE, "status": "submitted", "audio_url": ""}, {"id": TWO, "status": "submitted", "audio_url": ""}],
}


def clip(id_: str, status: str, **more: Any) -> dict[str, Any]:
    urls = {"audio_url": f"https://c.d/{id_[-1]}.mp3", "video_url": "", "image_url": None, "image_large_url": None}
    return {"id": id_, "status": status, **urls, "metadata": {"type": "gen", "duration": 140.4}, **more}


def read(*clips: dict[str, Any], bare: bool = False) -> catalog.Report:
    told = list(clips) if bare else {"clips": list(clips), "num_total_results": len(clips), "current_page": 0}
    return GENERATE.read(told, "poll")


@pytest.mark.parametrize("text", SCENARIOS)
def test_the_bodies_of_the_seven_scenarios_are_whole(text: str) -> None:
    body = catalog.loads(text)
    assert GENERATE.check(body) == []
    assert catalog.dumps(GENERATE.body(*GENERATE.values(body)).body) == catalog.dumps(body)
    assert catalog.recognise("POST", GENERATE.path, body) is GENERATE


def test_the_other_bodies_are_the_examples() -> None:
    assert GENERATE.example == catalog.loads(SCENARIOS[0])
    assert UPLOAD.example == {"url": "https://files.example.com/hum.mp3"}
    assert CONCAT.example == {"clip_id": "22220000-0000-4000-8000-000000000001", "is_infill": False}
    assert FEED.address({"ids": f"{ONE},{TWO}"}) == f"/suno/v2/feed?ids={ONE}%2C{TWO}"
    assert (UPLOAD.path, CONCAT.path) == ("/suno/v2/uploads/audio", "/suno/v2/generate/concat")


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (UPLOAD, {}, ("url", "required", "error")),
        (UPLOAD, {"url": "hum.mp3"}, ("url", "url", "error")),
        (GENERATE, {"mv": "chirp-v4"}, ("prompt", "required", "error")),
        (GENERATE, {"prompt": ""}, ("mv", "required", "error")),
        (GENERATE, {"mv": "chirp-v9"}, ("mv", "choice", "warning")),
        (GENERATE, {"prompt": "", "mv": "chirp-v4", "title": "Tin Roof"}, ("prompt", "required", "error")),
        (GENERATE, {"prompt": "x" * 5001}, ("prompt", "length", "error")),
        (GENERATE, {"tags": "x" * 1001}, ("tags", "length", "error")),
        (GENERATE, {"title": "x" * 81}, ("title", "length", "error")),
        (GENERATE, {"prompt": "la", "gpt_description_prompt": "sea"}, ("prompt", "exclusive", "warning")),
        (GENERATE, {"gpt_description_prompt": "sea", "tags": "folk"}, ("tags", "applies", "warning")),
        (GENERATE, {"task": "infill"}, ("task", "choice", "warning")),
        (GENERATE, {"task": "extend"}, ("continue_clip_id", "required", "error")),
        (GENERATE, {"task": "extend", "continue_clip_id": None}, ("continue_clip_id", "required", "error")),
        (GENERATE, {"task": "upload_extend", "continue_clip_id": "a"}, ("continue_at", "required", "error")),
        (GENERATE, {"continue_at": -1}, ("continue_at", "minimum", "error")),
        (GENERATE, {"task": "cover"}, ("cover_clip_id", "required", "error")),
        (GENERATE, {"task": "cover", "continue_clip_id": "a"}, ("continue_clip_id", "applies", "warning")),
        (CONCAT, {}, ("clip_id", "required", "error")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


def test_the_older_way_to_continue_an_upload_has_no_kind() -> None:
    body = {"prompt": "", "mv": "chirp-v3-5-upload", "continue_clip_id": "a", "continue_at": 20}
    assert GENERATE.check(body) == []


def test_one_request_is_two_clips_and_the_root_says_nothing_of_them() -> None:
    report = GENERATE.read(SUBMITTED, "answer")
    assert (report.state, report.gateway_ids, report.results) == ("queued", (ONE, TWO), [])
    assert GENERATE.poll_values(report.gateway_ids) == {"ids": f"{ONE},{TWO}"}
    assert (GENERATE.poll, CONCAT.poll, UPLOAD.poll, GENERATE.callback) == ("suno.feed", "suno.feed", "", "")


def test_joining_answers_with_one_clip() -> None:
    report = CONCAT.read(
        {"id": WHOLE, "status": "submitted", "audio_url": "", "metadata": {"type": "concat"}}, "answer"
    )
    assert (report.state, report.gateway_ids) == ("queued", (WHOLE,))


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("submitted", "submitted", "queued"),
        ("submitted", "queued", "queued"),
        ("streaming", "submitted", "running"),
        ("streaming", "complete", "running"),
        ("complete", "queued", "running"),
        ("error", "submitted", "running"),
        ("complete", "complete", "succeeded"),
        ("error", "complete", "succeeded"),
        ("error", "error", "failed"),
        ("complete", "polishing", None),
        ("polishing", "polishing", None),
    ],
)
def test_the_whole_is_what_its_clips_are(first: str, second: str, state: str | None, *, bare: bool) -> None:
    assert read(clip(ONE, first), clip(TWO, second), bare=bare).state == state
    assert read(clip(ONE, second), clip(TWO, first), bare=bare).state == state


def test_a_stream_is_no_result_and_both_clips_are() -> None:
    assert read(clip(ONE, "streaming"), clip(TWO, "streaming")).results == []
    assert read(clip(ONE, "complete"), clip(TWO, "streaming")).results == []
    pictures = {"image_url": "https://c.d/1.jpeg", "image_large_url": "https://c.d/1_l.jpeg"}
    report = read(clip(ONE, "complete", video_url="https://c.d/1.mp4", **pictures), clip(TWO, "complete"))
    assert [(each.kind, each.url, each.role) for each in report.results] == [
        ("audio", "https://c.d/1.mp3", ""),
        ("audio", "https://c.d/2.mp3", ""),
        ("video", "https://c.d/1.mp4", ""),
        ("image", "https://c.d/1.jpeg", "thumbnail"),
        ("image", "https://c.d/1_l.jpeg", "thumbnail"),
    ]
    half = read(clip(ONE, "error"), clip(TWO, "complete"))
    assert [each.url for each in half.results] == ["https://c.d/2.mp3"]


def test_why_a_clip_failed() -> None:
    said = {"error_type": "moderation_failure", "error_message": "blocked words"}
    assert read(clip(ONE, "error", metadata=said)).error == "blocked words"
    assert read(clip(ONE, "error", metadata={"error_type": "moderation_failure"})).error == "moderation_failure"


def test_the_kind_of_a_failure_explains_it_whatever_its_text_says() -> None:
    said = {"error_type": "moderation_failure", "error_message": "Unable to generate lyrics from song description"}
    report = read(clip(ONE, "error", metadata=said), clip(TWO, "error", metadata=said))
    assert report.code == "moderation_failure"
    meaning = catalog.explain(report.error, 200, "suno", report.code)
    assert meaning is not None
    assert meaning.name == "moderation"


@pytest.mark.parametrize("payload", [[], {"clips": []}])
def test_a_clip_that_is_not_in_the_list_is_no_news(payload: object) -> None:
    report = GENERATE.read(payload, "poll")
    assert (report.state, report.error, report.refused) == (None, "", False)


@pytest.mark.parametrize("operation", [GENERATE, CONCAT, UPLOAD])
@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"error": {"message": "no channel", "type": "new_api_error", "code": "x"}}, 503, "no channel"),
        ({"detail": "Insufficient credits."}, 402, "Insufficient credits."),
        ({"detail": "Insufficient credits."}, 200, "Insufficient credits."),
        ({"code": "fail", "message": "upstream is busy"}, 200, "upstream is busy"),
    ],
)
def test_a_no_of_any_shape_is_read(operation: catalog.Operation, payload: Any, status: int, error: str) -> None:
    report = operation.read(payload, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)
    if operation.poll:
        asked = operation.read(payload, "poll", status)
        assert (asked.state, asked.error, asked.refused) == (None, error, True)


@pytest.mark.parametrize(
    ("payload", "id_"),
    [
        ({"clip_id": "a", "duration": 31.2}, "a"),
        ({"code": "success", "message": "", "data": "a"}, "a"),
        ({"status": "error", "error": None}, ""),
        ({"code": "success", "data": {}}, ""),
    ],
)
def test_an_upload_has_an_id_or_has_failed(payload: object, id_: str) -> None:
    report = UPLOAD.read(payload, "answer")
    assert (report.state, report.gateway_id) == ("succeeded" if id_ else "failed", id_)
    assert bool(report.error) == (not id_)


def test_an_upload_makes_nothing_but_leads_on() -> None:
    assert UPLOAD.makes == "none"
    assert UPLOAD.offered
    on = UPLOAD.read({"clip_id": "a", "duration": 31.2}, "answer").actions
    assert on[0].values == {"task": "upload_extend", "continue_clip_id": "a", "continue_at": 31.2}
    assert (on[1].values["task"], on[1].values["cover_clip_id"]) == ("cover", "a")


def test_each_clip_can_go_on_and_only_an_extension_can_be_joined() -> None:
    part = clip(TWO, "complete", metadata={"duration": 80.0, "history": [{"id": ONE, "continue_at": 60}]})
    actions = read(clip(ONE, "complete"), part).actions
    told = [(each.operation, each.label.en) for each in actions]
    assert told == [
        ("suno.generate", "Extend · clip 1"),
        ("suno.generate", "Extend · clip 2"),
        ("suno.generate", "Cover · clip 1"),
        ("suno.generate", "Cover · clip 2"),
        ("suno.concat", "Whole song · clip 1"),
    ]
    assert actions[1].values == {"task": "extend", "continue_clip_id": TWO, "continue_at": 80.0}
    assert actions[4].values == {"clip_id": TWO}
    assert [each.label.en for each in read(clip(ONE, "complete"), bare=True).actions] == [
        "Extend · clip 1",
        "Cover · clip 1",
    ]
    whole = CONCAT.read({"clips": [clip(WHOLE, "complete")]}, "poll").actions
    assert {each.label.en for each in whole} == {"Extend", "Cover"}


@pytest.mark.parametrize("said", [{"gpt_description_prompt": "sea"}, {"tags": "folk"}, {"task": "extend"}])
def test_lyrics_may_be_empty_beside_what_else_says_what_is_wanted(said: dict[str, Any]) -> None:
    body = {"mv": "chirp-v4", "prompt": "", **said}
    assert ("prompt", "required", "error") not in found(GENERATE, body)


def test_a_text_that_has_to_be_there_and_is_empty_is_nobody_s_choice() -> None:
    lines = {line.at: line.why for line in GENERATE.body({"mv": "chirp-v4", "prompt": ""}, {}).trace}
    assert lines == {"mv": "default", "prompt": "default"}


def test_a_fresh_form_needs_only_words() -> None:
    assert GENERATE.defaults() == {"mv": "chirp-v4"}
    assert CONCAT.defaults() == {"is_infill": False}


@pytest.mark.parametrize(("mv", "fine"), [("chirp-v4", False), ("chirp-v4-tau", False), ("chirp-auk", True)])
def test_models_before_the_newer_ones_sing_shorter_songs(mv: str, fine: bool) -> None:
    told = found(GENERATE, {"mv": mv, "prompt": "x" * 3001, "tags": "y" * 201})
    assert told == ([] if fine else [("prompt", "length", "warning"), ("tags", "length", "warning")])
    assert found(GENERATE, {"mv": mv, "prompt": "x" * 3000, "tags": "y" * 200}) == []
