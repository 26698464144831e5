"""Every answer against the payload shapes of the Runway fact sheet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox.rig import BODY, Mailbox, Rig

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
MEMBERS = [
    "task_id",
    "status",
    "prompt",
    "prompt_en",
    "video_url",
    "poster",
    "last_frame",
    "msg",
    "point",
    "refund",
    "create_time",
    "update_time",
]
SEED_EXAMPLE = {
    "callback_url": "http://baidu.com",
    "ratio": "16:9",
    "prompt": "一只小猫",
    "style": "cinematic",
    "model": "gen3",
    "options": {
        "seconds": 10,
        "motion_vector": {"x": 0, "y": 0.3999999999999999, "z": 0, "r": -6, "bg_x_pan": 0, "bg_y_pan": 0},
    },
}


def test_the_answer_to_a_submit_is_the_envelope_with_a_task_id(rig: Rig) -> None:
    answer = rig.generate()
    told = answer.json()
    assert answer.status_code == 200
    assert list(told) == ["code", "msg", "data", "exec_time", "ip"]
    assert (told["code"], told["msg"], list(told["data"])) == (200, "成功", ["task_id"])
    assert UUID.fullmatch(told["data"]["task_id"])
    assert isinstance(told["exec_time"], float)


def test_the_seeds_own_example_is_accepted(rig: Rig) -> None:
    assert rig.post("/runway/v1/pro/generate", SEED_EXAMPLE).json()["code"] == 200


def test_the_feed_tells_a_task_in_text(rig: Rig) -> None:
    task_id = rig.begin()
    told = rig.feed(task_id)
    task = told["data"]
    assert told["code"] == 200
    assert list(task) == MEMBERS
    assert (task["task_id"], task["status"], task["point"], task["refund"]) == (task_id, "0", "60", "0")
    assert [task[name] for name in ("video_url", "poster", "last_frame", "msg")] == [None] * 4
    assert task["create_time"].isdecimal()
    assert task["update_time"].isdecimal()


def test_a_finished_task_has_its_links(rig: Rig) -> None:
    task = rig.finished()
    assert task["status"] == "3"
    assert [task[name].split("?")[0].rsplit("/", 1)[1] for name in ("video_url", "poster", "last_frame")] == [
        "video.mp4",
        "poster.jpg",
        "last-frame.png",
    ]
    assert task["video_url"].startswith("http://sandbox.test/media/")
    assert int(task["update_time"]) > int(task["create_time"])


@pytest.mark.parametrize(
    ("changes", "msg"),
    [
        ({"callback_url": None}, "callback_url_empty"),
        ({"callback_url": ""}, "callback_url_empty"),
        ({"callback_url": "ftp://studio.test/x"}, "callback_url is not a URL"),
        ({"callback_url": "http://[bad"}, "callback_url is not a URL"),
        ({"callback_url": "http://studio.test:80x/"}, "callback_url is not a URL"),
        ({"prompt": None}, "prompt_empty"),
        ({"prompt": 7}, "prompt must be a string"),
        ({"model": None}, "model_empty"),
        ({"ratio": "wide"}, "ratio is invalid"),
        ({"options": "5"}, "options must be an object"),
        ({"options": {"seconds": 7}}, "options.seconds must be 5 or 10"),
        ({"options": {"seconds": True}}, "options.seconds must be 5 or 10"),
        ({"image": "fox.png"}, "image is not a URL"),
        ({"model": "gen2", "options": {"motion_vector": []}}, "options.motion_vector must be an object"),
        (
            {"model": "gen2", "options": {"motion_vector": {"r": 11}}},
            "options.motion_vector.r must be a number from -10 to 10",
        ),
    ],
)
def test_a_body_that_the_wire_refuses_gets_code_400_inside_a_200(rig: Rig, changes: dict[str, Any], msg: str) -> None:
    answer = rig.generate(**changes)
    assert answer.status_code == 200
    assert (answer.json()["code"], answer.json()["msg"], answer.json()["data"]) == (400, msg, None)
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    "changes",
    [
        {"options": {"seconds": "5"}},
        {"options": None, "ratio": None},
        {"style": "cinematic"},
        {"prompt": "", "image": "https://img.example.com/fox.png"},
        {"model": "gen2", "ratio": "21:9", "options": {"motion_vector": {"x": -3.5}}},
        {"model": "gen4", "ratio": "1280:768", "last_image": "https://img.example.com/end.png"},
        {"unheard": {"of": 1}},
    ],
)
def test_what_real_clients_send_is_accepted(rig: Rig, changes: dict[str, Any]) -> None:
    assert rig.generate(**changes).json()["code"] == 200


def test_the_points_follow_the_seconds(rig: Rig) -> None:
    rig.generate(options={"seconds": 10})
    assert rig.ledger()["charged"] == "120"


def test_a_model_without_a_channel_is_a_gateway_error(rig: Rig) -> None:
    answer = rig.generate(model="sora")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("task_id", ["11111111-2222-4333-8444-555555555555", "", 5, None])
def test_the_feed_says_no_inside_a_200(rig: Rig, task_id: object) -> None:
    answer = rig.post("/runway/v1/feed", {"task_id": task_id})
    assert (answer.status_code, answer.json()["code"]) == (200, 400)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused(rig: Rig, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {rig.key}"}
    for path in ("/runway/v1/pro/generate", "/runway/v1/feed"):
        answer = rig.client.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request_body")


def test_a_task_runs_as_long_as_a_real_one_divided_by_speed(rig: Rig, mailbox: Mailbox) -> None:
    task_id = rig.begin()
    seen = []
    for _ in range(16):
        seen.append(rig.feed(task_id)["data"]["status"])
        rig.step(1)
    assert seen[0] == "0"
    assert seen[2:12] == ["1"] * 10
    assert rig.feed(task_id)["data"]["status"] == "3"


def test_speed_changes_what_is_under_way(rig: Rig) -> None:
    task_id = rig.begin()
    rig.client.post("/_sandbox/speed", json={"speed": 1})
    rig.step(100)
    assert rig.feed(task_id)["data"]["status"] == "1"
    rig.client.post("/_sandbox/speed", json={"speed": 300})
    rig.step(1)
    assert rig.feed(task_id)["data"]["status"] == "3"


def test_every_change_is_called_back_with_the_flat_object(rig: Rig, mailbox: Mailbox) -> None:
    task_id = rig.begin()
    assert not mailbox.letters
    rig.step(60)
    assert mailbox.statuses() == ["1", "1", "3"]
    assert {str(letter.url) for letter in mailbox.letters} == {BODY["callback_url"]}
    assert {letter.headers["content-type"] for letter in mailbox.letters} == {"application/json"}
    last = mailbox.told()[-1]
    assert list(last) == MEMBERS
    assert last == rig.feed(task_id)["data"]


def test_a_receiver_that_says_no_is_noted_and_never_asked_again(rig: Rig, mailbox: Mailbox) -> None:
    mailbox.status = 503
    rig.begin()
    rig.step(3600)
    assert len(mailbox.letters) == 3
    told = rig.client.get("/_sandbox/state").json()["tasks"][0]["callbacks"]
    assert [line["status"] for line in told] == [503] * 3


def test_two_runs_with_one_seed_take_the_same_time(rig: Rig) -> None:
    lengths = []
    for _ in range(2):
        rig.play(seed=7)
        rig.client.post("/_sandbox/wipe")
        for _ in range(3):
            rig.begin()
        lengths.append([task["run"] for task in rig.client.get("/_sandbox/state").json()["tasks"]])
    assert lengths[0] == lengths[1]
    assert len(set(lengths[0])) == 3
