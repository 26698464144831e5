"""The stand-in's Luma against its fact sheet: one object behind three paths, links that come late, and extensions."""

from __future__ import annotations

import base64
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av
import httpx
import pytest
from PIL import Image

from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

PLAIN, FREE, PAID = "/luma/generations", "/luma/v1/generations", "/vip/luma/v1/generations"
MOSS = {"user_prompt": "a moss garden at dawn, slow dolly", "aspect_ratio": "9:16", "notify_hook": CALLBACK}
MEMBERS = ["id", "prompt", "state", "created_at", "video", "liked", "estimate_wait_seconds", "thumbnail", "last_frame"]
DONE = 30.0  # seconds in which any edition is done
everywhere = pytest.mark.parametrize("path", [PLAIN, FREE, PAID])


def submit(rig: Rig, path: str = PLAIN, **changes: Any) -> httpx.Response:
    """Submit; a member given as None is left out."""
    return rig.post(path, {name: value for name, value in (MOSS | changes).items() if value is not None})


def begin(rig: Rig, path: str = PLAIN, **changes: Any) -> str:
    return str(submit(rig, path, **changes).json()["id"])


def ask(rig: Rig, task_id: str, path: str = PLAIN) -> dict[str, Any]:
    told: dict[str, Any] = rig.ask(f"{path}/{task_id}").json()
    return told


def finished(rig: Rig, path: str = PLAIN, **changes: Any) -> dict[str, Any]:
    task_id = begin(rig, path, **changes)
    rig.step(DONE)
    return ask(rig, task_id, path)


def clean_link(rig: Rig, task_id: str) -> httpx.Response:
    return rig.ask(f"{PLAIN}/{task_id}/download_video_url")


def film(rig: Rig, url: str) -> tuple[int, int, float]:
    """Width, height and seconds of what plays there."""
    answer = rig.client.get(url)
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as opened:
        shown = opened.streams.video[0]
        frames = sum(1 for _ in opened.decode(video=0))
        assert shown.average_rate
        return shown.width, shown.height, float(frames / shown.average_rate)


def data_uri(width: int, height: int, kind: str = "jpeg") -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, kind.upper())
    return f"data:image/{kind};base64,{base64.b64encode(out.getvalue()).decode()}"


@everywhere
def test_an_accepted_submit_is_the_bare_object(rig: Rig, path: str) -> None:
    told = submit(rig, path).json()
    assert list(told) == MEMBERS
    assert (told["prompt"], told["state"], told["video"]) == (MOSS["user_prompt"], "pending", None)
    assert told["created_at"].endswith("Z")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PLAIN, MOSS | {"expand_prompt": True, "loop": False}),
        (PLAIN, {"user_prompt": "x", "image_url": "", "image_end_url": ""}),
        (PLAIN, {"user_prompt": "x", "aspect_ratio": "5:2", "model_name": "ray-flash-2", "resolution": "4320p"}),
        (PLAIN, {"user_prompt": "x", "image_url": data_uri(20, 10), "image_end_url": data_uri(10, 20, "png")}),
        (PLAIN, {"user_prompt": "x", "image_end_url": "https://img.example.com/end.png", "unheard": {"of": 1}}),
        (FREE, {"user_prompt": "ink spreading in water", "aspect_ratio": "1:1", "expand_prompt": False}),
        (PAID, {"user_prompt": "ink spreading in water", "aspect_ratio": "16:9", "expand_prompt": True, "loop": False}),
    ],
)
def test_the_examples_and_what_clients_send_are_accepted(rig: Rig, path: str, body: dict[str, Any]) -> None:
    assert rig.post(path, body).json()["state"] == "pending"


@pytest.mark.parametrize(
    ("path", "changes", "message"),
    [
        (PLAIN, {"user_prompt": None, "prompt": "x"}, "user_prompt is required"),
        (PLAIN, {"user_prompt": " "}, "user_prompt is required"),
        (PLAIN, {"user_prompt": 5}, "user_prompt must be a string"),
        (PLAIN, {"aspect_ratio": "wide"}, "aspect_ratio is invalid"),
        (PLAIN, {"expand_prompt": "true"}, "expand_prompt must be true or false"),
        (PLAIN, {"loop": 1}, "loop must be true or false"),
        (PLAIN, {"notify_hook": "ftp://x.y/"}, "notify_hook is not a URL"),
        (PLAIN, {"duration": 5}, "duration must be a string"),
        (PLAIN, {"duration": "long"}, "duration is invalid"),
        (PLAIN, {"duration": "0s"}, "duration is invalid"),
        (PLAIN, {"resolution": "large"}, "resolution is invalid"),
        (PLAIN, {"image_url": data_uri(20, 10).partition(",")[2]}, "image_url is neither an address nor a data URI"),
        (PLAIN, {"image_url": "data:image/png;base64,AAAA"}, "image_url is no picture"),
        (PLAIN, {"image_end_url": "data:image/png;base64,?"}, "image_end_url is no picture"),
        (FREE, {"aspect_ratio": None}, "aspect_ratio is required"),
        (PAID, {"aspect_ratio": ""}, "aspect_ratio is required"),
    ],
)
def test_a_body_that_it_refuses_is_told_in_detail_and_costs_nothing(
    rig: Rig, path: str, changes: dict[str, Any], message: str
) -> None:
    answer = submit(rig, path, **changes)
    assert (answer.status_code, answer.json()) == (400, {"detail": message})
    assert rig.ledger()["charged"] == "0"


def test_a_model_of_others_is_a_gateway_error(rig: Rig) -> None:
    answer = submit(rig, model_name="sora")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_not_found")


def test_each_edition_has_its_price_and_knows_its_own_ids_only(rig: Rig) -> None:
    ids = {path: begin(rig, path) for path in (PLAIN, FREE, PAID)}
    for path in ids:
        assert {other: rig.ask(f"{path}/{ids[other]}").status_code for other in ids} == {
            other: 200 if other == path else 404 for other in ids
        }
    assert rig.ask(f"{PLAIN}/nothing").json() == {"detail": "generation not found"}
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["30", "10", "40"]


@everywhere
def test_it_is_called_completed_before_its_links_are_there(rig: Rig, mailbox: Mailbox, path: str) -> None:
    task_id = begin(rig, path)
    assert ask(rig, task_id, path)["state"] == "pending"
    seen: list[tuple[str, bool]] = []
    while not seen or not seen[-1][1]:
        rig.step(0.2)
        told = ask(rig, task_id, path)
        seen.append((told["state"], bool(told["video"])))
    stages = list(dict.fromkeys(seen))
    assert stages == [("pending", False), ("processing", False), ("completed", False), ("completed", True)]
    letters = [(letter["state"], bool(letter["video"])) for letter in mailbox.told()]
    assert letters == [("processing", False), ("processing", False), ("completed", False), ("completed", True)]
    assert mailbox.told()[-1] == ask(rig, task_id, path)


def test_only_the_free_queue_tells_how_long_it_is(rig: Rig) -> None:
    free, plain = begin(rig, FREE), begin(rig)
    rig.step(0.5)
    assert (ask(rig, free, FREE)["estimate_wait_seconds"], ask(rig, plain)["estimate_wait_seconds"]) == (10, None)
    rig.step(1)
    assert ask(rig, free, FREE)["estimate_wait_seconds"] is None


def test_a_video_measures_what_was_asked_and_says_so(rig: Rig) -> None:
    told = finished(rig, model_name="ray-v2", duration="9s")
    for url in (told["video"]["download_url"], told["video"]["url"], told["video_raw"]["url"]):
        assert film(rig, url) == (360, 640, 9.0)
    for each in (told["video"], told["video_raw"], told["thumbnail"], told["last_frame"]):
        assert (each["width"], each["height"]) == (360, 640)
    for name, media_type in (("thumbnail", "image/jpeg"), ("last_frame", "image/png")):
        answer = rig.client.get(told[name]["url"])
        assert answer.headers["content-type"] == media_type
        assert Image.open(io.BytesIO(answer.content)).size == (360, 640)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [({}, 5), ({"duration": "9s"}, 5), ({"model_name": "ray-v2"}, 5), ({"model_name": "ray-v2", "duration": "7"}, 7)],
)
def test_only_the_newer_model_knows_a_duration(rig: Rig, changes: dict[str, Any], seconds: float) -> None:
    assert film(rig, finished(rig, **changes)["video"]["url"])[2] == seconds


def test_the_links_depend_on_the_account(rig: Rig) -> None:
    plain, free, paid = (finished(rig, path) for path in (PLAIN, FREE, PAID))
    content = {url: rig.client.get(url).content for told in (plain, free, paid) for url in links(told)}
    assert content[plain["video"]["download_url"]] == content[plain["video_raw"]["url"]]
    assert content[plain["video"]["url"]] != content[plain["video_raw"]["url"]], "it has a watermark"
    assert links(free) == [free["video"]["url"]]
    assert content[free["video"]["url"]] == content[plain["video"]["url"]]
    assert (free["thumbnail"], free["video"]["thumbnail"].startswith("http")) == (None, True)
    assert len(links(paid)) == 2
    assert {content[url] for url in links(paid)} == {content[plain["video_raw"]["url"]]}


def links(told: dict[str, Any]) -> list[str]:
    found = [told["video"].get("download_url"), told.get("video_raw", {}).get("url"), told["video"]["url"]]
    return [url for url in found if url]


def test_the_first_frame_decides_the_shape_and_the_ratio_is_ignored(rig: Rig) -> None:
    ours = finished(rig, aspect_ratio="3:4")["last_frame"]["url"]
    for picture, shape in ((data_uri(300, 200), 1.5), (ours, 3 / 4), ("https://img.example.com/x.png", 16 / 9)):
        video = finished(rig, image_url=picture)["video"]
        assert abs(video["width"] / video["height"] - shape) < 0.02
    wide = finished(rig, image_url=data_uri(19998, 4))  # flatter than any film here
    assert wide["video"]["width"] / wide["video"]["height"] == 4
    assert rig.client.get(wide["thumbnail"]["url"]).status_code == 200


def test_an_extension_is_longer_and_a_generation_of_its_own(rig: Rig, mailbox: Mailbox) -> None:
    first = finished(rig)
    for seconds in (10.0, 15.0):
        answer = rig.post(f"{PLAIN}/{first['id']}/extend", {"user_prompt": "a heron lands", "notify_hook": CALLBACK})
        told = answer.json()
        assert (told["state"], told["prompt"], list(told)) == ("pending", "a heron lands", MEMBERS)
        assert told["id"] != first["id"]
        rig.step(DONE)
        first = ask(rig, told["id"])
        assert film(rig, first["video"]["download_url"]) == (360, 640, seconds)
        assert mailbox.told()[-1] == first
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["30", "30", "30"]


@pytest.mark.parametrize("path", [FREE, PAID])
def test_the_other_editions_videos_can_be_extended_and_freed_of_their_watermark(rig: Rig, path: str) -> None:
    told = finished(rig, path)
    url = clean_link(rig, told["id"]).json()["url"]
    assert rig.client.get(url).content == rig.client.get(finished(rig)["video"]["download_url"]).content
    longer = rig.post(f"{PLAIN}/{told['id']}/extend", {"user_prompt": "a heron lands"}).json()
    assert ask(rig, longer["id"])["state"] == "pending"


def test_only_what_is_finished_goes_on(rig: Rig) -> None:
    task_id = begin(rig)
    calls = [rig.post(f"{PLAIN}/{task_id}/extend", {"user_prompt": "x"}), clean_link(rig, task_id)]
    for answer in calls:
        assert (answer.status_code, answer.json()["detail"]["reason"]) == (400, "generation is not completed")
    calls = [rig.post(f"{PLAIN}/nobody/extend", {"user_prompt": "x"}), clean_link(rig, "nobody")]
    for answer in calls:
        assert (answer.status_code, answer.json()) == (404, {"detail": "generation not found"})
    rig.step(DONE)
    for body in ({}, {"user_prompt": "x", "image_url": "x"}, {"user_prompt": "x", "aspect_ratio": "x"}):
        assert rig.post(f"{PLAIN}/{task_id}/extend", body).status_code == 400
    assert rig.ledger()["charged"] == "30"


def test_links_live_for_an_hour_and_a_new_one_can_be_had(rig: Rig) -> None:
    told = finished(rig)
    url = told["video"]["download_url"]
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["3600"]
    rig.step(3500)
    assert rig.client.get(url).status_code == 200
    rig.step(200)
    assert rig.client.get(url).status_code == 403
    fresh = clean_link(rig, told["id"]).json()["url"]
    assert parse_qs(urlsplit(fresh).query)["X-Amz-Expires"] == ["3600"]
    assert film(rig, fresh)[2] == 5


def test_a_failing_generation_says_why_and_costs_nothing(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(fail_task=1)
    told = finished(rig)
    assert (told["state"], told["video"], bool(told["failure_reason"])) == ("failed", None, True)
    assert mailbox.told()[-1] == told
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "30"
    assert clean_link(rig, told["id"]).status_code == 400


def test_a_new_generation_may_be_unknown_at_first(rig: Rig) -> None:
    rig.play(unknown_task=1)
    task_id = begin(rig)
    assert rig.ask(f"{PLAIN}/{task_id}").status_code == 404
    rig.step(4.1)
    assert ask(rig, task_id)["state"] == "processing"


def test_its_errors_have_three_shapes(rig: Rig) -> None:
    rig.play(own_error=1)
    answers = [submit(rig) for _ in range(24)]
    assert {answer.status_code for answer in answers} == {429, 500}
    details = [answer.json().get("detail", answer.json().get("error", {}).get("message")) for answer in answers]
    assert {type(detail).__name__ for detail in details} == {"str", "dict"}
    assert {tuple(answer.json()) for answer in answers} == {("detail",), ("error",)}
    assert rig.ledger()["charged"] == "0"


def test_callbacks_go_wrong_in_the_clothes_of_this_system(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1, foreign_callback=1)
    task_id = begin(rig)
    rig.step(2)
    forged, foreign, truth, *_ = mailbox.told()
    assert (forged["id"], forged["state"], forged["video"]["url"]) == (task_id, "completed", FORGED_VIDEO)
    assert (foreign["id"], truth["id"]) == (STRANGER, task_id)


def test_dead_links_are_dead_from_the_start(rig: Rig) -> None:
    rig.play(expired_links=1)
    told = finished(rig)
    for url in (told["video"]["download_url"], clean_link(rig, told["id"]).json()["url"]):
        assert rig.client.get(url).status_code == 403
