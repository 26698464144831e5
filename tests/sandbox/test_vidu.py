"""Every answer against the payload shapes of the Vidu fact sheet."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from studio import catalog
from studio.sandbox import vidu
from studio.sandbox.app import App
from studio.sandbox.looking import UNREACHED
from studio.sandbox.wire import Request
from tests.sandbox.rig import Rig

TASKS = "/vidu/v1/tasks"
WORDS = {"type": "text", "content": "a lighthouse in a storm", "enhance": True}
PICTURE = {"type": "image", "content": "https://img.example.com/start.png"}
SETTINGS: dict[str, Any] = {"style": "anime", "aspect_ratio": "9:16", "duration": 4, "model": "vidu-1"}
PLAIN = {"duration": 4, "model": "vidu-1"}
BODY: dict[str, Any] = {"input": {"prompts": [WORDS]}, "type": "text2video", "settings": SETTINGS}
MEMBERS = ["id", "input", "settings", "type", "state", "creations", "err_code", "created_at"]


def of(kind: str, *parts: object, **settings: Any) -> dict[str, Any]:
    """A body of this kind; a setting given as None is left out."""
    given = {name: value for name, value in (PLAIN | settings).items() if value is not None}
    return {"input": {"prompts": list(parts)}, "type": kind, "settings": given}


def begin(rig: Rig, body: dict[str, Any] = BODY) -> str:
    answer = rig.post(TASKS, body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def told(rig: Rig, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = rig.ask(f"{TASKS}/{task_id}").json()
    return task


def finished(rig: Rig, body: dict[str, Any] = BODY) -> dict[str, Any]:
    task_id = begin(rig, body)
    rig.step(60)
    return told(rig, task_id)


def upscale(creation_id: object, duration: object = 4, model: str = "stable") -> dict[str, Any]:
    settings = {"model": model, "duration": duration}
    return {"input": {"creation_id": creation_id}, "type": "upscale", "settings": settings}


def watched(rig: Rig, task_id: str) -> list[dict[str, Any]]:
    answer = rig.ask(f"{TASKS}/state?id={task_id}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    return [catalog.loads(line.removeprefix("data: ")) for line in lines]


def test_an_accepted_submit_is_the_task_with_an_id_of_sixteen_digits(rig: Rig) -> None:
    answer = rig.post(TASKS, BODY)
    task = answer.json()
    assert (answer.status_code, list(task)) == (200, MEMBERS)
    assert re.fullmatch(r"\d{16}", task["id"])
    assert task["input"] == {"creation_id": "0", "prompts": [WORDS | {"recaption": ""}], "lang": ""}
    assert (task["settings"], task["type"]) == (SETTINGS, "text2video")
    assert (task["state"], task["creations"], task["err_code"]) == ("queueing", [], "")
    assert datetime.strptime(task["created_at"], "%Y-%m-%dT%H:%M:%S%z").year > 2020
    assert rig.post(TASKS, BODY).json()["id"] != task["id"]


@pytest.mark.parametrize(
    "body",
    [
        BODY | {"settings": SETTINGS | {"duration": 8}},
        of("img2video", WORDS, PICTURE),
        of("img2video", WORDS, {"type": "image", "content": "ssupload:?id=7", "src_img": "ssupload:?id=6"}),
        of("character2video", WORDS, PICTURE, aspect_ratio="1:1", style="general"),
        of("headtailimg2video", WORDS, PICTURE, PICTURE, model="vidu-2.0", duration=5),
        of("reference2image", {"type": "material", "content": "https://img.example.com/x.png"}, WORDS),
        of(
            "text2video",
            WORDS,
            model=None,
            model_version="3.2",
            transition="pro",
            resolution="1080p",
            movement_amplitude="small",
        )
        | {"unheard": {"of": 1}},
        of(
            "text2video", WORDS, sample_count=1, schedule_mode="nopeak", codec="h265", transition="pro", use_trial=False
        ),
    ],
)
def test_what_the_sheet_and_its_clients_send_is_accepted(rig: Rig, body: dict[str, Any]) -> None:
    assert rig.post(TASKS, body).json()["state"] == "queueing"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, "FieldLacking", "type is required"),
        (of("dream2video", WORDS), "FieldInvalid", "type is invalid"),
        ({"type": 5}, "FieldInvalid", "type must be a string"),
        (of("text2video"), "FieldInvalid", "input.prompts must be a list of parts"),
        (of("text2video", "a lighthouse"), "FieldInvalid", "input.prompts must be a list of parts"),
        (BODY | {"input": "a lighthouse"}, "FieldInvalid", "input must be an object"),
        (of("text2video", {"type": "text"}), "FieldLacking", "content is required"),
        (of("img2video", {"content": PICTURE["content"]}), "FieldLacking", "type is required"),
        (of("text2video", WORDS, WORDS), "FieldInvalid", "input.prompts takes one text"),
        (of("img2video", PICTURE), "FieldInvalid", "input.prompts takes one text"),
        (of("text2video", WORDS | {"type": "song"}), "FieldInvalid", "type is invalid"),
        (of("text2video", WORDS | {"enhance": "yes"}), "FieldInvalid", "enhance must be true or false"),
        (of("img2video", WORDS), "FieldInvalid", "pictures in input.prompts: 1 for img2video, not 0"),
        (of("text2video", WORDS, PICTURE), "FieldInvalid", "0 for text2video, not 1"),
        (of("headtailimg2video", WORDS, PICTURE), "FieldInvalid", "2 for headtailimg2video, not 1"),
        (of("reference2image", WORDS), "FieldInvalid", "at least one for reference2image"),
        (of("img2video", PICTURE | {"content": "start.png"}), "FieldInvalid", "content is no address"),
        (of("text2video", WORDS, style="noir"), "FieldInvalid", "style is invalid"),
        (of("img2video", WORDS, PICTURE, style="anime"), "FieldInvalid", "anime goes with text2video only"),
        (of("text2video", WORDS, aspect_ratio="wide"), "FieldInvalid", "aspect_ratio is invalid"),
        (of("text2video", WORDS, duration=None), "FieldLacking", "settings.duration is required"),
        (of("text2video", WORDS, duration=5), "FieldInvalid", "settings.duration is invalid"),
        (of("text2video", WORDS, duration="4"), "FieldInvalid", "settings.duration must be a number"),
        (of("text2video", WORDS, model=None), "FieldLacking", "settings.model is required"),
        (of("text2video", WORDS, movement_amplitude="huge"), "FieldInvalid", "movement_amplitude is invalid"),
        (of("text2video", WORDS, sample_count=2), "FieldInvalid", "sample_count is invalid"),
        (of("text2video", WORDS, use_trial=0), "FieldInvalid", "use_trial must be true or false"),
        (of("text2video", WORDS, codec=265), "FieldInvalid", "codec must be a string"),
    ],
)
def test_a_body_that_the_wire_refuses_says_why_and_costs_nothing(
    rig: Rig, body: dict[str, Any], code: str, message: str
) -> None:
    answer = rig.post(TASKS, body)
    assert (answer.status_code, answer.json()["err_code"]) == (400, code)
    assert message in answer.json()["message"]
    assert (rig.ledger()["charged"], rig.client.get("/_sandbox/state").json()["task_count"]) == ("0", 0)


def test_a_model_of_others_is_a_gateway_error(rig: Rig) -> None:
    answer = rig.post(TASKS, of("text2video", WORDS, model="sora"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_not_found")


def test_a_task_goes_through_its_words_and_leaves_no_other_trace(rig: Rig) -> None:
    task_id = begin(rig)
    assert told(rig, task_id)["state"] == "queueing"
    rig.step(2)
    assert (told(rig, task_id)["state"], told(rig, task_id)["creations"]) == ("processing", [])
    rig.step(60)
    task = told(rig, task_id)
    assert (task["state"], task["err_code"], list(task)) == ("success", "", MEMBERS)
    [creation] = task["creations"]
    assert (creation["task_id"], creation["type"], creation["err_code"]) == (task_id, "video", "")
    assert re.fullmatch(r"\d{16}", creation["id"])
    assert creation["id"] != task_id


def test_a_video_lasts_and_measures_what_was_asked(rig: Rig) -> None:
    [creation] = finished(rig)["creations"]
    answer = rig.client.get(creation["uri"])
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as film:
        stream = film.streams.video[0]
        assert creation["resolution"] == {"width": stream.width, "height": stream.height}
        assert abs(stream.width / stream.height - 9 / 16) < 0.01
        assert film.duration is not None
        assert abs(film.duration / av.time_base - 4) < 0.2
        assert creation["video"] == {"duration": 4.0, "fps": stream.average_rate}
    cover = Image.open(io.BytesIO(rig.client.get(creation["cover_uri"]).content))
    assert (cover.format, cover.size) == ("JPEG", (stream.width, stream.height))


def test_a_picture_gives_a_video_its_shape_and_some_kinds_make_pictures(rig: Rig) -> None:
    [picture] = finished(rig, of("text2image", WORDS, aspect_ratio="2:3"))["creations"]
    assert (picture["type"], "video" in picture) == ("image", False)
    answer = rig.client.get(picture["uri"])
    width, height = Image.open(io.BytesIO(answer.content)).size
    assert (answer.headers["content-type"], picture["resolution"]) == ("image/png", {"width": width, "height": height})
    start = {"type": "image", "content": picture["uri"]}
    for kind, ratio in (("img2video", 2 / 3), ("character2video", 16 / 9)):
        size = finished(rig, of(kind, WORDS, start))["creations"][0]["resolution"]
        assert abs(size["width"] / size["height"] - ratio) < 0.02


def test_links_expire_and_asking_again_gives_fresh_ones(rig: Rig) -> None:
    task = finished(rig)
    stale = task["creations"][0]["uri"]
    assert rig.client.get(stale).status_code == 200
    rig.step(3700)
    assert rig.client.get(stale).status_code == 403
    assert rig.client.get(told(rig, task["id"])["creations"][0]["uri"]).status_code == 200
    rig.play(expired_links=1)
    assert rig.client.get(finished(rig)["creations"][0]["cover_uri"]).status_code == 403


def test_a_finished_video_is_upscaled_by_the_id_of_its_creation(rig: Rig) -> None:
    [creation] = finished(rig)["creations"]
    answer = rig.post(TASKS, upscale(creation["id"])).json()
    assert (answer["type"], answer["state"], answer["input"]["creation_id"]) == ("upscale", "queueing", creation["id"])
    rig.step(6.1)  # sooner than a new video
    task = told(rig, answer["id"])
    assert task["state"] == "success"
    [sharper] = task["creations"]
    assert sharper["id"] != creation["id"]
    assert (sharper["video"]["duration"], sharper["resolution"]) == (4.0, creation["resolution"])
    content = rig.client.get(sharper["uri"]).content
    assert content != rig.client.get(creation["uri"]).content
    with av.open(io.BytesIO(content), "r") as film:
        assert film.streams.video[0].frames == 48


def test_what_cannot_be_upscaled_is_refused(rig: Rig) -> None:
    young = begin(rig)
    assert rig.post(TASKS, upscale(str(int(young) + 54))).status_code == 404, "it is not finished"
    task = finished(rig)
    [creation] = task["creations"]
    for wrong in (task["id"], "2370000000000055"):
        answer = rig.post(TASKS, upscale(wrong))
        assert (answer.status_code, answer.json()["err_code"]) == (404, "CreationNotFound")
    sharper = finished(rig, upscale(creation["id"]))["creations"][0]["id"]
    picture = finished(rig, of("text2image", WORDS))["creations"][0]["id"]
    for body, message in (
        (upscale(""), "input.creation_id is required"),
        (upscale(int(creation["id"])), "creation_id must be a string"),
        (upscale(creation["id"], 8), "settings.duration must be that of the creation"),
        (upscale(creation["id"], model="vidu-1"), "settings.model is invalid"),
        (upscale(sharper), "cannot be upscaled"),
        (upscale(picture), "cannot be upscaled"),
    ):
        answer = rig.post(TASKS, body)
        assert (answer.status_code, message in answer.json()["message"]) == (400, True), (body, answer.text)


def test_the_stream_tells_the_same_until_the_task_has_ended(rig: Rig) -> None:
    task_id = begin(rig)
    lines = watched(rig, task_id)
    assert [list(line) for line in lines[:1]] == [["state", "estimated_time_left", "err_code"]]
    words = [line["state"] for line in lines]
    assert words == sorted(words, key=["queueing", "processing", "success"].index)
    assert (words.count("queueing"), words.count("success"), words.count("processing") > 40) == (4, 1, True)
    assert told(rig, task_id)["state"] == "queueing", "what was told ahead has not happened yet"
    rig.step(2)
    assert watched(rig, task_id)[0]["state"] == "processing"
    rig.step(60)
    assert watched(rig, task_id) == [{"state": "success", "estimated_time_left": 0, "err_code": ""}]


def test_a_failing_task_says_why_in_both_places_and_costs_nothing(rig: Rig) -> None:
    rig.play(fail_task=1)
    task_id = begin(rig)
    foretold = watched(rig, task_id)
    assert (foretold[0]["err_code"], foretold[-1]["err_code"]) == ("", "InternalServiceFailure")
    rig.step(60)
    task = told(rig, task_id)
    assert (task["state"], task["err_code"], task["creations"]) == ("failed", "InternalServiceFailure", [])
    assert watched(rig, task_id) == foretold[-1:]
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "16"


def test_a_picture_that_cannot_be_fetched_has_a_code_of_its_own(rig: Rig, app: App) -> None:
    post = app.world.enter("", rig.key, TASKS)
    post.faults.append(UNREACHED)  # as a running sandbox notes it
    body = catalog.dumps(of("img2video", WORDS, PICTURE)).encode()
    vidu.submit(app.world, Request("POST", TASKS, {}, {}, body, "http://sandbox.test"), post)
    assert watched(rig, post.task_id)[-1]["err_code"] == "ImageDownloadFailure"
    rig.step(60)
    assert told(rig, post.task_id)["err_code"] == "ImageDownloadFailure"


def test_nobody_knows_a_task_that_is_not_vidus(rig: Rig) -> None:
    runway = rig.begin()
    for path in (f"{TASKS}/2370000000000001", f"{TASKS}/{runway}", f"{TASKS}/state?id={runway}", f"{TASKS}/state"):
        answer = rig.ask(path)
        assert (answer.status_code, answer.json()["err_code"]) == (404, "TaskNotFound")
    rig.play(unknown_task=1)
    task_id = begin(rig)
    assert rig.ask(f"{TASKS}/{task_id}").status_code == 404
    rig.step(4.1)
    assert told(rig, task_id)["state"] == "processing"


def test_each_second_costs_the_same(rig: Rig) -> None:
    [creation] = finished(rig, BODY | {"settings": SETTINGS | {"duration": 8}})["creations"]
    begin(rig, upscale(creation["id"], 8))
    begin(rig, of("text2image", WORDS))
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["32", "32", "4"]


@pytest.mark.parametrize("seed", range(1, 9))
def test_its_own_errors_are_codes_that_clients_know(rig: Rig, seed: int) -> None:
    rig.play(seed=seed, own_error=1)
    answer = rig.post(TASKS, BODY)
    assert (answer.status_code, answer.json()["err_code"]) in {
        (429, "TooManyRequests"),
        (403, "CreditInsufficient"),
        (503, "ModelUnavailable"),
    }
    assert rig.ledger()["charged"] == "0"


def test_without_a_key_nothing_is_told(rig: Rig) -> None:
    task_id = begin(rig)
    for path in (f"{TASKS}/{task_id}", f"{TASKS}/state?id={task_id}"):
        assert rig.client.get(path).status_code == 401


def read(answer: httpx.Response, slug: str, kind: Any = "answer") -> catalog.Report:
    return catalog.get(slug).read(answer.content, kind, answer.status_code)


def test_the_studio_reads_all_of_it(rig: Rig) -> None:
    begun = read(rig.post(TASKS, BODY), "vidu.create")
    assert (begun.state, begun.refused) == ("queued", False)
    path = f"{TASKS}/{begun.gateway_id}"
    rig.step(2)
    assert read(rig.ask(path), "vidu.create", "poll").state == "running"
    rig.step(60)
    done = read(rig.ask(path), "vidu.create", "poll")
    assert (done.state, [(each.kind, each.role) for each in done.results]) == (
        "succeeded",
        [("video", ""), ("image", "thumbnail")],
    )
    assert read(rig.ask(f"{TASKS}/state?id={begun.gateway_id}"), "vidu.state").state == "succeeded"
    no = read(rig.post(TASKS, of("img2video", WORDS)), "vidu.create")
    assert (no.state, no.refused) == ("failed", True)
    assert no.error.startswith("FieldInvalid: pictures in input.prompts")
