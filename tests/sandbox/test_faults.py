"""Every fault really happens, and the ledger tells what was charged whatever the client was told."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from studio.sandbox.app import App, make_app
from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from studio.sandbox.faults import FAULTS, Dice
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

KEY = {"Authorization": "Bearer sk-test-1234"}
STREAM = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "why is the sky blue?"}], "stream": True}


def charged(rig: Rig) -> tuple[str, list[str]]:
    told = rig.ledger()
    return told["charged"], [name for post in told["posts"] for name in post["faults"]]


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("rate-limit", 429, ""),
        ("spent-balance", 429, "insufficient_user_quota"),
        ("refuse-content", 400, "sensitive_words_detected"),
        ("error-before", 500, "do_request_failed"),
        ("html-before", 502, "<h1>502 Bad Gateway</h1>"),
    ],
)
def test_a_fault_before_accepting_charges_nothing(rig: Rig, name: str, status: int, body: str) -> None:
    rig.play(**{name: 1})
    answer = rig.generate()
    assert answer.status_code == status
    assert body in answer.text
    assert body or not answer.content
    assert charged(rig) == ("0", [name])


def test_a_spent_balance_looks_like_load(rig: Rig) -> None:
    rig.play(spent_balance=1)
    told = rig.generate().json()["error"]
    assert "负载已饱和" in told["message"]
    assert (told["type"], told["code"]) == ("insufficient_quota", "insufficient_user_quota")


def test_a_system_may_say_no_inside_a_200(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    answer = rig.generate()
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, 400, None)
    assert charged(rig) == ("0", ["no-inside-200"])


@pytest.mark.parametrize(("name", "status"), [("error-after", 500), ("html-answer", 502)])
def test_a_fault_after_accepting_charges_and_calls_back(rig: Rig, mailbox: Mailbox, name: str, status: int) -> None:
    rig.play(**{name: 1})
    assert rig.generate().status_code == status
    assert charged(rig) == ("60", [name])
    rig.step(60)
    assert mailbox.statuses()[-1] == "3"


@pytest.mark.parametrize(
    ("name", "error", "points"),
    [
        ("hang", httpx.ReadTimeout, "60"),
        ("hang-before", httpx.ReadTimeout, "0"),
        ("no-answer", httpx.RemoteProtocolError, "60"),
        ("no-answer-before", httpx.RemoteProtocolError, "0"),
        ("cut-answer", httpx.RemoteProtocolError, "60"),
    ],
)
def test_an_answer_that_breaks_says_nothing_of_the_charge(
    rig: Rig, name: str, error: type[Exception], points: str
) -> None:
    rig.play(**{name: 1})
    with pytest.raises(error):
        rig.generate()
    assert charged(rig) == (points, [name])


def test_a_body_that_is_refused_meets_no_fault_of_acceptance(rig: Rig) -> None:
    rig.play(error_after=1, hang=1)
    assert rig.generate(callback_url=None).json()["code"] == 400


def test_an_early_callback_comes_before_the_answer(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(early_callback=1)
    task_id = rig.begin()
    assert mailbox.statuses() == ["1", "3"]
    assert mailbox.told()[0]["task_id"] == task_id
    rig.step(60)
    assert len(mailbox.letters) == 2


def test_a_slow_answer_takes_eight_seconds_in_which_the_work_goes_on(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(slow_answer=1)
    rig.generate()
    assert mailbox.statuses()[:1] == ["1"]


def test_wrong_types_bend_answers_and_callbacks(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(wrong_types=1)
    told = rig.generate().json()
    assert told["code"] == "200"
    rig.step(60)
    task = rig.feed(told["data"]["task_id"])["data"]
    assert (task["status"], task["point"], task["refund"], task["msg"]) == (3, 60, 0, "")
    assert [letter["status"] for letter in mailbox.told()] == [1, 1, 3]


def test_a_query_may_fail(rig: Rig) -> None:
    task_id = rig.begin()
    rig.play(query_error=1)
    assert rig.post("/runway/v1/feed", {"task_id": task_id}).status_code == 502


def test_a_query_of_a_system_that_names_no_errors_of_its_own_is_answered(rig: Rig) -> None:
    task_id = rig.begin()
    rig.play(own_query_error=1)
    assert rig.feed(task_id)["code"] == 200


def test_a_task_may_be_unknown_to_the_feed_at_first(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = rig.begin()
    assert (rig.feed(task_id)["code"], rig.feed(task_id)["msg"]) == (400, "task_not_exist")
    rig.step(4.1)
    assert rig.feed(task_id)["code"] == 200


def test_a_failing_task_gives_its_points_back(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(fail_task=1)
    task = rig.finished()
    assert (task["status"], task["refund"], task["point"], task["video_url"]) == ("2", "1", "60", None)
    assert task["msg"]
    assert mailbox.statuses() == ["1", "2"]
    told = rig.ledger()
    assert (told["charged"], told["refunded"], told["posts"][0]["refunded"]) == ("60", "60", "60")


def test_expired_links_are_dead_from_the_start(rig: Rig) -> None:
    rig.play(expired_links=1)
    task = rig.finished()
    for name in ("video_url", "poster", "last_frame"):
        assert rig.client.get(task[name]).status_code == 403


def test_a_late_callback_comes_thirty_seconds_after_its_time(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(late_callback=1)
    rig.begin()
    rig.step(30)
    assert mailbox.statuses() == []
    rig.step(16)
    assert mailbox.statuses() == ["1", "1", "3"]


def test_a_double_callback_is_the_same_letter_twice(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(double_callback=1)
    rig.finished()
    assert mailbox.statuses() == ["1", "1", "1", "1", "3", "3"]


def test_shuffled_callbacks_begin_with_the_end(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(shuffle_callbacks=1)
    task_id = rig.begin()
    rig.step(10)
    assert not mailbox.letters
    rig.step(10)
    assert mailbox.statuses() == ["3", "1", "1"]
    assert {letter["task_id"] for letter in mailbox.told()} == {task_id}


def test_lost_callbacks_leave_only_the_feed(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(lose_callback=1)
    assert rig.finished()["status"] == "3"
    assert not mailbox.letters


def test_garbage_is_of_many_kinds(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(garbage_callback=1)
    for _ in range(8):
        rig.begin()
    rig.step(60)
    assert len(mailbox.letters) == 24
    assert len({letter.content for letter in mailbox.letters}) >= 5


def test_a_forged_callback_claims_a_success_that_the_feed_denies(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1)
    task_id = rig.begin()
    rig.step(2)
    forged = mailbox.told()[0]
    assert (forged["task_id"], forged["status"], forged["video_url"]) == (task_id, "3", FORGED_VIDEO)
    assert rig.feed(task_id)["data"]["status"] == "1"


def test_a_foreign_callback_names_another_task(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(foreign_callback=1)
    rig.begin()
    rig.step(2)
    assert mailbox.told()[0]["task_id"] == STRANGER


def test_a_callback_may_come_as_form_fields(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(form_callback=1)
    task = rig.finished()
    fields = parse_qs(mailbox.letters[-1].content.decode(), keep_blank_values=True)
    assert mailbox.letters[-1].headers["content-type"] == "application/x-www-form-urlencoded"
    assert (fields["status"], fields["video_url"], fields["msg"]) == (["3"], [task["video_url"]], [""])


def test_a_callback_may_come_in_the_envelope(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(wrapped_callback=1)
    task = rig.finished()
    assert (mailbox.told()[-1]["code"], mailbox.told()[-1]["data"]) == (200, task)


def test_own_error_is_one_of_those_that_the_systems_sheet_names(rig: Rig) -> None:
    rig.play(own_error=1)
    answer = rig.post("/sd/v1/generation/stable-diffusion-v1-6/text-to-image", {"text_prompts": [{"text": "x"}]})
    assert answer.status_code in {404, 500}
    assert set(answer.json()) == {"id", "name", "message"}
    assert rig.generate().json()["code"] == 200  # a system whose sheet names none


@pytest.mark.parametrize("name", ["stream-error", "stream-cut"])
def test_an_event_stream_may_end_half_way(rig: Rig, name: str) -> None:
    whole = rig.post("/v1/chat/completions", STREAM).text
    rig.play(**{name: 1})
    got = ""
    with contextlib.ExitStack() as end:
        if name == "stream-cut":
            end.enter_context(pytest.raises(httpx.RemoteProtocolError))
        with rig.client.stream("POST", "/v1/chat/completions", json=STREAM, headers=KEY) as answer:
            for piece in answer.iter_text():
                got += piece
    assert answer.status_code == 200
    half = got[: got.rindex("data: {")] if name == "stream-error" else got
    assert half
    assert half == whole[: len(half)] != whole
    assert ("upstream closed the connection" in got) == (name == "stream-error")
    assert rig.ledger()["posts"][-1]["faults"] == [name]


AT_ONCE = (
    ("/v1/chat/completions", STREAM),
    ("/sd/v1/generation/stable-diffusion-v1-6/text-to-image", {"text_prompts": [{"text": "a boat"}]}),
)


@pytest.mark.parametrize(("path", "body"), AT_ONCE, ids=lambda each: each if isinstance(each, str) else "")
@pytest.mark.parametrize(("name", "status"), [("error-after", 500), ("html-answer", 502)])
def test_what_is_answered_at_once_can_be_charged_and_lost_too(
    rig: Rig, name: str, status: int, path: str, body: object
) -> None:
    rig.play(**{name: 1})
    assert rig.post(path, body).status_code == status
    [post] = rig.ledger()["posts"]
    assert (post["faults"], post["charged"] != "0") == ([name], True)


def test_every_fault_has_a_test_here_and_a_line_in_both_languages() -> None:
    lines = Path(__file__).read_text().replace("_", "-")
    assert not [fault.name for fault in FAULTS if fault.name not in lines]
    assert all(fault.en.endswith(".") and fault.zh.endswith("。") for fault in FAULTS)


def test_the_dice_fall_the_same_way_for_the_same_seed() -> None:
    def rolls(seed: int) -> list[bool]:
        dice = Dice()
        dice.load({"hang": 0.3, "rate-limit": 0.5}, seed)
        return [dice.roll(name) for _ in range(500) for name in ("hang", "rate-limit")]

    assert rolls(5) == rolls(5) != rolls(6)
    assert 0.25 < sum(rolls(5)[::2]) / 500 < 0.35


def test_one_faults_rolls_do_not_move_anothers() -> None:
    alone, together = Dice(), Dice()
    alone.load({"hang": 0.5}, 3)
    together.load({"hang": 0.5, "rate-limit": 0.5}, 3)
    for _ in range(100):
        together.roll("rate-limit")
        assert alone.roll("hang") == together.roll("hang")


def test_without_a_client_callbacks_are_only_noted(app: App) -> None:
    quiet = make_app()
    with httpx.Client(transport=httpx.WSGITransport(app=quiet), base_url="http://sandbox.test") as client:
        rig = Rig(client)
        rig.finished()
        noted = client.get("/_sandbox/state").json()["tasks"][0]["callbacks"]
    assert [line["error"] for line in noted] == ["not sent: no client was given"] * 3


def test_the_receiver_may_ask_the_feed_while_it_is_called_back() -> None:
    heard: list[str] = []

    def receive(request: httpx.Request) -> httpx.Response:
        heard.append(rig.feed(json.loads(request.content)["task_id"])["data"]["status"])
        assert str(request.url) == CALLBACK
        return httpx.Response(200)

    app = make_app(client=httpx.Client(transport=httpx.MockTransport(receive)))
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox.test") as client:
        rig = Rig(client)
        rig.begin()
        rig.step(60)
    assert heard == ["1", "1", "3"]
