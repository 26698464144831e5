"""Pika against its fact sheet: three forms of one submit, their feed and callbacks, and the web site's own format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from tests.sandbox.rig import CALLBACK, Mailbox, Rig, fetched, shape_of

GENERATE, FEED, WEB = "/pika/v1/pro/generate", "/pika/v1/feed", "/pika/generate"
PICTURE, FILM = "https://img.example.com/teapot.png", "https://v.example.com/lake.mp4"
OPTIONS = {"frameRate": 24, "parameters": {"guidanceScale": 12, "motion": 1, "negativePrompt": ""}}
TEXT_BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "prompt": "a lantern drifting over a lake",
    "ratio": "9:16",
    "sfx": False,
    "model": 1.5,
    "options": OPTIONS | {"camera": {"zoom": "in"}},
}
IMAGE_BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "image": PICTURE,
    "prompt": "Melt it",
    "style": "Melt",
    "sfx": True,
    "model": 1.5,
}
VIDEO_BODY: Mapping[str, Any] = {
    "callback_url": CALLBACK,
    "video": FILM,
    "prompt": "the lantern goes out",
    "sfx": False,
    "style": "Dissolve",
    "options": OPTIONS,
}
PARAMETERS = {"guidanceScale": 12, "motion": 1, "negativePrompt": ""}
WEB_OPTIONS = {"aspectRatio": 1, "frameRate": 24, "camera": {}, "parameters": PARAMETERS, "extend": False}
WEB_BODY: Mapping[str, Any] = {
    "promptText": "rain on a tin roof",
    "model": "2.0",
    "pikaffect": "",
    "options": WEB_OPTIONS,
}
MEMBERS = "task_id status prompt video_url poster msg point refund create_time update_time"
BESIDE_A_PICTURE = {name: value for name, value in WEB_OPTIONS.items() if name != "aspectRatio"}


def submit(rig: Rig, body: Mapping[str, Any], path: str = GENERATE, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    whole = {name: value for name, value in {**body, **changes}.items() if value is not None}
    return rig.post(path, whole)


def begin(rig: Rig, body: Mapping[str, Any] = TEXT_BODY, **changes: Any) -> str:
    return str(submit(rig, body, **changes).json()["data"]["task_id"])


def task_of(rig: Rig, task_id: str) -> dict[str, Any]:
    told: dict[str, Any] = rig.post(FEED, {"task_id": task_id}).json()["data"]
    return told


def finished(rig: Rig, body: Mapping[str, Any] = TEXT_BODY, **changes: Any) -> dict[str, Any]:
    task_id = begin(rig, body, **changes)
    rig.step(60)
    return task_of(rig, task_id)


def web_of(rig: Rig, task_id: str) -> dict[str, Any]:
    told: dict[str, Any] = rig.ask(f"/pika/feed/{task_id}").json()
    return told


# The three forms


@pytest.mark.parametrize("body", [TEXT_BODY, IMAGE_BODY, VIDEO_BODY])
def test_each_form_is_answered_with_an_id_and_charged_once(rig: Rig, body: Mapping[str, Any]) -> None:
    answer = submit(rig, body)
    told = answer.json()
    assert (answer.status_code, told["code"], told["msg"], list(told["data"])) == (200, 200, "ok", ["task_id"])
    assert rig.ledger()["charged"] == "80"
    assert rig.ledger()["posts"][0]["callback_url"] == CALLBACK


def test_the_feed_tells_a_task_in_text(rig: Rig) -> None:
    task_id = begin(rig)
    task = task_of(rig, task_id)
    assert " ".join(task) == MEMBERS
    assert (task["task_id"], task["status"], task["point"], task["refund"]) == (task_id, "0", "80", "0")
    assert (task["video_url"], task["poster"], task["msg"]) == (None, None, None)
    rig.step(2)
    assert task_of(rig, task_id)["status"] == "1"


def test_a_finished_film_has_the_shape_that_was_asked_for_and_five_seconds(rig: Rig) -> None:
    task = finished(rig)
    width, height, seconds = shape_of(rig, task["video_url"])
    assert (task["status"], width / height, seconds) == ("3", 9 / 16, 5)
    with Image.open(fetched(rig, task["poster"])) as poster:
        assert (poster.format, poster.size) == ("JPEG", (width, height))


def test_a_wide_text_and_a_lengthened_video_come_out_so(rig: Rig) -> None:
    width, height, _ = shape_of(rig, finished(rig, ratio="5:2")["video_url"])
    assert width / height == 2.5
    lengthened = finished(rig, VIDEO_BODY, options=OPTIONS | {"extend": True})
    assert shape_of(rig, lengthened["video_url"])[2] == 9


def test_a_body_with_a_video_is_the_video_form_whatever_else_it_holds(rig: Rig) -> None:
    assert submit(rig, IMAGE_BODY, video=FILM, sfx=None).json()["msg"] == "sfx must be true or false"
    assert submit(rig, IMAGE_BODY, video=FILM).json()["msg"] == "options_empty"
    assert submit(rig, IMAGE_BODY, video=FILM, options={}).json()["code"] == 200


@pytest.mark.parametrize(
    ("body", "changes", "msg"),
    [
        (TEXT_BODY, {"callback_url": None}, "callback_url_empty"),
        (TEXT_BODY, {"callback_url": "here"}, "callback_url is not a URL"),
        (TEXT_BODY, {"prompt": " "}, "prompt_empty"),
        (TEXT_BODY, {"ratio": None}, "ratio_empty"),
        (TEXT_BODY, {"ratio": "wide"}, "ratio is invalid"),
        (TEXT_BODY, {"options": None}, "options_empty"),
        (TEXT_BODY, {"model": "1.5"}, "model must be a number"),
        (TEXT_BODY, {"model": True}, "model must be a number"),
        (TEXT_BODY, {"sfx": "on"}, "sfx must be true or false"),
        (TEXT_BODY, {"style": 3}, "style must be a string"),
        (TEXT_BODY, {"options": {"frameRate": 7}}, "frameRate must be a whole number from 8 to 24"),
        (TEXT_BODY, {"options": {"frameRate": 25}}, "frameRate must be a whole number from 8 to 24"),
        (TEXT_BODY, {"options": {"camera": []}}, "options.camera must be an object"),
        (TEXT_BODY, {"options": {"camera": {"pan": "up"}}}, "pan is invalid"),
        (TEXT_BODY, {"options": {"camera": {"tilt": "in"}}}, "tilt is invalid"),
        (TEXT_BODY, {"options": {"camera": {"rotate": "left"}}}, "rotate is invalid"),
        (TEXT_BODY, {"options": {"parameters": {"guidanceScale": 26}}}, "guidanceScale must be a whole number"),
        (TEXT_BODY, {"options": {"parameters": {"motion": 5}}}, "motion must be a whole number from 0 to 4"),
        (TEXT_BODY, {"options": {"parameters": {"motion": 1.5}}}, "motion must be a whole number from 0 to 4"),
        (TEXT_BODY, {"options": {"parameters": {"seed": "7"}}}, "seed must be a whole number"),
        (TEXT_BODY, {"options": {"parameters": {"negativePrompt": []}}}, "negativePrompt must be a string"),
        (IMAGE_BODY, {"image": "teapot.png"}, "image is not a URL"),
        (IMAGE_BODY, {"prompt": None}, "prompt_empty"),
        (VIDEO_BODY, {"video": "lake.mp4"}, "video is not a URL"),
        (VIDEO_BODY, {"sfx": None}, "sfx must be true or false"),
        (VIDEO_BODY, {"options": {"extend": 1}}, "extend must be true or false"),
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
        (TEXT_BODY, {"model": None, "sfx": None, "options": {}}),
        (TEXT_BODY, {"style": "Levitate", "ratio": "4:3", "model": 2}),
        (TEXT_BODY, {"options": {"camera": {}, "parameters": {"seed": 7_000_000_000_000_000, "motion": 0}}}),
        (IMAGE_BODY, {"ratio": "1:1", "options": OPTIONS}),
        (IMAGE_BODY, {"unheard": {"of": 1}}),
        (VIDEO_BODY, {"style": None, "image": PICTURE}),
    ],
)
def test_what_the_sheet_allows_is_taken(rig: Rig, body: Mapping[str, Any], changes: dict[str, Any]) -> None:
    assert submit(rig, body, **changes).json()["code"] == 200


@pytest.mark.parametrize("task_id", ["11111111-2222-4333-8444-555555555555", "", 5, None])
def test_the_feed_says_no_inside_a_200(rig: Rig, task_id: object) -> None:
    answer = rig.post(FEED, {"task_id": task_id})
    assert (answer.status_code, answer.json()["code"]) == (200, 400)


def test_each_system_of_the_family_knows_its_own_tasks_only(rig: Rig) -> None:
    assert rig.post(FEED, {"task_id": rig.begin()}).json()["msg"] == "task_not_exist"
    assert rig.feed(begin(rig))["msg"] == "task_not_exist"


def test_a_new_task_may_not_be_known_yet(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = begin(rig)
    assert rig.post(FEED, {"task_id": task_id}).json()["msg"] == "task_not_exist"
    rig.step(4.1)
    assert task_of(rig, task_id)["status"] == "1"


def test_every_change_is_called_back_with_the_task_alone(rig: Rig, mailbox: Mailbox) -> None:
    task_id = begin(rig)
    rig.step(60)
    assert mailbox.statuses() == ["1", "1", "3"]
    assert mailbox.told()[-1] == task_of(rig, task_id)


def test_a_failure_says_why_and_gives_the_points_back(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(fail_task=1)
    task = finished(rig)
    assert (task["status"], task["refund"], task["video_url"]) == ("2", "1", None)
    assert "no frames" in task["msg"]
    assert mailbox.statuses() == ["1", "2"]
    assert (rig.ledger()["charged"], rig.ledger()["refunded"]) == ("80", "80")


def test_forged_foreign_and_wrapped_callbacks_look_like_true_ones(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1, foreign_callback=1, wrapped_callback=1)
    begin(rig)
    rig.step(2)
    forged, foreign, wrapped = mailbox.told()
    assert (forged["status"], forged["video_url"], "state" in forged) == ("3", FORGED_VIDEO, False)
    assert foreign["task_id"] == STRANGER
    assert (wrapped["code"], wrapped["data"]["status"]) == (200, "1")


def test_it_refuses_inside_http_200_without_a_reason_in_the_body(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    answer = submit(rig, TEXT_BODY)
    assert (answer.status_code, answer.json()["code"], answer.json()["msg"]) == (200, 400, "generate_failed")
    assert rig.ledger()["charged"] == "0"


def test_links_may_be_dead_from_the_start(rig: Rig) -> None:
    rig.play(expired_links=1)
    parts = urlsplit(finished(rig)["video_url"])
    assert rig.client.get(f"{parts.path}?{parts.query}").status_code == 403


# The web site's own format


def test_the_web_format_answers_an_id_and_then_a_list_of_one_clip(rig: Rig, mailbox: Mailbox) -> None:
    answer = submit(rig, WEB_BODY, WEB)
    assert list(answer.json()) == ["id"]
    task_id = answer.json()["id"]
    assert web_of(rig, task_id) == {"id": task_id, "promptText": "rain on a tin roof", "videos": []}
    rig.step(8)
    (clip,) = web_of(rig, task_id)["videos"]
    assert (clip["id"], clip["status"], clip["resultUrl"], clip["error"]) == (task_id, "pending", "", "")
    assert 40 < clip["progress"] < 80
    rig.step(60)
    (clip,) = web_of(rig, task_id)["videos"]
    assert (clip["status"], clip["progress"], clip["duration"]) == ("finished", 100, 5)
    width, height, seconds = shape_of(rig, clip["resultUrl"])
    assert (width, seconds) == (height, 5)
    assert fetched(rig, clip["sharingUrl"]).getvalue() == fetched(rig, clip["resultUrl"]).getvalue()
    sizes = []
    for name in ("videoPoster", "imageThumb"):
        with Image.open(fetched(rig, clip[name])) as picture:
            sizes.append(picture.size)
    assert sizes == [(width, height)] * 2
    assert mailbox.letters == []
    assert rig.ledger()["charged"] == "80"


@pytest.mark.parametrize(
    ("number", "shape"),
    [(1.7777777777777777, 16 / 9), (0.5625, 9 / 16), (1, 1), (1.3333333333333333, 4 / 3), (0.75, 3 / 4)],
)
def test_a_ratio_as_a_number_becomes_that_shape(rig: Rig, number: float, shape: float) -> None:
    task_id = submit(rig, WEB_BODY, WEB, options=WEB_OPTIONS | {"aspectRatio": number}).json()["id"]
    rig.step(60)
    width, height, _ = shape_of(rig, web_of(rig, task_id)["videos"][0]["resultUrl"])
    assert width / height == shape


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"promptText": None}, "promptText is required"),
        ({"image": ""}, "image must not be empty"),
        ({"video": ""}, "video must not be empty"),
        ({"image": "no picture!"}, "image must be a URL or base64"),
        ({"image": PICTURE}, "aspectRatio is not for an image"),
        ({"model": 2.0}, "model must be a string"),
        ({"options": None}, "options.parameters.guidanceScale is required"),
        (
            {"options": WEB_OPTIONS | {"parameters": PARAMETERS | {"negativePrompt": None}}},
            "negativePrompt is required",
        ),
        ({"options": WEB_OPTIONS | {"parameters": PARAMETERS | {"motion": True}}}, "motion is required"),
        ({"options": WEB_OPTIONS | {"parameters": {"guidanceScale": 12, "motion": 1}}}, "negativePrompt is required"),
        ({"options": WEB_OPTIONS | {"extend": None}}, "extend must be true or false"),
        ({"options": BESIDE_A_PICTURE}, "aspectRatio is required"),
        ({"options": WEB_OPTIONS | {"aspectRatio": "16:9"}}, "aspectRatio must be a number"),
        ({"options": WEB_OPTIONS | {"aspectRatio": 2}}, "aspectRatio must be a number from 0.5625 to 1.77778"),
        ({"options": WEB_OPTIONS | {"aspectRatio": 1.5}}, "aspectRatio is invalid"),
        ({"options": WEB_OPTIONS | {"aspectRatio": 1.78}}, "aspectRatio must be a number"),
    ],
)
def test_a_wrong_web_body_is_http_400(rig: Rig, changes: dict[str, Any], message: str) -> None:
    answer = submit(rig, WEB_BODY, WEB, **changes)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"image": "iVBORw0KGgo=", "pikaffect": "Peel", "options": BESIDE_A_PICTURE}, 5),
        ({"video": FILM, "options": BESIDE_A_PICTURE | {"extend": True}}, 9),
    ],
)
def test_a_picture_and_a_video_go_in_too(rig: Rig, changes: dict[str, Any], seconds: int) -> None:
    task_id = submit(rig, WEB_BODY, WEB, **changes).json()["id"]
    rig.step(60)
    assert web_of(rig, task_id)["videos"][0]["duration"] == seconds


def test_a_failed_clip_says_why_and_an_unknown_one_is_http_404(rig: Rig) -> None:
    rig.play(fail_task=1)
    task_id = submit(rig, WEB_BODY, WEB).json()["id"]
    rig.step(60)
    (clip,) = web_of(rig, task_id)["videos"]
    assert (clip["status"], clip["resultUrl"], "no frames" in clip["error"]) == ("error", "", True)
    assert rig.ledger()["refunded"] == "80"
    assert rig.ask(f"/pika/feed/{STRANGER}").status_code == 404
    assert rig.ask(f"/pika/feed/{begin(rig)}").status_code == 404
