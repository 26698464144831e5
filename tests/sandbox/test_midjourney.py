"""Every answer against the payload shapes of the Midjourney fact sheet."""

from __future__ import annotations

import base64
import io
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.sandbox.rig import CALLBACK, Mailbox, Rig

IMAGINE, ACTION, CHANGE = "/mj/submit/imagine", "/mj/submit/action", "/mj/submit/change"
MODAL, DESCRIBE, BLEND = "/mj/submit/modal", "/mj/submit/describe", "/mj/submit/blend"
SWAP, SHORTEN, SIMPLE = "/mj/insight-face/swap", "/mj/submit/shorten", "/mj/submit/simple-change"
MEMBERS = ["id", "action", "status", "prompt", "promptEn", "description", "state", "submitTime", "startTime"]
MEMBERS += ["finishTime", "progress", "imageUrl", "failReason", "properties", "buttons"]


def data_url(width: int = 64, height: int = 48, colour: str = "teal", kind: str = "PNG") -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


def mask(size: tuple[int, int], box: tuple[float, float, float, float] | None = (0.5, 0, 1, 1)) -> str:
    picture = Image.new("L", size, 0)
    if box:
        at = [share * size[i % 2] for i, share in enumerate(box)]
        ImageDraw.Draw(picture).rectangle(at, fill=255)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def submit(rig: Rig, path: str = IMAGINE, **body: Any) -> dict[str, Any]:
    told: dict[str, Any] = rig.post(path, body or {"prompt": "red bicycle --ar 3:2"}).json()
    return told


def told(rig: Rig, task_id: str) -> dict[str, Any]:
    task: dict[str, Any] = rig.ask(f"/mj/task/{task_id}/fetch").json()
    return task


def done(rig: Rig, path: str = IMAGINE, **body: Any) -> dict[str, Any]:
    answer = submit(rig, path, **body)
    assert answer["code"] in {1, 22}, answer
    rig.step(10)
    return told(rig, answer["result"])


def press(rig: Rig, task: dict[str, Any], part: str, **more: Any) -> dict[str, Any]:
    custom_id = next(each["customId"] for each in task["buttons"] if part in each["customId"])
    return submit(rig, ACTION, taskId=task["id"], customId=custom_id, **more)


def picture(rig: Rig, url: str) -> Image.Image:
    parts = urlsplit(url)
    answer = rig.client.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def upscaled(rig: Rig) -> dict[str, Any]:
    answer = press(rig, done(rig), "upsample::2")
    rig.step(10)
    return told(rig, answer["result"])


# Submits


def test_a_submit_is_code_1_with_an_id_of_digits_as_text(rig: Rig) -> None:
    answer = submit(rig)
    assert list(answer) == ["code", "description", "result", "properties"]
    assert (answer["code"], answer["result"].isdigit(), len(answer["result"])) == (1, True, 16)
    rig.play(wrong_types=1)
    assert isinstance(submit(rig)["result"], int)


@pytest.mark.parametrize("speed", ["", "/mj-relax", "/mj-fast", "/mj-turbo-relay"])
def test_the_speed_stands_before_the_path_and_decides_the_price(rig: Rig, speed: str) -> None:
    assert rig.post(f"{speed}{IMAGINE}", {"prompt": "x"}).json()["code"] == 1
    points = {"/mj-relax": "4", "/mj-turbo-relay": "16"}.get(speed, "8")
    assert rig.ledger()["posts"][-1]["charged"] == points


def test_an_unknown_speed_is_no_address(rig: Rig) -> None:
    assert rig.post(f"/mj-slow{IMAGINE}", {"prompt": "x"}).status_code == 404


def test_more_than_three_at_a_time_wait_in_line(rig: Rig) -> None:
    answers = [submit(rig) for _ in range(5)]
    assert [answer["code"] for answer in answers] == [1, 1, 1, 22, 22]
    assert answers[-1]["properties"] == {"numberOfQueues": 2}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (IMAGINE, {"prompt": "a gory scene"}, 200, 24),
        (IMAGINE, {"prompt": " "}, 200, 4),
        (IMAGINE, {"prompt": "x", "base64Array": ["iVBORw0KGgo="]}, 200, 4),
        (IMAGINE, {"prompt": "x", "botType": "OTHER"}, 200, 4),
        (IMAGINE, {"prompt": "x", "state": "s" * 256}, 200, 4),
        (BLEND, {"base64Array": [data_url()]}, 200, 4),
        (BLEND, {"base64Array": [data_url()] * 2, "dimensions": "WIDE"}, 200, 4),
        (DESCRIBE, {}, 200, 4),
        (DESCRIBE, {"base64": "data:image/jpeg;base64,/9j/4AAQ"}, 200, 4),
        (SWAP, {"sourceBase64": data_url()}, 200, 4),
        (SWAP, {"sourceBase64": data_url(), "targetBase64": data_url()}, 200, 4),
        (SHORTEN, {"prompt": ""}, 200, 4),
        (SIMPLE, {"content": "7 U5"}, 200, 4),
        (CHANGE, {"taskId": "7", "action": "UPSCALE", "index": 1}, 404, 3),
        (ACTION, {"taskId": "7", "customId": "MJ::JOB::upsample::1::x"}, 404, 3),
        (MODAL, {"taskId": "7"}, 404, 3),
    ],
)
def test_a_refusal_is_a_code_mostly_inside_http_200(
    rig: Rig, path: str, body: dict[str, Any], status: int, code: int
) -> None:
    answer = rig.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "result" not in answer.json()
    assert rig.ledger()["charged"] == "0"


def test_a_banned_word_is_named(rig: Rig) -> None:
    assert submit(rig, prompt="a gory scene")["properties"] == {"promptEn": "a gory scene", "bannedWord": "gory"}


def test_a_full_queue_answers_with_an_id_of_no_task(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    answer = submit(rig)
    assert (answer["code"], rig.ask(f"/mj/task/{answer['result']}/fetch").status_code) == (23, 400)


def test_its_own_errors_come_in_every_form_of_the_sheet(rig: Rig) -> None:
    rig.play(own_error=1)
    answers = [rig.post(IMAGINE, {"prompt": "x"}) for _ in range(40)]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {
        (200, 23),
        (200, 24),
        (404, 3),
        (200, 9),
        (429, 30),
        (500, 4),
    }
    [relayed] = {a.text for a in answers if a.status_code == 500}
    assert relayed.endswith('looking for beginning of value ", "type": "upstream_error", "code": 4}')


# A task's way


def test_a_task_goes_its_way_with_percent_text_and_a_preview(rig: Rig, mailbox: Mailbox) -> None:
    answer = submit(rig, prompt="red bicycle --ar 3:2", notifyHook=CALLBACK, state="studio:7")
    first = told(rig, answer["result"])
    assert list(first) == MEMBERS
    assert (first["status"], first["progress"], first["imageUrl"], first["finishTime"]) == ("SUBMITTED", "", "", 0)
    assert (first["state"], first["submitTime"] > 1_600_000_000_000) == ("studio:7", True)
    rig.step(10)
    letters = mailbox.told()
    assert [each["status"] for each in letters] == ["IN_PROGRESS"] * 4 + ["SUCCESS"]
    assert len({each["progress"] for each in letters}) == 5
    assert letters[-1] == told(rig, answer["result"])
    assert (letters[-1]["progress"], letters[-1]["action"]) == ("100%", "IMAGINE")
    assert all(each["imageUrl"] for each in letters)


def test_a_slow_line_tells_its_progress_in_words(rig: Rig) -> None:
    answer = rig.post(f"/mj-relax{IMAGINE}", {"prompt": "x"}).json()
    assert told(rig, answer["result"])["progress"] == "Waiting to start"


def test_a_failure_says_100_percent(rig: Rig) -> None:
    rig.play(fail_task=1)
    task = done(rig)
    assert (task["status"], task["progress"], task["imageUrl"], task["buttons"]) == ("FAILURE", "100%", "", [])
    assert task["failReason"]
    assert rig.ledger()["refunded"] == "8"


def test_late_news_may_come_after_the_end(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(shuffle_callbacks=1)
    submit(rig, prompt="x", notifyHook=CALLBACK)
    rig.step(10)
    assert [each["status"] for each in mailbox.told()] == ["SUCCESS"] + ["IN_PROGRESS"] * 4


def test_an_unknown_task_is_a_relays_error(rig: Rig) -> None:
    answer = rig.ask("/mj/task/7/fetch")
    assert answer.status_code == 400
    assert answer.json() == {"description": "task_no_found ", "type": "upstream_error", "code": 4}


def test_a_list_leaves_out_what_is_unknown(rig: Rig) -> None:
    ids = [submit(rig)["result"] for _ in range(2)]
    listed = rig.post("/mj/task/list-by-condition", {"ids": [*ids, "7"]}).json()
    assert sorted(each["id"] for each in listed) == sorted(ids)
    assert rig.post("/mj/task/list-by-condition", {"ids": []}).json() == []


def test_a_grid_is_four_pictures_in_one_and_an_upscale_is_the_one_that_was_chosen(rig: Rig) -> None:
    grid = done(rig)
    whole, single = picture(rig, grid["imageUrl"]), picture(rig, upscaled(rig)["imageUrl"])
    assert whole.size == (single.width * 2, single.height * 2)
    assert abs(single.width / single.height - 1.5) < 0.02
    second = whole.crop((single.width, 0, single.width * 2, single.height))
    inner = (8, 8, single.width - single.width // 4, single.height - single.height // 4)
    same = ImageChops.difference(second.crop(inner), single.crop(inner)).getbbox()
    assert same is None
    first = whole.crop((0, 0, single.width, single.height))
    assert ImageChops.difference(first.crop(inner), single.crop(inner)).getbbox()


def test_the_buttons_of_a_grid_and_of_one_picture(rig: Rig) -> None:
    grid = done(rig)
    labels = [each["label"] or each["emoji"] for each in grid["buttons"]]
    assert labels == ["U1", "U2", "U3", "U4", "🔄", "V1", "V2", "V3", "V4"]
    press(rig, grid, "upsample::2")
    assert [each["style"] for each in told(rig, grid["id"])["buttons"]] == [2, 3, 2, 2, 2, 2, 2, 2, 2]
    one = [each["customId"] for each in upscaled(rig)["buttons"]]
    for part in ("_2x_subtle", "high_variation", "Inpaint::1", "Outpaint::50", "CustomZoom", "pan_down", "BOOKMARK"):
        assert any(part in each for each in one)


@pytest.mark.parametrize(("part", "action"), [("variation::4", "VARIATION"), ("reroll", "REROLL")])
def test_a_button_makes_a_new_task(rig: Rig, part: str, action: str) -> None:
    grid = done(rig)
    answer = press(rig, grid, part)
    rig.step(10)
    task = told(rig, answer["result"])
    assert (answer["code"], task["id"] != grid["id"], task["action"], len(task["buttons"])) == (1, True, action, 9)
    assert task["imageUrl"] != grid["imageUrl"]


def test_a_button_that_a_relay_does_not_know_is_refused(rig: Rig) -> None:
    one = upscaled(rig)
    custom_id = one["buttons"][-1]["customId"]
    answer = rig.post(ACTION, {"taskId": one["id"], "customId": custom_id})
    assert (answer.status_code, answer.json()["description"]) == (400, f"unknown_action:{custom_id} ")
    assert submit(rig, ACTION, taskId=one["id"], customId="MJ::JOB::upsample::1::other")["code"] == 4


@pytest.mark.parametrize("simple", [False, True])
def test_the_old_way_and_the_same_upscale_twice(rig: Rig, simple: bool) -> None:
    grid = done(rig)
    body = {"content": f"{grid['id']} u3"} if simple else {"taskId": grid["id"], "action": "UPSCALE", "index": 3}
    first = submit(rig, SIMPLE if simple else CHANGE, **body)
    rig.step(10)
    again = submit(rig, SIMPLE if simple else CHANGE, **body)
    assert (first["code"], again["code"], again["result"]) == (1, 21, first["result"])
    assert again["properties"] == {"status": "SUCCESS", "imageUrl": told(rig, first["result"])["imageUrl"]}
    assert submit(rig, CHANGE, taskId=grid["id"], action="REROLL")["code"] == 4


# Windows


def waiting(rig: Rig, part: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The upscaled picture and the task that waits for its window."""
    one = upscaled(rig)
    answer = press(rig, one, part, **more)
    assert (answer["code"], answer["description"]) == (21, "Waiting for window confirm")
    rig.step(100)
    task = told(rig, answer["result"])
    assert (task["status"], task["progress"], task["imageUrl"]) == ("MODAL", "", "")
    return one, task


def test_a_window_waits_for_ever_and_tells_so(rig: Rig, mailbox: Mailbox) -> None:
    before = rig.ledger()["charged"]
    _, task = waiting(rig, "CustomZoom", notifyHook=CALLBACK)
    assert task["properties"] == {"finalPrompt": "red bicycle --ar 3:2 --zoom 2"}
    assert [each["status"] for each in mailbox.told()] == ["MODAL"]
    assert int(rig.ledger()["charged"]) == int(before) + 8 + 2  # the grid and its upscale, not the window


def test_a_zoom_is_answered_with_its_prompt_and_goes_on_under_the_same_id(rig: Rig, mailbox: Mailbox) -> None:
    _, task = waiting(rig, "CustomZoom", notifyHook=CALLBACK)
    for prompt in ("red bicycle", "red bicycle --zoom 3"):
        assert submit(rig, MODAL, taskId=task["id"], prompt=prompt)["code"] == 4
    answer = submit(rig, MODAL, taskId=task["id"], prompt="red bicycle --zoom 1.4")
    assert (answer["code"], answer["result"]) == (1, task["id"])
    assert rig.ledger()["posts"][-1]["charged"] == "8"
    rig.step(10)
    zoomed = told(rig, task["id"])
    assert (zoomed["status"], zoomed["action"], zoomed["prompt"]) == ("SUCCESS", "ZOOM", "red bicycle --zoom 1.4")
    assert [each["status"] for each in mailbox.told()] == ["MODAL", *["IN_PROGRESS"] * 4, "SUCCESS"]
    assert submit(rig, MODAL, taskId=task["id"], prompt="red bicycle --zoom 1.4")["code"] == 4


def test_only_what_is_white_in_the_mask_is_painted_anew(rig: Rig) -> None:
    one, task = waiting(rig, "Inpaint")
    before = picture(rig, one["imageUrl"])
    for wrong in ("", mask((64, 64)), mask(before.size, None)):
        assert submit(rig, MODAL, taskId=task["id"], prompt="a horse", maskBase64=wrong)["code"] == 4
    right = mask(before.size, (0.5, 0, 1, 1))
    assert submit(rig, MODAL, taskId=task["id"], prompt="a horse", maskBase64=right)["code"] == 1
    rig.step(10)
    whole = picture(rig, told(rig, task["id"])["imageUrl"])
    first = whole.crop((0, 0, *before.size))
    changed = ImageChops.difference(first, before).convert("L").point([0] * 24 + [255] * 232)
    left = changed.crop((4, 4, int(before.width * 0.45), before.height - 4))
    right_half = changed.crop((int(before.width * 0.55), 4, before.width - 4, before.height - 4))
    assert left.getbbox() is None
    assert sum(map(bool, right_half.tobytes())) > right_half.width * right_half.height / 4


def test_remix_opens_a_window_where_it_is_asked_for(rig: Rig) -> None:
    grid = done(rig)
    answer = press(rig, grid, "reroll", enableRemix=True)
    assert (answer["code"], answer["properties"]) == (21, {"finalPrompt": "red bicycle --ar 3:2", "remix": True})
    assert submit(rig, MODAL, taskId=answer["result"])["code"] == 1
    rig.step(10)
    assert told(rig, answer["result"])["prompt"] == "red bicycle --ar 3:2"


# Texts


def test_a_description_is_four_texts_and_its_picture_is_the_one_that_came_in(rig: Rig) -> None:
    task = done(rig, DESCRIBE, base64=data_url(640, 480, kind="JPEG"), botType="MID_JOURNEY")
    pieces = task["properties"]["finalPrompt"].split("\n\n")
    assert [piece[:3] for piece in pieces] == ["1️⃣", "2️⃣", "3️⃣", "4️⃣"]
    assert (task["action"], task["imageUrl"][:4]) == ("DESCRIBE", "http")
    answer = press(rig, task, "PicReader::2")
    assert (answer["code"], answer["properties"]["finalPrompt"]) == (21, pieces[1][4:])
    assert submit(rig, MODAL, taskId=answer["result"], prompt="a kite")["code"] == 1


def test_a_shortened_prompt_is_markdown(rig: Rig) -> None:
    task = done(rig, SHORTEN, prompt="a very red bicycle, extremely detailed, in the style of old posters")
    text = task["properties"]["finalPrompt"]
    assert text.startswith("## Important tokens\n~~a~~ very ~~red~~ **bicycle**")
    assert "\n1️⃣ " in text
    assert "\n5️⃣ " in text
    assert (task["imageUrl"], len(task["buttons"])) == ("", 5)


@pytest.mark.parametrize(("shape", "ratio"), [("PORTRAIT", 2 / 3), ("SQUARE", 1), ("LANDSCAPE", 1.5)])
def test_a_blend_has_the_shape_that_was_asked_for(rig: Rig, shape: str, ratio: float) -> None:
    task = done(rig, BLEND, base64Array=[data_url(), "https://img.example.com/a.png"], dimensions=shape)
    whole = picture(rig, task["imageUrl"])
    assert abs(whole.width / whole.height - ratio) < 0.03
    assert (task["action"], len(task["buttons"])) == ("BLEND", 9)


def test_a_swapped_face_is_one_picture_of_the_targets_shape_without_buttons(rig: Rig) -> None:
    task = done(rig, SWAP, sourceBase64=data_url(), targetBase64=data_url(90, 160, "navy"))
    single = picture(rig, task["imageUrl"])
    assert (task["action"], task["buttons"]) == ("SWAP_FACE", [])
    assert abs(single.width / single.height - 9 / 16) < 0.03


def test_a_seed_is_a_number_as_text_of_a_picture(rig: Rig) -> None:
    grid = done(rig)
    answer: httpx.Response = rig.ask(f"/mj/task/{grid['id']}/image-seed")
    assert (answer.json()["code"], answer.json()["result"].isdigit()) == (1, True)
    running = submit(rig)["result"]
    assert (rig.ask(f"/mj/task/{running}/image-seed").status_code, rig.ask("/mj/task/7/image-seed").status_code) == (
        400,
        404,
    )
