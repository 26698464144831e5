"""Pixverse against its fact sheet: text and picture, the feed behind a question mark, callbacks, and the web format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from PIL import Image

from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from tests.sandbox.rig import CALLBACK, Mailbox, Rig, fetched, shape_of

GENERATE, FEED, WEB = "/pixverse/v1/pro/generate", "/pixverse/v1/pro/feed", "/pixverse/generate"
PICTURE, END = "https://img.example.com/owl.png", "https://img.example.com/owl-asleep.png"
TEXT_BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "prompt": "a clockwork owl opens its wings",
    "model": "v3",
    "ratio": "16:9",
    "negative_prompt": "blurry",
    "seed": 20250101,
}
IMAGE_BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "image": PICTURE,
    "prompt": "it blinks",
    "model": "v3.5",
    "seed": 7,
}
WEB_BODY: Mapping[str, Any] = {
    "prompt": "smoke rings",
    "model": "v4",
    "quality": "540p",
    "duration": 5,
    "aspect_ratio": "16:9",
    "motion_mode": "normal",
    "seed": 5,
}
MEMBERS = "task_id state status prompt video_url image_url poster msg point refund create_time update_time"


def submit(rig: Rig, body: Mapping[str, Any], path: str = GENERATE, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    whole = {name: value for name, value in {**body, **changes}.items() if value is not None}
    return rig.post(path, whole)


def begin(rig: Rig, body: Mapping[str, Any] = TEXT_BODY, **changes: Any) -> str:
    return str(submit(rig, body, **changes).json()["data"]["task_id"])


def asked(rig: Rig, task_id: str) -> dict[str, Any]:
    """The feed's whole answer."""
    told: dict[str, Any] = rig.ask(f"{FEED}?task_id={task_id}").json()
    return told


def finished(rig: Rig, body: Mapping[str, Any] = TEXT_BODY, **changes: Any) -> dict[str, Any]:
    task_id = begin(rig, body, **changes)
    rig.step(60)
    task: dict[str, Any] = asked(rig, task_id)["data"]
    return task


def web_begin(rig: Rig, **changes: Any) -> int:
    told = submit(rig, WEB_BODY, WEB, **changes).json()
    assert told["ErrCode"] == 0, told
    return int(told["Resp"]["video_id"])


def web_of(rig: Rig, video_id: int) -> dict[str, Any]:
    told: dict[str, Any] = rig.ask(f"/pixverse/feed/{video_id}").json()
    return told


# Text and picture


@pytest.mark.parametrize("body", [TEXT_BODY, IMAGE_BODY])
def test_each_form_is_answered_with_an_id_and_charged_once(rig: Rig, body: Mapping[str, Any]) -> None:
    answer = submit(rig, body)
    told = answer.json()
    assert (answer.status_code, told["code"], told["msg"], list(told["data"])) == (200, 200, "ok", ["task_id"])
    assert rig.ledger()["charged"] == "100"
    assert rig.ledger()["posts"][0]["callback_url"] == CALLBACK


def test_the_feed_tells_a_task_by_a_word_and_a_digit(rig: Rig) -> None:
    task_id = begin(rig)
    task = asked(rig, task_id)["data"]
    assert " ".join(task) == MEMBERS
    assert (task["task_id"], task["state"], task["status"]) == (task_id, "pending", "0")
    assert (task["point"], task["refund"]) == ("100", "0")
    assert [task[name] for name in ("video_url", "image_url", "poster", "msg")] == [None] * 4
    rig.step(2)
    task = asked(rig, task_id)["data"]
    assert (task["state"], task["status"]) == ("running", "1")


@pytest.mark.parametrize(
    ("body", "changes", "shape", "seconds"),
    [
        (TEXT_BODY, {"ratio": "3:4"}, 3 / 4, 5),
        (TEXT_BODY, {"ratio": None, "duration": 8, "quality": "1080p"}, 16 / 9, 8),
        (IMAGE_BODY, {"last_image": END}, 16 / 9, 5),
    ],
)
def test_a_finished_film_has_the_shape_and_the_length_that_was_asked_for(
    rig: Rig, body: Mapping[str, Any], changes: dict[str, Any], shape: float, seconds: int
) -> None:
    task = finished(rig, body, **changes)
    width, height, lasts = shape_of(rig, task["video_url"])
    assert (task["state"], task["status"]) == ("succeeded", "3")
    assert (width / height, lasts) == (shape, seconds)


def test_beside_the_film_lie_a_still_and_a_preview_that_moves(rig: Rig) -> None:
    task = finished(rig)
    with Image.open(fetched(rig, task["poster"])) as poster, Image.open(fetched(rig, task["image_url"])) as preview:
        assert (poster.format, poster.size) == ("JPEG", (640, 360))
        assert (preview.format, preview.size, preview.n_frames) == ("WEBP", (320, 180), 5)  # type: ignore[attr-defined]
        first = preview.convert("RGB").tobytes()
        preview.seek(4)
        assert preview.convert("RGB").tobytes() != first


@pytest.mark.parametrize(
    ("body", "changes", "msg"),
    [
        (TEXT_BODY, {"callback_url": None}, "callback_url_empty"),
        (TEXT_BODY, {"prompt": ""}, "prompt_empty"),
        (TEXT_BODY, {"ratio": "wide"}, "ratio is invalid"),
        (TEXT_BODY, {"model": 3}, "model must be a string"),
        (TEXT_BODY, {"seed": "7"}, "seed must be a whole number"),
        (TEXT_BODY, {"template_id": 1.5}, "template_id must be a whole number"),
        (TEXT_BODY, {"sound_effect_switch": True}, "sound_effect_switch must be 0 or 1"),
        (TEXT_BODY, {"sound_effect_switch": 2}, "sound_effect_switch must be 0 or 1"),
        (TEXT_BODY, {"lip_sync_tts_speaker_id": 3}, "lip_sync_tts_speaker_id must be a string"),
        (TEXT_BODY, {"style": ["clay"]}, "style must be a string or a whole number"),
        (TEXT_BODY, {"style": 3.5}, "style must be a string or a whole number"),
        (TEXT_BODY, {"style": True}, "style must be a string or a whole number"),
        (TEXT_BODY, {"camera_movement": 7}, "camera_movement must be a string"),
        (TEXT_BODY, {"quality": "sharp"}, "quality is invalid"),
        (TEXT_BODY, {"duration": 7}, "duration must be one of 5, 8, 10, 15"),
        (TEXT_BODY, {"duration": "5"}, "duration must be a whole number"),
        (IMAGE_BODY, {"image": "owl.png"}, "image is not a URL"),
        (IMAGE_BODY, {"last_image": "owl.png"}, "last_image is not a URL"),
        (IMAGE_BODY, {"motion_strength": 1.1}, "motion_strength must be a number from 0 to 1"),
        (IMAGE_BODY, {"motion_scale": 3}, "motion_scale must be an object"),
        (IMAGE_BODY, {"motion_scale": {"zoom": "in"}}, "motion_scale.zoom must be a number"),
        (IMAGE_BODY, {"motion_scale": {"roll": 1.5}}, "motion_scale.roll must be a whole number"),
    ],
)
def test_a_wrong_body_is_code_400_inside_http_200(
    rig: Rig, body: Mapping[str, Any], changes: dict[str, Any], msg: str
) -> None:
    answer = submit(rig, body, **changes)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, 400, None)
    assert msg in answer.json()["msg"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (TEXT_BODY, {"model": None, "style": 3}),
        (TEXT_BODY, {"template_id": 302325299721280, "style": "clay", "camera_movement": "whip_pan"}),
        (TEXT_BODY, {"sound_effect_switch": 1, "sound_effect_content": "a music box"}),
        (TEXT_BODY, {"lip_sync_tts_speaker_id": "8", "lip_sync_tts_content": "Good evening."}),
        (IMAGE_BODY, {"motion_strength": 0.55}),
        (IMAGE_BODY, {"motion_scale": {"horizontal": -3.3, "vertical": 2.7, "roll": 4, "zoom": -4.4}}),
        (IMAGE_BODY, {"unheard": {"of": 1}}),
    ],
)
def test_what_the_sheet_allows_is_taken(rig: Rig, body: Mapping[str, Any], changes: dict[str, Any]) -> None:
    assert submit(rig, body, **changes).json()["code"] == 200


@pytest.mark.parametrize("query", ["", "?task_id=", f"?task_id={STRANGER}"])
def test_the_feed_says_no_inside_a_200(rig: Rig, query: str) -> None:
    answer = rig.ask(f"{FEED}{query}")
    assert (answer.status_code, answer.json()["code"]) == (200, 400)


def test_the_feed_is_asked_and_not_posted_to(rig: Rig) -> None:
    assert rig.post(FEED, {"task_id": begin(rig)}).status_code == 404


def test_each_system_of_the_family_knows_its_own_tasks_only(rig: Rig) -> None:
    assert asked(rig, rig.begin())["msg"] == "task_not_exist"
    assert rig.post("/pika/v1/feed", {"task_id": begin(rig)}).json()["msg"] == "task_not_exist"


def test_every_change_is_called_back_with_the_task_alone(rig: Rig, mailbox: Mailbox) -> None:
    task_id = begin(rig)
    rig.step(60)
    assert [(told["state"], told["status"]) for told in mailbox.told()] == [
        ("running", "1"),
        ("running", "1"),
        ("succeeded", "3"),
    ]
    assert mailbox.told()[-1] == asked(rig, task_id)["data"]


def test_a_failure_says_why_and_gives_the_points_back(rig: Rig) -> None:
    rig.play(fail_task=1)
    task = finished(rig)
    assert (task["state"], task["status"], task["refund"], task["video_url"]) == ("error", "2", "1", None)
    assert "no frames" in task["msg"]
    assert rig.ledger()["refunded"] == "100"


def test_a_forged_callback_claims_success_in_word_and_digit(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1)
    begin(rig)
    rig.step(2)
    forged = mailbox.told()[0]
    assert (forged["state"], forged["status"], forged["video_url"]) == ("succeeded", "3", FORGED_VIDEO)


# The web format


def test_the_web_format_counts_its_videos_and_tells_states_by_numbers(rig: Rig, mailbox: Mailbox) -> None:
    answer = submit(rig, WEB_BODY, WEB).json()
    video_id = answer["Resp"]["video_id"]
    assert (answer["ErrCode"], answer["ErrMsg"], type(video_id)) == (0, "Success", int)
    assert web_of(rig, video_id) == {
        "ErrCode": 0,
        "Resp": {
            "video_status": 5,
            "prompt": "smoke rings",
            "model": "v4",
            "quality": "540p",
            "video_duration": 5,
            "first_frame": "",
            "last_frame": "",
            "url": "",
        },
    }
    rig.step(60)
    told = web_of(rig, video_id)["Resp"]
    assert told["video_status"] == 1
    assert shape_of(rig, told["url"]) == (640, 360, 5)
    for name, kind in (("first_frame", "JPEG"), ("last_frame", "PNG")):
        with Image.open(fetched(rig, told[name])) as still:
            assert (still.format, still.size) == (kind, (640, 360))
    assert mailbox.letters == []
    assert rig.ledger()["charged"] == "100"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"prompt": None}, "prompt is required"),
        ({"model": None}, "model is required"),
        ({"quality": None}, "quality is required"),
        ({"quality": "4k"}, "quality is invalid"),
        ({"aspect_ratio": "21:9"}, "aspect_ratio is invalid"),
        ({"motion_mode": "wild"}, "motion_mode is invalid"),
        ({"seed": None}, "seed must be a whole number"),
        ({"duration": None}, "duration must be a whole number"),
        ({"duration": 10}, "duration must be 5 or 8"),
        ({"img_url": "owl.png"}, "img_url is not a URL"),
        ({"frame": [PICTURE]}, "frame must be two URLs"),
        ({"frame": [PICTURE, "owl.png"]}, "frame must be two URLs"),
        ({"frame": [PICTURE, END], "img_url": PICTURE}, "exclude each other"),
        ({"original_video_id": 7}, "extend must be 1 and platform web"),
        ({"original_video_id": 7, "extend": 1, "platform": "web"}, "original_video_id not found"),
    ],
)
def test_a_wrong_web_body_is_an_error_code_inside_http_200(rig: Rig, changes: dict[str, Any], text: str) -> None:
    answer = submit(rig, WEB_BODY, WEB, **changes)
    assert answer.status_code == 200
    assert answer.json()["ErrCode"] != 0
    assert text in answer.json()["ErrMsg"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    "changes", [{"img_url": PICTURE}, {"frame": [PICTURE, END]}, {"template_id": 302325299721280, "style": "clay"}]
)
def test_what_the_web_format_takes_besides(rig: Rig, changes: dict[str, Any]) -> None:
    assert web_begin(rig, **changes) > 0


def test_an_earlier_video_goes_on_once_it_is_there(rig: Rig) -> None:
    first = web_begin(rig)
    onward = {"original_video_id": first, "extend": 1, "platform": "web", "duration": 8}
    assert "not found" in submit(rig, WEB_BODY, WEB, **onward).json()["ErrMsg"]
    rig.step(60)
    second = web_begin(rig, **onward)
    rig.step(60)
    assert web_of(rig, second)["Resp"]["video_duration"] == 8
    assert second != first


def test_a_failed_video_has_a_number_and_no_text(rig: Rig) -> None:
    rig.play(fail_task=1)
    video_id = web_begin(rig)
    rig.step(60)
    told = web_of(rig, video_id)
    assert (told["ErrCode"], told["Resp"]["video_status"], told["Resp"]["url"]) == (0, 8, "")
    assert rig.ledger()["refunded"] == "100"


def test_of_a_video_that_is_not_known_yet_nothing_is_said(rig: Rig) -> None:
    assert web_of(rig, 7)["ErrCode"] != 0
    rig.play(unknown_task=1)
    video_id = web_begin(rig)
    assert web_of(rig, video_id) == {"ErrCode": 0, "ErrMsg": "Success"}
    rig.step(4.1)
    assert web_of(rig, video_id)["Resp"]["video_status"] == 5


def test_the_web_format_refuses_in_its_own_words(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    assert submit(rig, WEB_BODY, WEB).json() == {"ErrCode": 400, "ErrMsg": "generate_failed"}
