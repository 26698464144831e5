"""The stand-in's Flux: a task that is asked for until its picture is there, and pictures that come at once."""

from __future__ import annotations

import base64
import io
from decimal import Decimal
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.sandbox.rig import Rig

SUBMIT, RESULT, OPENAI = "/flux/v1/image", "/flux/v1/get_result", "/v1/images/generations"
BODY: dict[str, Any] = {"prompt": "red bicycle in a glass house", "width": 1024, "height": 768, "steps": 28}
AT_ONCE: dict[str, Any] = {"model": "flux-schnell", "prompt": "red bicycle in a glass house", "size": "1024x768"}


def begin(rig: Rig, **changes: Any) -> str:
    answer = rig.post(SUBMIT, BODY | changes)
    assert list(answer.json()) == ["id"]
    return str(answer.json()["id"])


def told(rig: Rig, task_id: str, name: str = "id") -> dict[str, Any]:
    answer = rig.ask(f"{RESULT}?{name}={task_id}")
    assert answer.status_code == 200
    whole: dict[str, Any] = answer.json()
    return whole


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_task_waits_is_worked_on_and_is_ready(rig: Rig) -> None:
    task_id = begin(rig, seed=77)
    assert told(rig, task_id) == {"id": task_id, "status": "Pending", "result": None, "progress": None}
    rig.step(2)
    first = told(rig, task_id)
    rig.step(0.5)
    second = told(rig, task_id)
    assert first["status"] == second["status"] == "Generating"
    assert 0 < first["progress"] < second["progress"] < 1
    rig.step(10)
    whole = told(rig, task_id, "request_id")
    assert whole["status"] == "Ready"
    assert list(whole["result"]) == ["sample", "seed", "prompt", "duration", "start_time", "end_time"]
    assert (whole["result"]["seed"], whole["result"]["prompt"]) == (77, BODY["prompt"])


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (256, 1440)])
def test_the_picture_has_the_pixels_asked_for(rig: Rig, width: int, height: int) -> None:
    task_id = begin(rig, width=width, height=height)
    rig.step(10)
    answer = rig.client.get(told(rig, task_id)["result"]["sample"])
    assert answer.headers["content-type"] == "image/jpeg"
    picture = opened(answer.content)
    assert (picture.format, picture.size) == ("JPEG", (width, height))


def test_a_body_without_a_size_has_the_usual_one(rig: Rig) -> None:
    task_id = str(rig.post(SUBMIT, {"prompt": "x"}).json()["id"])
    rig.step(10)
    assert opened(rig.client.get(told(rig, task_id)["result"]["sample"]).content).size == (1024, 768)


def test_links_live_for_ten_minutes(rig: Rig) -> None:
    task_id = begin(rig)
    rig.step(10)
    link = told(rig, task_id)["result"]["sample"]
    rig.step(500)
    assert rig.client.get(link).status_code == 200
    rig.step(120)
    assert rig.client.get(link).status_code == 403


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"prompt": None}, ["prompt"]),
        ({"prompt": 7}, ["prompt"]),
        ({"width": 224}, ["width"]),
        ({"height": 1000}, ["height"]),
        ({"width": "1024", "steps": 51}, ["width", "steps"]),
        ({"steps": 20.5}, ["steps"]),
        ({"guidance": 1, "interval": 5, "safety_tolerance": 7}, ["guidance", "interval", "safety_tolerance"]),
        ({"seed": "7"}, ["seed"]),
        ({"prompt_upsampling": "yes"}, ["prompt_upsampling"]),
        ({"variant": 1}, ["variant"]),
    ],
)
def test_everything_that_is_wrong_is_listed_and_costs_nothing(
    rig: Rig, changes: dict[str, Any], names: list[str]
) -> None:
    answer = rig.post(SUBMIT, {name: value for name, value in (BODY | changes).items() if value is not None})
    assert answer.status_code == 422
    assert [each["loc"][-1] for each in answer.json()["detail"]] == names
    assert all(set(each) == {"loc", "msg", "type"} for each in answer.json()["detail"])
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    ("prompt", "while_running", "at_the_end"),
    [
        ("nude bicycle", "Request Moderated", "Request Moderated"),
        ("blood on a bicycle", "Generating", "Content Moderated"),
    ],
)
def test_moderation_is_a_state_with_http_200(rig: Rig, prompt: str, while_running: str, at_the_end: str) -> None:
    task_id = begin(rig, prompt=prompt)
    rig.step(2)
    assert told(rig, task_id)["status"] == while_running
    rig.step(10)
    whole = told(rig, task_id)
    assert (whole["status"], whole["result"], whole["progress"]) == (at_the_end, None, 0.0)
    assert whole["details"]["Moderation Reasons"]


def test_an_id_that_nobody_knows_is_told_so_in_the_place_of_a_state(rig: Rig) -> None:
    assert told(rig, "nobody") == {"id": "nobody", "status": "Task not found", "result": None}
    assert rig.ask(RESULT).status_code == 422
    rig.play(unknown_task=1)
    task_id = begin(rig)
    assert told(rig, task_id)["status"] == "Task not found"
    rig.step(5)
    assert told(rig, task_id)["status"] != "Task not found"
    foreign = str(rig.post("/kling/v1/images/generations", {"prompt": "x"}).json()["data"]["task_id"])
    assert told(rig, foreign)["status"] == "Task not found"


def test_a_task_that_fails_gives_its_points_back(rig: Rig) -> None:
    rig.play(fail_task=1)
    task_id = begin(rig)
    assert rig.ledger()["charged"] == "5"
    rig.step(10)
    whole = told(rig, task_id)
    assert whole["status"] == "Error"
    assert "no frames" in whole["detail"]
    assert rig.ledger()["refunded"] == "5"


def test_the_errors_that_no_body_causes_come_as_a_fault(rig: Rig) -> None:
    rig.play(own_error=1)
    answers: list[httpx.Response] = [rig.post(SUBMIT, BODY) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {402, 429, 500}
    assert all(isinstance(answer.json()["detail"], str) for answer in answers)
    assert rig.ledger()["charged"] == "0"


# OpenAI's form


def test_pictures_come_at_once_as_links(rig: Rig) -> None:
    whole = rig.post(OPENAI, AT_ONCE | {"n": 2}).json()
    assert list(whole) == ["created", "data"]
    pictures = [rig.client.get(each["url"]) for each in whole["data"]]
    assert [(opened(each.content).format, opened(each.content).size) for each in pictures] == [
        ("WEBP", (1024, 768)),
        ("WEBP", (1024, 768)),
    ]
    assert pictures[0].content != pictures[1].content
    assert Decimal(rig.ledger()["charged"]) == 8


def test_pictures_come_as_text_where_asked(rig: Rig) -> None:
    (one,) = rig.post(OPENAI, AT_ONCE | {"response_format": "b64_json"}).json()["data"]
    assert list(one) == ["b64_json"]
    assert opened(base64.b64decode(one["b64_json"])).size == (1024, 768)


def test_a_ratio_counts_with_kontext_models_alone(rig: Rig) -> None:
    def size(model: str) -> tuple[int, int]:
        body = {"model": model, "prompt": "x", "aspect_ratio": "16:9"}
        return opened(rig.client.get(rig.post(OPENAI, body).json()["data"][0]["url"]).content).size

    wide, high = size("flux-kontext-pro")
    assert wide / high == pytest.approx(16 / 9, rel=0.03)
    assert size("flux-dev") == (1024, 1024)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": ""},
        {"prompt": "x" * 1001},
        {"size": "wide"},
        {"size": "4096x4096"},
        {"n": 0},
        {"n": 1.5},
        {"response_format": "png"},
        {"model": "flux-kontext-max", "aspect_ratio": "wide"},
    ],
)
def test_what_does_not_fit_is_refused_in_the_gateways_words(rig: Rig, changes: dict[str, Any]) -> None:
    answer = rig.post(OPENAI, AT_ONCE | changes)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"
    assert rig.ledger()["charged"] == "0"


def test_dead_links_and_an_empty_answer_come_as_faults(rig: Rig) -> None:
    rig.play(expired_links=1)
    assert rig.client.get(rig.post(OPENAI, AT_ONCE).json()["data"][0]["url"]).status_code == 403
    rig.play(no_inside_200=1)
    assert rig.post(OPENAI, AT_ONCE).json()["data"] == []
