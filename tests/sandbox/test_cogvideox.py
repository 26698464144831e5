"""Every answer against the payload shapes of the CogVideoX fact sheet."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from studio import catalog
from studio.sandbox import cogvideox
from studio.sandbox.app import App
from studio.sandbox.looking import UNREACHED
from studio.sandbox.wire import Request
from tests.sandbox.rig import Rig

BEGIN, ASK = "/cogvideox/v4/videos/generations", "/cogvideox/v4/async-result"
BODY: dict[str, Any] = {
    "model": "cogvideox-2",
    "prompt": "clouds racing over a mountain ridge",
    "quality": "quality",
    "with_audio": True,
    "size": "1280x720",
    "fps": 30,
}
URL = "https://img.example.com/start.png"


def submit(rig: Rig, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    return rig.post(BEGIN, {name: value for name, value in (BODY | changes).items() if value is not None})


def begin(rig: Rig, **changes: Any) -> str:
    answer = submit(rig, **changes)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def told(rig: Rig, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = rig.ask(f"{ASK}/{task_id}").json()
    return task


def finished(rig: Rig, **changes: Any) -> dict[str, Any]:
    task_id = begin(rig, **changes)
    rig.step(60)
    return told(rig, task_id)


def size_of(rig: Rig, task: dict[str, Any]) -> tuple[int, int]:
    [video] = task["video_result"]
    return Image.open(io.BytesIO(rig.client.get(video["cover_image_url"]).content)).size


def picture(width: int, height: int, kind: str = "PNG") -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def test_an_accepted_submit_has_two_numbers_that_differ(rig: Rig) -> None:
    answer = submit(rig)
    task = answer.json()
    assert (answer.status_code, list(task)) == (200, ["id", "model", "request_id", "task_status"])
    assert (task["model"], task["task_status"]) == ("cogvideox-2", "PROCESSING")
    assert re.fullmatch(r"\d{19}", task["id"])
    assert re.fullmatch(r"\d{19}", task["request_id"])
    assert task["id"] != task["request_id"]


def test_the_callers_own_request_id_comes_back_and_finds_nothing(rig: Rig) -> None:
    task = submit(rig, request_id="mine-1").json()
    assert (task["request_id"], told(rig, task["id"])["request_id"]) == ("mine-1", "mine-1")
    for other in ("mine-1", "8868902201637890001", rig.begin()):
        answer = rig.ask(f"{ASK}/{other}")
        assert (answer.status_code, list(answer.json())) == (404, ["error"])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "cogvideox", "quality": None, "with_audio": None, "size": None, "fps": None},
        {"model": "cogvideo", "prompt": None, "image_url": URL},
        {"image_url": f"data:image/png;base64,{picture(64, 48)}"},
        {"image_url": picture(64, 48, "JPEG")},
        {"model": "cogvideox-3", "image_url": [URL, picture(64, 48)], "duration": 10, "fps": 60},
        {"prompt": "x" * 512, "user_id": "123456", "watermark_enabled": False},
        {"sensitive_word_check": {"type": "ALL", "status": "DISABLE"}, "size": "832x480", "unheard": {"of": 1}},
    ],
)
def test_what_the_sheet_and_its_clients_send_is_accepted(rig: Rig, changes: dict[str, Any]) -> None:
    assert submit(rig, **changes).json()["task_status"] == "PROCESSING"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": None}, "model is required"),
        ({"prompt": None}, "prompt or image_url is required"),
        ({"prompt": " ", "image_url": ""}, "prompt or image_url is required"),
        ({"prompt": "x" * 513}, "prompt is longer than 512 characters"),
        ({"prompt": 5}, "prompt must be a string"),
        ({"image_url": "fox.png"}, "image_url is neither an address nor base64"),
        ({"image_url": "AAAA"}, "image_url is no JPG or PNG"),
        ({"image_url": base64.b64encode(b"0" * (5 * 1024 * 1024 + 1)).decode()}, "image_url is larger than 5 MB"),
        ({"image_url": [URL, URL]}, "image_url must be a string, for cogvideox-3 also a list of two"),
        ({"model": "cogvideox-3", "image_url": [URL]}, "also a list of two"),
        ({"model": "cogvideox-3", "image_url": [URL, 5]}, "also a list of two"),
        ({"quality": "best"}, "quality is invalid"),
        ({"with_audio": "yes"}, "with_audio must be true or false"),
        ({"size": "large"}, "size is invalid"),
        ({"fps": 24}, "fps is invalid"),
        ({"model": "cogvideox-3", "duration": 7}, "duration is invalid"),
        ({"user_id": "12345"}, "user_id must have 6 to 128 characters"),
        ({"watermark_enabled": 1}, "watermark_enabled must be true or false"),
        ({"sensitive_word_check": "ALL"}, "sensitive_word_check must be an object"),
        ({"sensitive_word_check": {"status": "OFF"}}, "status is invalid"),
    ],
)
def test_a_body_that_the_wire_refuses_says_why_and_costs_nothing(
    rig: Rig, changes: dict[str, Any], message: str
) -> None:
    answer = submit(rig, **changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "1214")
    assert message in answer.json()["error"]["message"]
    assert (rig.ledger()["charged"], rig.client.get("/_sandbox/state").json()["task_count"]) == ("0", 0)


def test_a_model_of_others_is_a_gateway_error(rig: Rig) -> None:
    answer = submit(rig, model="sora")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_not_found")


def test_a_query_names_no_task_and_knows_two_words_until_it_is_done(rig: Rig) -> None:
    task_id = begin(rig)
    for _ in range(2):
        task = told(rig, task_id)
        assert (list(task), task["task_status"]) == (["model", "request_id", "task_status"], "PROCESSING")
        rig.step(5)
    rig.step(60)
    task = told(rig, task_id)
    assert (list(task), task["task_status"]) == (["model", "request_id", "task_status", "video_result"], "SUCCESS")
    assert [list(video) for video in task["video_result"]] == [["url", "cover_image_url"]]


def test_a_video_lasts_measures_and_sounds_as_it_was_asked(rig: Rig) -> None:
    [video] = finished(rig)["video_result"]
    answer = rig.client.get(video["url"])
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height, len(film.streams.audio)) == (640, 360, 1)
        assert film.duration is not None
        assert abs(film.duration / av.time_base - 5) < 0.2
    cover = rig.client.get(video["cover_image_url"])
    assert Image.open(io.BytesIO(cover.content)).size == (640, 360)


def test_the_first_model_ignores_what_it_does_not_know_and_only_the_newest_has_a_length(rig: Rig) -> None:
    for changes, seconds, sounds in (
        ({"model": "cogvideox", "size": "720x1280", "duration": 10}, 5, 0),
        ({"model": "cogvideox-3", "duration": 10, "with_audio": False}, 10, 0),
    ):
        task = finished(rig, **changes)
        with av.open(io.BytesIO(rig.client.get(task["video_result"][0]["url"]).content), "r") as film:
            assert film.duration is not None
            assert (round(film.duration / av.time_base), len(film.streams.audio)) == (seconds, sounds)
    assert size_of(rig, finished(rig, model="cogvideox", size="720x1280")) == size_of(
        rig, finished(rig, size="720x480")
    )


@pytest.mark.parametrize(
    ("changes", "shape"),
    [
        ({"size": "720x1280", "image_url": picture(90, 60)}, 9 / 16),
        ({"size": None, "image_url": f"data:image/png;base64,{picture(60, 90)}"}, 2 / 3),
        ({"size": None, "image_url": picture(12000, 6000, "JPEG")}, 2),
        ({"size": None, "image_url": URL}, 3 / 2),
        ({"size": None}, 3 / 2),
        ({"model": "cogvideox-3", "size": None, "image_url": [picture(90, 90), picture(60, 90)]}, 1),
    ],
)
def test_the_size_or_else_the_first_picture_gives_the_shape(rig: Rig, changes: dict[str, Any], shape: float) -> None:
    width, height = size_of(rig, finished(rig, **changes))
    assert abs(width / height - shape) < 0.02


def test_links_live_for_a_day(rig: Rig) -> None:
    [video] = finished(rig)["video_result"]
    rig.step(23 * 3600)
    assert rig.client.get(video["cover_image_url"]).status_code == 200
    rig.step(2 * 3600)
    assert rig.client.get(video["cover_image_url"]).status_code == 403
    rig.play(expired_links=1)
    assert rig.client.get(finished(rig)["video_result"][0]["cover_image_url"]).status_code == 403


def test_a_failing_task_mostly_gives_no_reason_and_costs_nothing(rig: Rig) -> None:
    rig.play(fail_task=1)
    task = finished(rig)
    assert (list(task), task["task_status"]) == (["model", "request_id", "task_status"], "FAIL")
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "20"


def test_a_picture_that_cannot_be_fetched_is_a_reason(rig: Rig, app: App) -> None:
    post = app.world.enter("", rig.key, BEGIN)
    post.faults.append(UNREACHED)  # as a running sandbox notes it
    body = catalog.dumps(BODY | {"image_url": URL}).encode()
    cogvideox.generate(app.world, Request("POST", BEGIN, {}, {}, body, "http://sandbox.test"), post)
    rig.step(60)
    task = told(rig, post.task_id)
    assert (task["task_status"], task["error"]["code"]) == ("FAIL", "1214")
    report = catalog.get("cogvideox.generate").read(task, "poll")
    assert (report.state, "could not be fetched" in report.error) == ("failed", True)


def test_an_unknown_task_is_a_404_at_first(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = begin(rig)
    assert rig.ask(f"{ASK}/{task_id}").status_code == 404
    rig.step(4.1)
    assert told(rig, task_id)["task_status"] == "PROCESSING"


def test_the_better_mode_costs_twice_as_much(rig: Rig) -> None:
    for quality in (None, "speed", "quality"):
        submit(rig, quality=quality)
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["10", "10", "20"]


def test_without_a_key_nothing_is_told(rig: Rig) -> None:
    assert rig.client.get(f"{ASK}/{begin(rig)}").status_code == 401


def read(answer: httpx.Response, kind: Any = "poll") -> catalog.Report:
    return catalog.get("cogvideox.generate").read(answer.content, kind, answer.status_code)


def test_the_studio_reads_all_of_it(rig: Rig) -> None:
    begun = read(submit(rig), "answer")
    assert (begun.state, begun.refused) == ("running", False)
    path = f"{ASK}/{begun.gateway_id}"
    rig.step(60)
    done = read(rig.ask(path))
    assert [(each.kind, each.role) for each in done.results] == [("video", ""), ("image", "thumbnail")]
    assert (done.state, read(rig.ask(f"{ASK}/1")).state) == ("succeeded", None)
    no = read(submit(rig, fps=24), "answer")
    assert (no.state, no.error, no.code) == ("failed", "fps is invalid", "1214")
