"""The stand-in's Viggle: uploads that are looked at, templates page by page, and a figure put into a motion."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from studio.sandbox.film import Film
from studio.sandbox.painting import mp4
from studio.sandbox.viggle_shelf import TAGS, TEMPLATES
from tests.sandbox.rig import Rig

IMAGE, VIDEO, TASK = "/viggle/asset/image", "/viggle/asset/video", "/viggle/video-task"
SCENE, RENDER = "/viggle/api/scenes/import", "/viggle/api/render"
PAGE = "/viggle/template2?page=1&pageSize=48"


@cache
def hero() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((480, 720)).convert("RGB").save(out, "PNG")
    return out.getvalue()


@cache
def dance() -> bytes:
    """Three seconds."""
    return mp4(Film("dance", "16:9", 3, "camera", "camera"))


FILES: dict[str, Callable[[], bytes]] = {
    "hero.png": hero,
    "dance.mp4": dance,
    "empty.png": lambda: b"",
    "words.png": lambda: b"no picture",
    "half.mp4": lambda: dance()[:400],
}


def sent(rig: Rig, path: str, texts: dict[str, str] | None = None, **files: str) -> httpx.Response:
    """A form in parts; the files by their names."""
    parts: dict[str, Any] = {name: (None, text) for name, text in (texts or {}).items()}
    parts |= {name: (file, FILES[file](), "application/octet-stream") for name, file in files.items()}
    return rig.client.post(path, files=parts, headers={"Authorization": f"Bearer {rig.key}"})


def brought(rig: Rig) -> tuple[str, str]:
    """A picture and a video for it, by their ids."""
    image = sent(rig, IMAGE, file="hero.png").json()["data"]["id"]
    return image, sent(rig, f"{VIDEO}/{image}", file="dance.mp4").json()["data"]["id"]


def body(rig: Rig, **changes: Any) -> dict[str, Any]:
    image, video = brought(rig)
    whole = {"imageID": image, "videoID": video, "bgMode": 1, "modelInfoID": 2, "watermark": 0} | changes
    return {name: value for name, value in whole.items() if value is not None}


def begin(rig: Rig, **changes: Any) -> str:
    return str(rig.post(TASK, body(rig, **changes)).json()["data"]["taskID"])


def asked(rig: Rig, *ids: str) -> dict[str, Any]:
    told: dict[str, Any] = rig.post(f"{TASK}/by-ids", {"ids": list(ids)}).json()
    return told


def film(rig: Rig, url: str) -> tuple[int, int, float]:
    """Width, height and seconds of a video that can be decoded."""
    answer = rig.client.get(url)
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as opened:
        frames = list(opened.decode(video=0))
        assert len(frames) > 1
        return frames[0].width, frames[0].height, float(opened.duration or 0) / 1_000_000


def expect_film(rig: Rig, url: str, ratio: float, seconds: float) -> None:
    width, height, length = film(rig, url)
    assert width / height == pytest.approx(ratio, rel=0.02)
    assert length == pytest.approx(seconds, abs=0.2)


def opened(rig: Rig, url: str) -> Image.Image:
    return Image.open(io.BytesIO(rig.client.get(url).content))


# What is brought


def test_a_picture_is_measured_and_shown(rig: Rig) -> None:
    told = sent(rig, IMAGE, file="hero.png").json()
    assert (told["code"], set(told)) == (0, {"code", "message", "reason", "data"})
    data = told["data"]
    assert (data["name"], data["width"], data["height"]) == ("hero", 480, 720)
    shown = opened(rig, data["url"])
    assert shown.width / shown.height == pytest.approx(2 / 3, rel=0.02)
    assert rig.ledger()["posts"][-1]["charged"] == "0"


def test_a_video_belongs_to_its_picture_and_has_a_cover(rig: Rig) -> None:
    image = sent(rig, IMAGE, file="hero.png").json()["data"]["id"]
    data = sent(rig, f"{VIDEO}/{image}", file="dance.mp4").json()["data"]
    assert (data["name"], data["width"] / data["height"]) == ("dance", pytest.approx(16 / 9, rel=0.02))
    assert film(rig, data["url"])[2] == pytest.approx(3, abs=0.2)
    assert opened(rig, data["coverURL"]).format == "JPEG"


@pytest.mark.parametrize(
    ("path", "file", "word"),
    [
        (IMAGE, "empty.png", "file is required"),
        (IMAGE, "words.png", "must be a picture"),
        (IMAGE, "dance.mp4", "must be a picture"),
        (VIDEO, "hero.png", "MP4"),
        (VIDEO, "half.mp4", "MP4"),
        (f"{VIDEO}/nobody", "dance.mp4", "no such picture"),
    ],
)
def test_what_is_no_file_of_its_kind_is_refused(rig: Rig, path: str, file: str, word: str) -> None:
    if path == VIDEO:
        path = f"{VIDEO}/{sent(rig, IMAGE, file='hero.png').json()['data']['id']}"
    answer = sent(rig, path, file=file)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, 1, None)
    assert word in answer.json()["message"]


def test_a_link_is_no_file(rig: Rig) -> None:
    assert "not a text" in sent(rig, IMAGE, {"file": "https://img.example.com/hero.png"}).json()["message"]
    assert "multipart" in rig.post(IMAGE, {"file": "hero.png"}).json()["message"]


# Ready-made motions


def test_templates_come_page_by_page_and_can_be_seen(rig: Rig) -> None:
    first = rig.ask(PAGE).json()["data"]
    second = rig.ask(PAGE.replace("page=1", "page=2")).json()["data"]
    assert len(first) == 48
    assert [each["id"] for each in first + second] == list(TEMPLATES)
    assert rig.ask(PAGE.replace("page=1", "page=3")).json()["data"] == []
    assert opened(rig, first[0]["processedCoverURL"]).format == "JPEG"
    assert film(rig, first[1]["processedURL"])[2] == pytest.approx(9, abs=0.2)


def test_templates_are_found_by_a_word_and_by_a_tag(rig: Rig) -> None:
    found = rig.ask(f"{PAGE}&searchKeyword=SPIN").json()["data"]
    assert {each["command"].partition(" ")[0] for each in found} == {"Spin"}
    assert rig.ask("/viggle/template2/tag").json()["data"] == TAGS
    tagged = rig.ask(f"{PAGE}&searchKeyword=spin&tagID={TAGS[2]['id']}&type=0").json()["data"]
    assert [each["command"] for each in tagged] == [f"Spin {TAGS[2]['name']}"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "page is required"),
        ("?page=1", "pageSize is required"),
        ("?page=0&pageSize=48", "page must be"),
        ("?page=1&pageSize=x", "pageSize must be"),
        ("?page=1&pageSize=48&type=x", "type must be"),
    ],
)
def test_a_list_without_its_page_is_refused(rig: Rig, query: str, word: str) -> None:
    told = rig.ask(f"/viggle/template2{query}").json()
    assert told["code"] == 1
    assert word in told["message"]


# A figure in a motion


def test_a_video_is_made_of_a_picture_and_a_video_and_zero_is_its_end(rig: Rig) -> None:
    begun = rig.post(TASK, body(rig)).json()
    assert (begun["code"], set(begun["data"])) == (0, {"taskID", "mqType"})
    id_ = begun["data"]["taskID"]
    early = asked(rig, id_)["data"][0]
    assert (early["status"], early["result"], early["planCredits"]) == (0, "", 0)
    rig.step(3)
    running = asked(rig, id_)["data"][0]
    assert running["status"] != 0
    assert running["result"] == ""
    rig.step(30)
    done = asked(rig, id_)["data"][0]
    assert (done["status"], done["videoDuration"], done["planCredits"], done["bgMode"]) == (0, 3, 1, 1)
    expect_film(rig, done["result"], 16 / 9, 3)
    assert opened(rig, done["resultCover"]).size == film(rig, done["result"])[:2]
    assert rig.ledger()["posts"][-1]["charged"] == "1"


def test_the_background_of_the_picture_gives_its_shape_too(rig: Rig) -> None:
    id_ = begin(rig, bgMode=3)
    rig.step(30)
    expect_film(rig, asked(rig, id_)["data"][0]["result"], 2 / 3, 3)


def test_a_template_gives_shape_and_length(rig: Rig) -> None:
    template = TEMPLATES["tpl-0001"]
    id_ = begin(rig, videoID="", templateID=template.id, modelInfoID=9, watermark=None, optimize=True)
    rig.step(30)
    expect_film(rig, asked(rig, id_)["data"][0]["result"], 9 / 16, template.seconds)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"imageID": None}, "imageID is required"),
        ({"imageID": "nobody"}, "imageID: no such picture"),
        ({"videoID": None}, "videoID and templateID"),
        ({"templateID": "tpl-0001"}, "exclude"),
        ({"videoID": "nobody"}, "videoID: no such video"),
        ({"videoID": "", "templateID": "tpl-9999"}, "no such template"),
        ({"bgMode": None}, "bgMode is required"),
        ({"bgMode": 4}, "bgMode is invalid"),
        ({"bgMode": True}, "bgMode is invalid"),
        ({"modelInfoID": None}, "modelInfoID is required"),
        ({"modelInfoID": "2"}, "modelInfoID is invalid"),
        ({"watermark": 2}, "watermark is invalid"),
        ({"optimize": "yes"}, "optimize"),
    ],
)
def test_what_cannot_be_is_refused_and_costs_nothing(rig: Rig, changes: dict[str, Any], word: str) -> None:
    told = rig.post(TASK, body(rig, **changes)).json()
    assert (told["code"], told["data"]) == (1, None)
    assert word in told["message"]
    assert rig.ledger()["charged"] == "0"


def test_a_video_of_another_picture_is_not_found(rig: Rig) -> None:
    _, video = brought(rig)
    assert "for this picture" in rig.post(TASK, body(rig, videoID=video)).json()["message"]


def test_a_query_looks_at_the_first_id_only_and_leaves_out_what_it_does_not_know(rig: Rig) -> None:
    one, two = begin(rig), begin(rig)
    assert [each["taskID"] for each in asked(rig, two, one)["data"]] == [two]
    image, _ = brought(rig)
    for stranger in ("nobody", image):
        assert asked(rig, stranger) == {"code": 0, "message": "ok", "reason": "", "data": []}
    assert rig.post(f"{TASK}/by-ids", {"ids": []}).json()["code"] == 1


def test_a_failed_task_is_named_in_the_no_and_its_credits_come_back(rig: Rig) -> None:
    rig.play(fail_task=1)
    id_ = begin(rig)
    rig.step(30)
    told = asked(rig, id_)
    assert told["code"] == 1
    assert told["message"]
    assert (told["data"][0]["taskID"], told["data"][0]["result"]) == (id_, "")
    assert (rig.ledger()["charged"], rig.ledger()["refunded"]) == ("1", "1")


def test_its_errors_come_inside_a_200(rig: Rig) -> None:
    whole = body(rig)
    rig.play(own_error=1)
    answers = [rig.post(TASK, whole) for _ in range(12)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(200, 1)}
    assert len({answer.json()["message"] for answer in answers}) == 2
    rig.play(no_inside_200=1)
    assert sent(rig, IMAGE, file="hero.png").json()["code"] == 1
    assert rig.client.post(TASK, json=whole).status_code == 401


# The developer API


def rendered(rig: Rig, texts: dict[str, str] | None = None, **files: str) -> dict[str, Any]:
    """A job that is done."""
    begun = sent(rig, RENDER, texts, **files).json()
    assert (begun["status"], begun["poll_url"]) == ("queued", f"{RENDER}/{begun['job_id']}")
    rig.step(30)
    told: dict[str, Any] = rig.ask(begun["poll_url"]).json()
    return told


def test_a_picture_and_a_video_become_a_job_that_tells_how_far_it_is(rig: Rig) -> None:
    begun = sent(rig, RENDER, ref_image="hero.png", driving_video="dance.mp4").json()
    rig.step(6)
    running = rig.ask(begun["status_url"]).json()
    assert (running["status"], running["cdn_url"]) == ("processing", None)
    assert 30 < running["progress_pct"] < 60
    rig.step(30)
    done = rig.ask(begun["status_url"]).json()
    assert (done["status"], done["mode"], done["progress_pct"]) == ("complete", "full_pipeline", 100)
    expect_film(rig, done["cdn_url"], 16 / 9, 3)
    assert done["mask_cdn_url"] is None
    assert rig.ledger()["posts"][-1]["charged"] == "3"


def test_without_a_background_a_mask_comes_beside_the_video(rig: Rig) -> None:
    files = {"ref_image": "hero.png", "driving_video": "dance.mp4"}
    done = rendered(rig, {"background_mode": "transparent"}, **files)
    assert done["mask_cdn_url"] != done["cdn_url"]
    assert film(rig, done["mask_cdn_url"]) == film(rig, done["cdn_url"])


def test_a_scene_tells_its_people_and_is_filled_by_them(rig: Rig) -> None:
    scene = rig.post(SCENE, {"template_id": "tpl-0002"}).json()
    assert len(scene["character_uuids"]) == 3
    mapping = {scene["character_uuids"][0]: "char-1", scene["character_uuids"][2]: "char-2"}
    done = rendered(rig, {"scene_id": scene["scene_id"], "character_mapping": json.dumps(mapping)})
    assert (done["status"], done["mode"]) == ("complete", "preprocessed")
    assert film(rig, done["cdn_url"])[2] == pytest.approx(TEMPLATES["tpl-0002"].seconds, abs=0.2)
    plain = rig.post(RENDER, {"scene_id": scene["scene_id"], "character_id": "char-1"})
    assert (plain.status_code, plain.json()["status"]) == (200, "queued")


@pytest.mark.parametrize(
    ("texts", "files", "word", "code"),
    [
        ({}, {"driving_video": "dance.mp4"}, "picture", "CS-ORIV-001"),
        ({}, {"ref_image": "hero.png"}, "driving video", "CS-ORIV-002"),
        ({"model": "V9"}, {}, "model", None),
        ({"background_mode": "blue"}, {}, "background_mode", None),
        ({"bg_color": "0,256,0"}, {}, "bg_color", None),
        ({"scene_id": "nowhere", "character_id": "c"}, {}, "no such scene", None),
        ({"scene_id": "{scene}"}, {}, "character_id", None),
        ({"scene_id": "{scene}", "character_mapping": '{"nobody": "c"}'}, {}, "nobody in this scene", None),
        ({"scene_id": "{scene}", "character_mapping": "c"}, {}, "no JSON", None),
    ],
)
def test_what_the_developer_api_refuses_has_a_text_and_sometimes_a_code(
    rig: Rig, texts: dict[str, str], files: dict[str, str], word: str, code: str | None
) -> None:
    scene = rig.post(SCENE, {"template_id": "tpl-0001"}).json()["scene_id"]
    texts = {name: scene if text == "{scene}" else text for name, text in texts.items()}
    if not files and "scene_id" not in texts:
        files = {"ref_image": "hero.png", "driving_video": "dance.mp4"}
    answer = sent(rig, RENDER, texts, **files)
    assert answer.status_code == 400
    assert word in answer.json()["detail"]["message"]
    assert answer.json()["detail"].get("error_code") == code
    assert rig.ledger()["charged"] == "0"


def test_a_job_may_fail_and_strangers_are_not_found(rig: Rig) -> None:
    rig.play(fail_task=1)
    done = rendered(rig, ref_image="hero.png", driving_video="dance.mp4")
    assert (done["status"], done["cdn_url"], done["error_code"]) == ("failed", None, "CS-UORC01-009")
    assert done["error_message"]
    assert rig.ledger()["refunded"] == "3"
    assert rig.ask(f"{RENDER}/nobody").status_code == 404
    assert rig.post(SCENE, {"template_id": "tpl-9999"}).status_code == 404
    assert rig.post(SCENE, {}).status_code == 400


def test_credits_fall_by_what_was_charged(rig: Rig) -> None:
    before = rig.ask("/viggle/api/credits").json()
    begin(rig)
    after = rig.ask("/viggle/api/credits").json()
    assert set(after) == {"balance", "credits", "total_purchased", "total_used", "updated_at"}
    assert (before["balance"] - after["balance"], after["total_used"] - before["total_used"]) == (1, 1)
    assert after["balance"] + after["total_used"] == after["total_purchased"]


def test_the_errors_of_the_developer_api_that_no_body_causes(rig: Rig) -> None:
    rig.play(own_error=1)
    answers = [rig.post(RENDER, {}) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {402, 429}
    assert {answer.json()["detail"].get("error_code") for answer in answers} == {"CS-ORCR-001", None}
