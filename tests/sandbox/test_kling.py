"""Every answer against the payload shapes of the Kling fact sheet."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import av
import httpx
import pytest
from PIL import Image

from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from studio.sandbox.film import POSTER, VIDEO
from studio.sandbox.pictures import ratio_of
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

TEXT, IMAGE, PICTURES = "/kling/v1/videos/text2video", "/kling/v1/videos/image2video", "/kling/v1/images/generations"
BODIES: Mapping[str, dict[str, Any]] = {
    TEXT: {"prompt": "a fox crossing fresh snow", "duration": "5", "aspect_ratio": "9:16", "callback_url": CALLBACK},
    IMAGE: {"image": "https://img.example.com/start.png", "callback_url": CALLBACK},
    PICTURES: {"prompt": "paper lantern", "n": 3, "aspect_ratio": "3:2", "callback_url": CALLBACK},
}
MEMBERS = ["task_id", "task_status", "task_status_msg", "created_at", "updated_at", "task_info", "task_result"]
everywhere = pytest.mark.parametrize("path", list(BODIES))


def submit(rig: Rig, path: str, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    return rig.post(path, {name: value for name, value in (BODIES[path] | changes).items() if value is not None})


def begin(rig: Rig, path: str, **changes: Any) -> str:
    return str(submit(rig, path, **changes).json()["data"]["task_id"])


def told(rig: Rig, path: str, task_id: str) -> dict[str, Any]:
    data: dict[str, Any] = rig.ask(f"{path}/{task_id}").json()["data"]
    return data


def finished(rig: Rig, path: str, **changes: Any) -> dict[str, Any]:
    task_id = begin(rig, path, **changes)
    rig.step(60)
    return told(rig, path, task_id)


def words(mailbox: Mailbox) -> list[Any]:
    return [letter["task_status"] for letter in mailbox.told()]


def png(width: int, height: int) -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@everywhere
def test_an_accepted_submit_is_code_0_with_a_task_that_was_submitted(rig: Rig, path: str) -> None:
    answer = submit(rig, path)
    whole = answer.json()
    assert answer.status_code == 200
    assert list(whole) == ["code", "message", "request_id", "data"]
    assert (whole["code"], whole["message"], whole["data"]["task_status"]) == (0, "SUCCEED", "submitted")
    assert list(whole["data"]) == ["task_id", "task_status", "created_at", "updated_at"]
    assert whole["data"]["created_at"] > 1_600_000_000_000


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            PICTURES,
            {"model_name": "kling-v1-5", "prompt": "paper lantern floating over a lake", "n": 1, "aspect_ratio": "3:2"}
            | {"resolution": "1k", "callback_url": "https://studio.example.com/cb/abc"},
        ),
        (
            TEXT,
            {"model_name": "kling-v1-6", "prompt": "a fox crossing fresh snow", "mode": "pro", "aspect_ratio": "9:16"}
            | {"duration": "5", "cfg_scale": 0.4, "camera_control": {"type": "simple", "config": {"zoom": 3}}},
        ),
        (
            IMAGE,
            {"model_name": "kling-v1-6", "image": "https://img.example.com/start.png"}
            | {"image_tail": "https://img.example.com/end.png", "prompt": "the door opens slowly"}
            | {"mode": "pro", "duration": "10"},
        ),
        (IMAGE, {"image": "https://img.example.com/start.png", "image_tail": "", "prompt": ""}),
        (IMAGE, {"image_tail": png(400, 300)}),
        (TEXT, {"prompt": "x", "model": "kling-v2", "unheard": {"of": 1}}),
    ],
)
def test_the_examples_and_what_clients_send_are_accepted(rig: Rig, path: str, body: dict[str, Any]) -> None:
    assert rig.post(path, body).json()["code"] == 0


@pytest.mark.parametrize(
    ("path", "changes", "message"),
    [
        (TEXT, {"prompt": None}, "prompt is required"),
        (TEXT, {"prompt": "x" * 2501}, "prompt is longer than 2500 characters"),
        (TEXT, {"negative_prompt": 5}, "negative_prompt must be a string"),
        (TEXT, {"duration": 5}, "duration must be a string"),
        (TEXT, {"duration": "7"}, "duration is invalid"),
        (TEXT, {"aspect_ratio": "21:9"}, "aspect_ratio is invalid"),
        (TEXT, {"mode": "master"}, "mode is invalid"),
        (TEXT, {"sound": "loud"}, "sound is invalid"),
        (TEXT, {"cfg_scale": 1.5}, "cfg_scale must be a number from 0 to 1"),
        (TEXT, {"callback_url": "ftp://x.y/"}, "callback_url is not a URL"),
        (TEXT, {"image_tail": "https://img.example.com/end.png"}, "image_tail is not supported here"),
        (TEXT, {"camera_control": {"type": "simple"}}, "camera_control.config goes with the type simple"),
        (TEXT, {"camera_control": {"type": "down_back", "config": {"pan": 1}}}, "camera_control.config goes with"),
        (TEXT, {"camera_control": {"type": "simple", "config": {"pan": 11}}}, "config.pan must be a number from -10"),
        (TEXT, {"camera_control": []}, "camera_control must be an object"),
        (IMAGE, {"image": None}, "image or image_tail is required"),
        (IMAGE, {"image": "data:image/png;base64,AAAA"}, "image must be base64 without a data: prefix"),
        (IMAGE, {"image": "fox.png"}, "image is neither an address nor base64"),
        (IMAGE, {"image": "AAAA"}, "image is no JPG or PNG"),
        (IMAGE, {"image": png(299, 400)}, "image is smaller than 300 pixels"),
        (IMAGE, {"image_tail": png(1000, 300)}, "image_tail is flatter or taller than 1:2.5"),
        (IMAGE, {"static_mask": "mask"}, "static_mask is no"),
        (IMAGE, {"dynamic_masks": [{}] * 7}, "dynamic_masks must be a list of at most 6"),
        (IMAGE, {"voice_list": {}}, "voice_list must be a list of at most 2"),
        (PICTURES, {"n": 10}, "n must be a number from 1 to 9"),
        (PICTURES, {"n": 1.5}, "n must be a whole number"),
        (PICTURES, {"resolution": "4k"}, "resolution is invalid"),
        (PICTURES, {"image_reference": "face"}, "image is required with image_reference"),
        (PICTURES, {"model_name": "kling-v1-5", "image": png(300, 300)}, "image_reference is required"),
        (PICTURES, {"element_list": [{}] * 11}, "element_list must be a list of at most 10"),
    ],
)
def test_a_body_that_the_wire_refuses_is_a_bad_parameter(
    rig: Rig, path: str, changes: dict[str, Any], message: str
) -> None:
    answer = submit(rig, path, **changes)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, 1201, None)
    assert message in answer.json()["message"]
    assert rig.ledger()["charged"] == "0"


def test_a_model_of_others_is_a_gateway_error(rig: Rig) -> None:
    answer = submit(rig, TEXT, model_name="sora")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_not_found")


def test_the_points_follow_length_mode_and_number(rig: Rig) -> None:
    for path, changes in ((TEXT, {"duration": "10"}), (TEXT, {"mode": "pro"}), (PICTURES, {"resolution": "2k"})):
        submit(rig, path, **changes)
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["40", "35", "6"]


@everywhere
def test_a_task_is_known_only_under_the_path_that_made_it(rig: Rig, path: str) -> None:
    task_id = begin(rig, path)
    for other in BODIES:
        answer = rig.ask(f"{other}/{task_id}")
        assert (answer.status_code, answer.json()["code"]) == ((200, 0) if other == path else (404, 1203))
    assert rig.ask(f"{path}/nothing").json()["data"] is None


def test_a_task_answers_to_the_callers_own_id_once(rig: Rig) -> None:
    answer = submit(rig, TEXT, external_task_id="mine-1").json()["data"]
    assert answer["task_info"] == {"external_task_id": "mine-1"}
    found = told(rig, TEXT, "mine-1")
    assert (found["task_id"], found["task_info"]) == (answer["task_id"], {"external_task_id": "mine-1"})
    assert submit(rig, TEXT, external_task_id="mine-1").json()["code"] == 1201


@everywhere
def test_the_stages_are_three_words_and_each_is_called_back_once(rig: Rig, mailbox: Mailbox, path: str) -> None:
    task_id = begin(rig, path)
    assert told(rig, path, task_id)["task_status"] == "submitted"
    rig.step(2)
    assert told(rig, path, task_id)["task_status"] == "processing"
    rig.step(60)
    assert words(mailbox) == ["processing", "succeed"]
    first, last = mailbox.told()
    assert list(first) == MEMBERS
    assert first["task_result"] == {"images": [], "videos": []}
    assert last == told(rig, path, task_id)
    assert last["updated_at"] > first["updated_at"] > first["created_at"] > 1_600_000_000_000


def test_a_video_lasts_and_measures_what_was_asked(rig: Rig) -> None:
    task = finished(rig, TEXT)
    [video] = task["task_result"]["videos"]
    assert (task["task_status"], video["duration"], list(task["task_result"])) == ("succeed", "5.0", ["videos"])
    answer = rig.client.get(video["url"])
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (360, 640)
        assert film.duration is not None
        assert abs(film.duration / av.time_base - 5) < 0.2


def test_as_many_pictures_as_asked_each_its_own(rig: Rig) -> None:
    pictures = finished(rig, PICTURES)["task_result"]["images"]
    assert [picture["index"] for picture in pictures] == [0, 1, 2]
    answers = [rig.client.get(picture["url"]) for picture in pictures]
    assert {answer.headers["content-type"] for answer in answers} == {"image/png"}
    assert len({answer.content for answer in answers}) == 3
    width, height = Image.open(io.BytesIO(answers[0].content)).size
    assert abs(width / height - 3 / 2) < 0.01


def test_the_first_picture_decides_the_shape_of_the_video(rig: Rig) -> None:
    ours = finished(rig, PICTURES, n=1, aspect_ratio="2:3")["task_result"]["images"][0]["url"]
    for picture, shape in ((png(900, 600), 1.5), (ours, 2 / 3), ("https://img.example.com/x.png", 16 / 9)):
        [video] = finished(rig, IMAGE, image=picture)["task_result"]["videos"]
        poster = rig.client.get(video["url"].replace(VIDEO, POSTER)).content
        width, height = Image.open(io.BytesIO(poster)).size
        assert abs(width / height - shape) < 0.02
    assert ratio_of(png(12000, 6000), "image") == "6000:3000"


def test_links_live_for_thirty_days(rig: Rig) -> None:
    [picture] = finished(rig, PICTURES, n=1)["task_result"]["images"]
    rig.step(29 * 24 * 3600)
    assert rig.client.get(picture["url"]).status_code == 200
    rig.step(2 * 24 * 3600)
    assert rig.client.get(picture["url"]).status_code == 403


def test_a_failing_task_says_why_and_costs_nothing(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(fail_task=1)
    task = finished(rig, TEXT)
    assert (task["task_status"], task["task_result"]) == ("failed", {"images": [], "videos": []})
    assert task["task_status_msg"]
    assert words(mailbox) == ["processing", "failed"]
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "20"


def test_an_unknown_task_is_a_404_at_first(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = begin(rig, TEXT)
    assert rig.ask(f"{TEXT}/{task_id}").json()["code"] == 1203
    rig.step(4.1)
    assert told(rig, TEXT, task_id)["task_status"] == "processing"


@everywhere
def test_the_system_may_say_no_inside_a_200(rig: Rig, path: str) -> None:
    rig.play(no_inside_200=1)
    answer = submit(rig, path)
    assert (answer.status_code, answer.json()["code"]) == (200, 1303)
    assert rig.ledger()["charged"] == "0"


def test_callbacks_go_wrong_in_the_clothes_of_this_system(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1, foreign_callback=1, wrapped_callback=1)
    task_id = begin(rig, TEXT)
    rig.step(2)
    forged, foreign, wrapped = mailbox.told()
    assert (forged["task_id"], forged["task_status"]) == (task_id, "succeed")
    assert forged["task_result"]["videos"][0]["url"] == FORGED_VIDEO
    assert foreign["task_id"] == STRANGER
    assert (wrapped["code"], wrapped["data"]["task_id"], wrapped["data"]["task_status"]) == (0, task_id, "processing")


def test_form_parts_carry_what_has_members_as_json(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(form_callback=1)
    task = finished(rig, PICTURES)
    parts = parse_qs(mailbox.letters[-1].content.decode(), keep_blank_values=True)
    assert (parts["task_status"], parts["task_status_msg"]) == (["succeed"], [""])
    assert json.loads(parts["task_result"][0]) == task["task_result"]


def test_wrong_types_bend_the_code_and_the_times(rig: Rig) -> None:
    rig.play(wrong_types=1)
    whole = submit(rig, TEXT).json()
    assert (whole["code"], type(whole["data"]["created_at"])) == ("0", str)


def test_an_early_callback_and_dead_links(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(early_callback=1, expired_links=1)
    task_id = begin(rig, PICTURES)
    assert words(mailbox) == ["processing", "succeed"]
    [first, *_] = told(rig, PICTURES, task_id)["task_result"]["images"]
    assert rig.client.get(first["url"]).status_code == 403
