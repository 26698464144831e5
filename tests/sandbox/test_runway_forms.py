"""Runway's other forms against their fact sheet: two more v1 submits, the web app's tasks, the developer API."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import av
import httpx
import pytest

from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

RESTYLE, ACT, TASKS = "/runway/v1/pro/video2video", "/runway/v1/pro/act_one", "/runway/tasks"
IMAGE, TEXT, VIDEO = (f"/runwayml/v1/{name}_to_video" for name in ("image", "text", "video"))
FILM, FACE = "https://v.example.com/a.mp4", "https://img.example.com/face.png"
OPTIONS = {"name": "turbo 42", "seconds": 5, "text_prompt": "waves", "seed": 42, "init_image": FACE}
GEN2 = {"mode": "gen2", "text_prompt": "waves", "seed": 1}
BODIES: Mapping[str, dict[str, Any]] = {
    RESTYLE: {
        "callback_url": CALLBACK,
        "video": FILM,
        "model": "gen3",
        "prompt": "charcoal sketch",
        "options": {"structure_transformation": 0.4, "flip": True},
    },
    ACT: {"callback_url": CALLBACK, "video": FILM, "image": FACE},
    TASKS: {"taskType": "gen3a_turbo", "internal": False, "notify_hook": CALLBACK, "options": OPTIONS},
    IMAGE: {"model": "gen4_turbo", "promptImage": FACE, "promptText": "push in", "ratio": "1280:720", "duration": 5},
    TEXT: {"model": "gen4.5", "promptText": "a kite", "ratio": "1280:720", "duration": 5},
    VIDEO: {"model": "gen4_aleph", "videoUri": FILM, "promptText": "make it snow", "ratio": "720:1280"},
}
VERSION = {"X-Runway-Version": "2024-11-06"}
developer = pytest.mark.parametrize("path", [IMAGE, TEXT, VIDEO])


def submit(rig: Rig, path: str, headers: Mapping[str, str] = VERSION, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    body = {name: value for name, value in (BODIES[path] | changes).items() if value is not None}
    return rig.client.post(path, json=body, headers={"Authorization": f"Bearer {rig.key}", **headers})


def begin(rig: Rig, path: str, **changes: Any) -> str:
    answer = submit(rig, path, **changes).json()
    return str((answer.get("task") or answer.get("data") or answer).get("id") or answer["data"]["task_id"])


def task_of(rig: Rig, id_: str) -> dict[str, Any]:
    task: dict[str, Any] = rig.ask(f"{TASKS}/{id_}").json()["task"]
    return task


def ml_of(rig: Rig, id_: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {rig.key}", **VERSION}
    told: dict[str, Any] = rig.client.get(f"/runwayml/v1/tasks/{id_}", headers=headers).json()
    return told


def size_of(rig: Rig, url: str) -> tuple[int, int]:
    parts = urlsplit(url)
    with av.open(io.BytesIO(rig.client.get(f"{parts.path}?{parts.query}").content)) as film:
        return film.streams.video[0].width, film.streams.video[0].height


# The other v1 submits


@pytest.mark.parametrize(("path", "upright"), [(RESTYLE, True), (ACT, False)])
def test_a_video_comes_back_in_the_shape_that_was_asked_for(rig: Rig, path: str, upright: bool) -> None:
    task_id = begin(rig, path)
    rig.step(60)
    told = rig.feed(task_id)["data"]
    assert told["status"] == "3"
    width, height = size_of(rig, told["video_url"])
    assert (height > width) is upright


@pytest.mark.parametrize(
    ("path", "changes", "msg"),
    [
        (RESTYLE, {"callback_url": None}, "callback_url_empty"),
        (RESTYLE, {"video": None}, "video_empty"),
        (RESTYLE, {"prompt": ""}, "prompt_empty"),
        (RESTYLE, {"model": None}, "model_empty"),
        (RESTYLE, {"options": {"flip": True}}, "structure_transformation"),
        (RESTYLE, {"options": {"flip": True, "structure_transformation": 2}}, "from 0 to 1"),
        (ACT, {"image": None}, "image_empty"),
        (ACT, {"video": "talk.mp4"}, "video is not a URL"),
    ],
)
def test_a_wrong_v1_body_is_code_400_inside_http_200(rig: Rig, path: str, changes: dict[str, Any], msg: str) -> None:
    answer = submit(rig, path, **changes)
    assert (answer.status_code, answer.json()["code"]) == (200, 400)
    assert msg in answer.json()["msg"]


# The web app's tasks


def test_a_task_is_answered_whole_and_pending(rig: Rig) -> None:
    task = submit(rig, TASKS).json()["task"]
    assert (task["status"], task["progressRatio"], task["error"], task["progressText"]) == ("PENDING", None, None, None)
    assert (task["name"], task["taskType"], task["options"]) == ("turbo 42", "gen3a_turbo", OPTIONS)
    assert task["createdAt"].endswith("Z")


def test_the_answer_renames_europa(rig: Rig) -> None:
    assert submit(rig, TASKS, taskType="europa").json()["task"]["taskType"] == "gen3a"


def test_progress_is_a_fraction_as_text_that_grows(rig: Rig) -> None:
    task_id = begin(rig, TASKS)
    assert task_of(rig, task_id)["estimatedTimeToStartSeconds"] == 20
    shares = []
    for _ in range(5):
        rig.step(2)
        shares.append(task_of(rig, task_id)["progressRatio"])
    assert all(isinstance(share, str) and 0 < float(share) < 1 for share in shares)
    assert shares == sorted(shares)
    rig.step(60)
    task = task_of(rig, task_id)
    assert (task["status"], task["progressRatio"]) == ("SUCCEEDED", "1")
    (artifact,) = task["artifacts"]
    assert size_of(rig, artifact["url"])[0] > 0
    assert len(artifact["previewUrls"]) == 1


def test_its_callbacks_are_the_object_of_the_query(rig: Rig, mailbox: Mailbox) -> None:
    task_id = begin(rig, TASKS)
    rig.step(60)
    letters = mailbox.told()
    assert [letter["task"]["status"] for letter in letters] == ["RUNNING", "RUNNING", "SUCCEEDED"]
    assert 0.5 < float(letters[1]["task"]["progressRatio"]) < 0.6
    assert letters[-1]["task"] == task_of(rig, task_id)
    assert rig.ledger()["posts"][0]["callback_url"] == CALLBACK


def test_without_a_hook_nobody_is_called(rig: Rig, mailbox: Mailbox) -> None:
    begin(rig, TASKS, notify_hook=None)
    rig.step(60)
    assert mailbox.letters == []


def test_a_failed_task_says_why(rig: Rig) -> None:
    rig.play(fail_task=1)
    task_id = begin(rig, TASKS)
    rig.step(60)
    task = task_of(rig, task_id)
    assert (task["status"], task["artifacts"]) == ("FAILED", [])
    assert "no frames" in task["progressText"]
    assert 0 < float(task["progressRatio"]) < 1


def test_forged_and_foreign_callbacks_look_like_true_ones(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1, foreign_callback=1)
    begin(rig, TASKS)
    rig.step(2)
    forged, foreign, _ = (letter["task"] for letter in mailbox.told())
    assert (forged["status"], forged["artifacts"][0]["url"]) == ("SUCCEEDED", FORGED_VIDEO)
    assert foreign["id"] == STRANGER


@pytest.mark.parametrize("name", ["init_image", "extended_from_task_id", "init_video"])
@pytest.mark.parametrize("empty", ["", None])
def test_a_member_that_must_be_left_out_when_empty_is_refused(rig: Rig, name: str, empty: object) -> None:
    answer = submit(rig, TASKS, taskType="europa", options=OPTIONS | {name: empty})
    assert answer.status_code == 400
    assert f"{name} must not be empty" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"taskType": None}, "taskType is required"),
        ({"taskType": "gen9"}, "taskType is invalid"),
        ({"options": OPTIONS | {"seconds": 4}}, "5 or 10"),
        ({"options": OPTIONS | {"seed": 4294967296}}, "seed must be"),
        ({"options": {"seconds": 5, "seed": 1, "text_prompt": "x"}}, "init_image is required"),
        ({"options": OPTIONS | {"video_prompt": FILM}}, "structure_transformation is required"),
        ({"options": OPTIONS | {"width": 0}}, "must be pixels"),
        ({"taskType": "europa", "options": {"seconds": 5, "seed": 1, "text_prompt": ""}}, "text_prompt is required"),
        ({"taskType": "gen2", "options": {"seconds": 5, "gen2Options": GEN2}}, "seconds must be 4"),
        ({"taskType": "gen2", "options": {"seconds": 4, "gen2Options": GEN2 | {"image_prompt": ""}}}, "not be empty"),
        ({"notify_hook": "here"}, "notify_hook is not a URL"),
    ],
)
def test_a_wrong_task_is_http_400(rig: Rig, changes: dict[str, Any], message: str) -> None:
    answer = submit(rig, TASKS, **changes)
    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    "changes",
    [
        {"taskType": "gen2", "options": {"seconds": 4, "gen2Options": GEN2}},
        {"taskType": "europa", "options": {"seconds": 10, "seed": 1, "text_prompt": "x", "width": 768, "height": 1280}},
        {"options": OPTIONS | {"extended_from_task_id": STRANGER, "init_video": FILM}},
        {"options": OPTIONS | {"video_prompt": FILM, "structure_transformation": 0.3}},
    ],
)
def test_every_form_of_a_task_makes_a_video(rig: Rig, changes: dict[str, Any]) -> None:
    task_id = begin(rig, TASKS, **changes)
    rig.step(60)
    assert task_of(rig, task_id)["artifacts"]


def test_an_unknown_task_is_http_404(rig: Rig) -> None:
    assert rig.ask(f"{TASKS}/{STRANGER}").status_code == 404
    rig.play(unknown_task=1)
    task_id = begin(rig, TASKS)
    assert rig.ask(f"{TASKS}/{task_id}").status_code == 404
    rig.step(4.1)
    assert task_of(rig, task_id)["status"] == "RUNNING"


# The developer API


@developer
@pytest.mark.parametrize("headers", [{}, {"X-Runway-Version": "2023-01-01"}])
def test_nothing_goes_without_the_version_header(rig: Rig, path: str, headers: dict[str, str]) -> None:
    answer = submit(rig, path, headers)
    assert answer.status_code == 400
    assert answer.json() == {"error": "The X-Runway-Version header must be 2024-11-06"}
    assert rig.ask(f"/runwayml/v1/tasks/{STRANGER}").status_code == 400


@developer
def test_a_submit_is_answered_by_an_id_and_the_task_by_itself(rig: Rig, path: str) -> None:
    answer = submit(rig, path)
    assert list(answer.json()) == ["id"]
    told = ml_of(rig, answer.json()["id"])
    assert (list(told), told["status"]) == (["id", "status", "createdAt"], "PENDING")
    rig.step(8)
    told = ml_of(rig, answer.json()["id"])
    assert told["status"] == "RUNNING"
    assert 0.4 < told["progress"] < 0.8
    rig.step(60)
    told = ml_of(rig, answer.json()["id"])
    assert (told["status"], told["cost"], "progress" in told) == ("SUCCEEDED", {"credits": 25}, False)
    width, height = size_of(rig, told["output"][0])
    assert (height > width) is (path == VIDEO)


def test_it_calls_nobody_back(rig: Rig, mailbox: Mailbox) -> None:
    begin(rig, IMAGE)
    rig.step(60)
    assert mailbox.letters == []


def test_its_failure_has_a_text_and_a_code(rig: Rig) -> None:
    rig.play(fail_task=1)
    task_id = begin(rig, IMAGE)
    rig.step(60)
    told = ml_of(rig, task_id)
    assert (told["status"], "no frames" in told["failure"], bool(told["failureCode"])) == ("FAILED", True, True)


def test_a_new_task_may_not_be_known_yet(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = begin(rig, IMAGE)
    assert ml_of(rig, task_id)["code"] == "task_not_exist"
    rig.step(4.1)
    assert ml_of(rig, task_id)["id"] == task_id


@pytest.mark.parametrize(
    ("path", "changes", "error"),
    [
        (IMAGE, {"promptImage": None}, "promptImage must be"),
        (IMAGE, {"promptImage": "sea.png"}, "promptImage must be"),
        (IMAGE, {"promptImage": []}, "promptImage must be"),
        (IMAGE, {"promptImage": ["x"]}, "promptImage must be"),
        (IMAGE, {"promptImage": [{"uri": FACE}]}, "position must be first"),
        (IMAGE, {"promptImage": [{"uri": FACE, "position": "last"}]}, "position must be first"),
        (IMAGE, {"ratio": None}, "ratio is required"),
        (IMAGE, {"ratio": "16:9"}, "ratio is invalid"),
        (IMAGE, {"duration": 7}, "duration must be 5, 10"),
        (IMAGE, {"seed": -1}, "seed must be"),
        (IMAGE, {"promptText": "x" * 1001}, "longer than 1000"),
        (IMAGE, {"model": "gen3a_turbo", "promptText": None, "ratio": None}, "promptText is required"),
        (IMAGE, {"model": "gen9"}, "model must be one of"),
        (TEXT, {"duration": None}, "duration must be"),
        (TEXT, {"model": "veo3", "duration": 5}, "duration must be 8"),
        (TEXT, {"promptText": " "}, "promptText is required"),
        (TEXT, {"ratio": "1920:1080"}, "ratio is invalid"),
        (VIDEO, {"videoUri": None}, "videoUri is required"),
        (VIDEO, {"promptText": None}, "promptText is required"),
        (VIDEO, {"references": [{}, {}]}, "at most one"),
    ],
)
def test_a_wrong_body_is_http_400_with_a_plain_text(rig: Rig, path: str, changes: dict[str, Any], error: str) -> None:
    answer = submit(rig, path, **changes)
    assert answer.status_code == 400
    assert error in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (IMAGE, {"promptImage": "data:image/png;base64,AAAA"}),
        (IMAGE, {"model": "gen3a_turbo", "promptImage": [{"uri": FACE, "position": "last"}], "ratio": None}),
        (TEXT, {"model": "veo3.1", "ratio": "1920:1080", "duration": None}),
        (VIDEO, {"model": "aleph2", "promptText": None, "ratio": None}),
    ],
)
def test_what_the_sheet_allows_is_taken(rig: Rig, path: str, changes: dict[str, Any]) -> None:
    assert submit(rig, path, **changes).status_code == 200
