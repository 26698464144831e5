"""The door: what it tells, what it takes, and the sentence it says when it cannot."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from studio.sandbox.app import make_app
from tests.sandbox.rig import CALLBACK, Mailbox, Rig


def test_the_state_tells_speed_faults_seed_tasks_and_ledger(rig: Rig) -> None:
    rig.play(seed=9, lose_callback=0.5)
    task_id = rig.begin()
    told = rig.client.get("/_sandbox/state").json()
    assert (told["speed"], told["seed"], told["faults"]) == (20.0, 9, {"lose-callback": 0.5})
    assert [task["id"] for task in told["tasks"]] == [task_id]
    assert told["ledger"] == {"posts": 1, "charged": "60", "refunded": "0"}


def test_the_ledger_has_a_line_for_every_submit(rig: Rig) -> None:
    task_id = rig.begin()
    rig.generate(callback_url=None)
    rig.key = "wrong"
    rig.generate()
    rig.key = "sk-test-1234"
    rig.feed(task_id)
    told = rig.ledger()
    posts = [[post[name] for name in ("callback_url", "key", "path", "task_id", "charged")] for post in told["posts"]]
    path = "/runway/v1/pro/generate"
    assert posts == [
        [CALLBACK, "1234", path, task_id, "60"],
        ["", "1234", path, "", "0"],
        [CALLBACK, "rong", path, "", "0"],
    ]
    assert told["charged"] == "60"
    assert told["queries"] == {"/runway/v1/feed": 1}


def test_a_wipe_forgets_tasks_and_ledger_but_keeps_the_faults(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(double_callback=1)
    task_id = rig.begin()
    assert rig.client.post("/_sandbox/wipe").status_code == 200
    rig.step(60)
    assert rig.feed(task_id)["msg"] == "task_not_exist"
    assert rig.ledger()["posts"] == []
    assert not mailbox.letters
    assert rig.client.get("/_sandbox/state").json()["faults"] == {"double-callback": 1.0}


def test_new_faults_replace_the_old_ones(rig: Rig) -> None:
    rig.play(hang=1)
    rig.play(rate_limit=0.1, hang=0)
    assert rig.client.get("/_sandbox/state").json()["faults"] == {"rate-limit": 0.1}


def test_the_faults_are_listed_in_both_languages(rig: Rig) -> None:
    rig.play(hang=1)
    told = rig.client.get("/_sandbox/faults").json()["faults"]
    hang = next(fault for fault in told if fault["name"] == "hang")
    assert set(hang) == {"name", "where", "en", "zh", "share"}
    assert hang["share"] == 1.0
    assert len(told) >= 20


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("faults", {"faults": {"gremlin": 1}}, "No fault is called gremlin"),
        ("faults", {"faults": {"hang": 2}}, "share of hang is a number from 0 to 1"),
        ("faults", {"faults": {"hang": True}}, "share of hang is a number from 0 to 1"),
        ("faults", {"faults": []}, "faults is an object"),
        ("faults", {"faults": {}, "seed": "x"}, "seed is a whole number"),
        ("speed", {"speed": 0}, "speed is a number above 0"),
        ("speed", {}, "speed is a number above 0"),
        ("step", {"seconds": -1}, "seconds is a number above 0"),
        ("step", {"seconds": 1e12}, "seconds is a number above 0"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(rig: Rig, path: str, body: dict[str, Any], words: str) -> None:
    answer = rig.client.post(f"/_sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_a_door_that_is_not_there_names_those_that_are(rig: Rig) -> None:
    answer = rig.client.get("/_sandbox/nowhere")
    assert answer.status_code == 404
    assert "GET state" in answer.json()["error"]


def test_a_page_of_another_site_is_turned_away(rig: Rig) -> None:
    theirs = rig.client.post("/_sandbox/wipe", headers={"Origin": "https://elsewhere.example"})
    ours = rig.client.post("/_sandbox/wipe", headers={"Origin": "http://sandbox.test"})
    assert (theirs.status_code, ours.status_code) == (403, 200)


def test_a_door_with_a_secret_opens_to_who_brings_it() -> None:
    with httpx.Client(
        transport=httpx.WSGITransport(app=make_app(secret="s3")), base_url="http://sandbox.test"
    ) as client:
        for headers, status in (({}, 403), ({"X-Sandbox-Secret": "other"}, 403), ({"X-Sandbox-Secret": "s3"}, 200)):
            assert client.get("/_sandbox/state", headers=headers).status_code == status
            assert client.get("/%5fsandbox/ledger", headers=headers).status_code == status
            assert client.post("/_sandbox/wipe", headers=headers).status_code == status
        assert client.get("/").status_code == 200


def test_every_task_is_told_with_its_end_and_what_its_address_answered(rig: Rig, mailbox: Mailbox) -> None:
    task_id = rig.begin()
    assert rig.client.get("/_sandbox/state").json()["ahead"] > 0
    rig.step(60)
    [task] = rig.client.get("/_sandbox/tasks").json()
    assert (task["id"], task["state"], task["callback_url"]) == (task_id, "succeeded", CALLBACK)
    assert {each["status"] for each in task["callbacks"]} == {200}
    assert [each["digest"] for each in task["callbacks"]] == [
        hashlib.sha256(letter.content).hexdigest() for letter in mailbox.letters
    ]
    assert rig.client.get("/_sandbox/state").json()["ahead"] == 0
