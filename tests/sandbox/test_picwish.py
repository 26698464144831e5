"""Every answer of the stand-in against the PicWish fact sheet, and its files for what they should be."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from PIL import Image

from studio.sandbox.app import make_app
from studio.sandbox.callbacks import FORGED_VIDEO, STRANGER
from studio.sandbox.server import Server
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

CUT, SMALLER, SHARPER = (f"/api/tasks/visual/{name}" for name in ("segmentation", "imgcompress", "scale"))
ERASE, GROUND, PHOTO = (f"/api/tasks/visual/{name}" for name in ("inpaint", "background", "idphoto"))
COLOUR, CROP, READ = "/api/tasks/visual/colorization", "/api/tasks/visual/correction", "/api/tasks/document/ocr"
URL = "https://example.com/cup.jpg"
AREA = '[{"x":10,"y":20,"width":200,"height":60}]'
EXAMPLES: dict[str, dict[str, str]] = {
    CUT: {"image_url": URL, "sync": "0", "type": "object", "format": "png"},
    SMALLER: {"image_url": "https://example.com/big.png", "format": "webp", "quality": "70"},
    SHARPER: {"image_url": "https://example.com/blurry.jpg", "type": "clean", "scale_factor": "2"},
    ERASE: {"image_url": "https://example.com/shop.jpg", "rectangles": AREA, "sync": "0"},
    GROUND: {
        "image_url": "https://example.com/cup-cut.png",
        "prompt": "marble table, soft morning light",
        "batch_size": "2",
    },
    PHOTO: {"image_url": "https://example.com/me.jpg", "size": "295x413", "format": "jpg", "bg_color": "438EDB"},
    COLOUR: {"image_url": "https://example.com/grandma.jpg", "format": "jpg"},
    READ: {"image_url": "https://example.com/scan.pdf", "format": "docx", "language": "English,ChinesePRC"},
    CROP: {"image_url": "https://example.com/receipt.jpg", "type": "2"},
}
everywhere = pytest.mark.parametrize("path", list(EXAMPLES))


def png(width: int = 600, height: int = 400, *, holes: bool = False) -> bytes:
    made = Image.radial_gradient("L").resize((width, height)).convert("RGBA")
    if holes:
        made.putalpha(Image.new("L", (width // 2, height), 255).crop((0, 0, width, height)))
    out = io.BytesIO()
    (made if holes else made.convert("RGB")).save(out, "PNG")
    return out.getvalue()


def send(
    rig: Rig, path: str, told: dict[str, str] | None = None, *, files: dict[str, bytes] | None = None, **more: str
) -> httpx.Response:
    """A form in parts; without a picture among its parts it has the address of one."""
    texts = {**(told or {}), **more}
    if not files and "image_url" not in texts:
        texts = {"image_url": URL, **texts}
    parts: dict[str, Any] = {name: (None, text.encode()) for name, text in texts.items()}
    parts |= {name: (f"{name}.png", content, "image/png") for name, content in (files or {}).items()}
    return rig.client.post(path, files=parts, headers={"Authorization": f"Bearer {rig.key}"})


def begin(
    rig: Rig, path: str, told: dict[str, str] | None = None, *, files: dict[str, bytes] | None = None, **more: str
) -> str:
    return str(send(rig, path, told, files=files, **more).json()["data"]["task_id"])


def state(rig: Rig, path: str, task_id: str) -> dict[str, Any]:
    data: dict[str, Any] = rig.ask(f"{path}/{task_id}").json()["data"]
    return data


def finished(
    rig: Rig, path: str, told: dict[str, str] | None = None, *, files: dict[str, bytes] | None = None, **more: str
) -> dict[str, Any]:
    task_id = begin(rig, path, told, files=files, **more)
    rig.step(10)
    return state(rig, path, task_id)


def opened(rig: Rig, url: str) -> Image.Image:
    answer = rig.client.get(url)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content))


# Calls and stages


@everywhere
def test_the_sheets_bodies_are_accepted_with_an_id_and_no_state(rig: Rig, path: str) -> None:
    answer = send(rig, path, EXAMPLES[path])
    whole = answer.json()
    assert (answer.status_code, whole["status"], whole["message"]) == (200, 200, "success")
    assert list(whole["data"]) == ["task_id"]


@everywhere
def test_a_task_waits_is_worked_on_and_ends(rig: Rig, path: str) -> None:
    task_id = begin(rig, path, EXAMPLES[path])
    waiting = state(rig, path, task_id)
    assert (waiting["state"], waiting["progress"]) == (0, 0)
    rig.step(1.1)
    running = state(rig, path, task_id)
    assert running["state"] == 4
    assert 0 < running["progress"] < 100
    rig.step(10)
    done = state(rig, path, task_id)
    assert (done["state"], done["state_detail"], done["progress"], done["return_type"]) == (1, "Complete", 100, 1)
    assert done["completed_at"] >= done["created_at"] > 1_600_000_000
    assert done["time_elapsed"] > 500


@everywhere
def test_a_task_is_known_only_under_the_path_that_began_it(rig: Rig, path: str) -> None:
    task_id = begin(rig, path, EXAMPLES[path])
    for other in EXAMPLES:
        answer = rig.ask(f"{other}/{task_id}")
        assert (answer.status_code, answer.json()["status"]) == ((200, 200) if other == path else (404, 404))


def test_a_call_that_waits_is_answered_with_the_result(rig: Rig) -> None:
    data = send(rig, CUT, sync="1", type="person").json()["data"]
    assert (data["state"], data["progress"], data["type"]) == (1, 100, "person")
    assert opened(rig, data["image"]).format == "PNG"
    assert state(rig, CUT, data["task_id"])["state"] == 1


@pytest.mark.parametrize("path", [READ, GROUND])
def test_two_tools_never_wait(rig: Rig, path: str) -> None:
    assert list(send(rig, path, EXAMPLES[path], sync="1").json()["data"]) == ["task_id"]


def test_a_result_comes_as_base64_or_as_the_file_itself(rig: Rig) -> None:
    text = finished(rig, COLOUR, return_type="2")["image"]
    assert Image.open(io.BytesIO(base64.b64decode(text))).format == "JPEG"
    for path in (CUT, SHARPER, CROP):
        answer = send(rig, path, files={"image_file": png(300, 200)}, sync="1", return_type="3")
        assert answer.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).format == "PNG"
    for path in (CUT, SHARPER, CROP):
        assert send(rig, path, return_type="3").json()["message"] == "return_type 3 needs sync 1"
    for path in (SMALLER, COLOUR, PHOTO):
        assert send(rig, path, return_type="3", sync="1").status_code == 400


# What the tools make


def test_a_cut_out_is_transparent_or_has_a_ground_and_can_be_cropped(rig: Rig) -> None:
    both = finished(rig, CUT, files={"image_file": png()}, output_type="1")
    cut, mask = opened(rig, both["image"]), opened(rig, both["mask"])
    assert (cut.size, mask.size, both["foreground_rect"]) == (
        *((600, 400), (600, 400)),
        {"x": 120, "y": 40, "width": 360, "height": 340},
    )
    assert cut.getchannel("A").getextrema() == (0, 255)
    alone = finished(rig, CUT, files={"image_file": png()}, crop="1", format="jpg", bg_color="00ff00")
    cropped = opened(rig, alone["image"])
    assert (alone["mask"], cropped.format, cropped.size) == ("", "JPEG", (360, 340))
    green = cropped.convert("RGB").getpixel((1, 1))
    assert all(abs(one - other) < 12 for one, other in zip(green, (0, 255, 0), strict=True))  # type: ignore[arg-type]
    masked = finished(rig, CUT, output_type="3")
    assert (masked["image"], opened(rig, masked["mask"]).format) == ("", "PNG")


def test_a_file_gets_smaller_by_quality_or_to_a_size_and_may_be_resized(rig: Rig) -> None:
    file = {"image_file": png()}
    sizes = []
    for quality in ("5", "95"):
        made = finished(rig, SMALLER, files=file, format="webp", quality=quality)
        sizes.append(len(rig.client.get(made["image"]).content))
    assert sizes[0] < sizes[1]
    target = finished(rig, SMALLER, files=file, format="jpg", kbyte="9")
    assert len(rig.client.get(target["image"]).content) <= 9 * 1024
    for sides, size in (({"width": "300"}, (300, 200)), ({"height": "100"}, (150, 100)), ({}, (600, 400))):
        resized = opened(rig, finished(rig, SMALLER, sides, files=file)["image"])
        assert (resized.format, resized.size) == ("PNG", size)
    both = finished(rig, SMALLER, files=file, width="80", height="90", format="jpg")
    assert opened(rig, both["image"]).size == (80, 90)


@pytest.mark.parametrize(
    ("side", "factor", "times"), [(400, "", 4), (900, "", 2), (1500, "", 1), (400, "1", 1), (600, "4", 4)]
)
def test_a_picture_is_enlarged_by_its_factor_or_by_itself(rig: Rig, side: int, factor: str, times: int) -> None:
    made = finished(rig, SHARPER, files={"image_file": png(side, side // 2)}, scale_factor=factor, type="face")
    assert made["type"] == "face"
    assert opened(rig, made["image"]).size == (side * times, side // 2 * times)


def test_marked_areas_are_erased_by_rectangles_or_a_mask(rig: Rig) -> None:
    mask = Image.new("L", (600, 400))
    mask.paste(255, (10, 20, 210, 80))
    out = io.BytesIO()
    mask.save(out, "PNG")
    areas = {"image_file": png()}
    for made in (
        finished(rig, ERASE, files=areas, rectangles=AREA),
        finished(rig, ERASE, files={**areas, "mask_file": out.getvalue()}),
        finished(rig, ERASE, files=areas, mask_url="https://example.com/mask.png"),
    ):
        picture = opened(rig, made["image"])
        assert (picture.format, picture.size) == ("PNG", (600, 400))


def test_a_background_comes_as_often_as_asked_each_under_its_number(rig: Rig) -> None:
    file = {"image_file": png(holes=True)}
    two = finished(rig, GROUND, files=file, prompt="marble table")
    assert "image" not in two
    pictures = [opened(rig, two[name]) for name in ("image_1", "image_2")]
    assert [picture.size for picture in pictures] == [(600, 400)] * 2
    assert pictures[0].tobytes() != pictures[1].tobytes()
    four = finished(rig, GROUND, files=file, scene_type="105", batch_size="4")
    assert [name for name in four if name.startswith("image")] == ["image_1", "image_2", "image_3", "image_4"]


def test_an_id_photo_measures_what_was_asked_on_the_ground_that_was_asked(rig: Rig) -> None:
    photo = opened(rig, finished(rig, PHOTO, EXAMPLES[PHOTO], files={"image_file": png()})["image"])
    assert (photo.format, photo.size) == ("JPEG", (295, 413))
    blue = photo.convert("RGB").getpixel((2, 2))
    assert all(abs(one - other) < 8 for one, other in zip(blue, (0x43, 0x8E, 0xDB), strict=True))  # type: ignore[arg-type]
    plain = opened(rig, finished(rig, PHOTO, size="400x400")["image"])
    assert (plain.mode, plain.size) == ("RGBA", (400, 400))


@pytest.mark.parametrize(("kind", "format_"), [("jpg", "JPEG"), ("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_a_coloured_photograph_has_the_kind_and_size_of_its_own(rig: Rig, kind: str, format_: str) -> None:
    picture = opened(rig, finished(rig, COLOUR, files={"image_file": png(500, 700)}, format=kind)["image"])
    assert (picture.format, picture.size) == (format_, (500, 700))


@pytest.mark.parametrize(("mode", "size"), [("", (600, 400)), ("1", (600, 400)), ("0", (528, 352)), ("4", (528, 352))])
def test_a_crop_takes_the_edges_away_and_making_clear_does_not(rig: Rig, mode: str, size: tuple[int, int]) -> None:
    picture = opened(rig, finished(rig, CROP, files={"image_file": png()}, type=mode)["image"])
    assert picture.size == size
    assert (picture.mode == "RGBA") or mode != "4"


@pytest.mark.parametrize("kind", ["txt", "pdf", "docx", "xlsx", "pptx"])
def test_what_was_read_comes_as_the_document_asked_for(rig: Rig, kind: str) -> None:
    made = finished(rig, READ, image_url="https://example.com/scan.pdf", format=kind, language="English")
    content = rig.client.get(made["file"]).content
    if kind in {"docx", "xlsx", "pptx"}:
        assert "[Content_Types].xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    else:
        assert b"English" in content
    assert content.startswith(b"%PDF-") == (kind == "pdf")


def test_a_document_may_come_in_a_part_of_another_name(rig: Rig) -> None:
    assert send(rig, READ, files={"file": b"%PDF-1.4"}, format="txt").status_code == 200
    assert send(rig, CUT, files={"file": png()}).json()["message"] == "image_file or image_url is required"


def test_a_result_goes_into_the_next_tool(rig: Rig) -> None:
    cut = finished(rig, CUT, files={"image_file": png()})["image"]
    placed = opened(rig, finished(rig, GROUND, image_url=cut, prompt="marble table")["image_1"])
    assert placed.size == (600, 400)
    larger = opened(rig, finished(rig, SHARPER, image_url=cut, scale_factor="2")["image"])
    assert larger.size == (1200, 800)
    assert larger.getchannel("A").getpixel((2, 2)) == 0


# Refusals, failures and money


@pytest.mark.parametrize(
    ("path", "texts", "message"),
    [
        (CUT, {"image_url": ""}, "image_file or image_url is required"),
        (CUT, {"image_url": "cup.jpg"}, "image_url is not a URL"),
        (CUT, {"image_url": "https://example.com:8443/cup.jpg"}, "the address must be on port 80 or 443"),
        (CUT, {"sync": "2"}, "sync is invalid"),
        (CUT, {"type": "cat"}, "type is invalid"),
        (CUT, {"output_type": "4"}, "output_type is invalid"),
        (CUT, {"crop": "yes"}, "crop is invalid"),
        (CUT, {"format": "webp"}, "format is invalid"),
        (CUT, {"format": "jpg", "bg_color": "#438EDB"}, "bg_color must be six hex digits"),
        (CUT, {"callback_url": "here"}, "callback_url is not a URL"),
        (SMALLER, {"quality": "0"}, "quality must be a whole number from 1 to 100"),
        (SMALLER, {"kbyte": "51201"}, "kbyte must be a whole number from 0 to 51200"),
        (SMALLER, {"kbyte": "10", "quality": "10"}, "quality and kbyte exclude each other"),
        (SMALLER, {"kbyte": "10", "format": "png"}, "kbyte is not for png"),
        (SMALLER, {"width": "8001"}, "width must be a whole number from 0 to 8000"),
        (SHARPER, {"scale_factor": "3"}, "scale_factor is invalid"),
        (SHARPER, {"type": "cat"}, "type is invalid"),
        (ERASE, {}, "exactly one of mask_file, mask_url and rectangles is required"),
        (ERASE, {"mask_url": URL, "rectangles": AREA}, "exactly one of mask_file, mask_url and rectangles"),
        (ERASE, {"rectangles": "[]"}, "rectangles must hold 1 to 50 areas"),
        (ERASE, {"rectangles": json.dumps(json.loads(AREA) * 51)}, "rectangles must hold 1 to 50 areas"),
        (ERASE, {"rectangles": "10,20"}, "rectangles must be a JSON list"),
        (ERASE, {"rectangles": '[{"x":0,"y":0,"width":0,"height":5}]'}, "rectangles must lie within"),
        (GROUND, {}, "prompt or scene_type is required"),
        (GROUND, {"prompt": "x" * 1025}, "prompt is longer than 1024 characters"),
        (GROUND, {"prompt": "x", "batch_size": "5"}, "batch_size must be a whole number from 1 to 4"),
        (PHOTO, {"size": "99x400"}, "size must be {width}x{height}"),
        (PHOTO, {"size": "2001x400"}, "size must be {width}x{height}"),
        (COLOUR, {"format": "gif"}, "format is invalid"),
        (READ, {"format": "html"}, "format is invalid"),
        (READ, {"language": ",".join("abcdefghijk")}, "language must name 1 to 10 languages"),
        (READ, {"password": "x" * 33}, "password is longer than 32 characters"),
        (READ, {"image_url": "https://example.com/a.mp4"}, "a file that ends in .mp4 cannot be read"),
        (CROP, {"type": "5"}, "type is invalid"),
    ],
)
def test_what_is_wrong_is_a_400_inside_and_outside(rig: Rig, path: str, texts: dict[str, str], message: str) -> None:
    answer = send(rig, path, texts)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert message in answer.json()["message"]
    assert rig.ledger()["charged"] == "0"


def test_a_ground_is_put_behind_a_cut_out_only_and_a_mask_fits_its_picture(rig: Rig) -> None:
    solid = send(rig, GROUND, files={"image_file": png()}, prompt="marble table")
    assert solid.json()["message"] == "the image must be a transparent PNG"
    small = send(rig, ERASE, files={"image_file": png(), "mask_file": png(30, 20)})
    assert small.json()["message"] == "the mask must have the size of the image"


def test_a_form_is_asked_for_and_no_json_and_a_file_has_a_limit(rig: Rig) -> None:
    assert rig.post(CUT, {"image_url": URL}).json()["message"].startswith("content-type")
    large = send(rig, CUT, files={"image_file": bytes(15 * 1024 * 1024 + 1)})
    assert (large.status_code, large.json()["status"]) == (413, 413)
    assert send(rig, READ, files={"image_file": bytes(16 * 1024 * 1024)}).status_code == 200


def test_what_is_no_picture_is_accepted_and_fails(rig: Rig, mailbox: Mailbox) -> None:
    task_id = begin(rig, CUT, files={"image_file": b"no picture"}, callback_url=CALLBACK)
    rig.step(10)
    failed = state(rig, CUT, task_id)
    assert (failed["state"], failed["state_detail"]) == (-7, "Invalid image")
    assert mailbox.told()[-1]["data"]["state"] == -7


@pytest.mark.parametrize(
    ("path", "texts", "number"),
    [
        (GROUND, {"prompt": "all the GORE of it"}, -10),
        (SHARPER, {"image_url": "http://sandbox.test/media/0000000000000000/retouched.png?film=x"}, -3),
        (SHARPER, {"image_url": "http://sandbox.test/media/0000000000000000/none.png?film=x"}, -3),
    ],
)
def test_a_failure_has_a_number_below_zero_and_costs_nothing(
    rig: Rig, path: str, texts: dict[str, str], number: int
) -> None:
    failed = finished(rig, path, texts)
    assert failed["state"] == number
    assert failed["state_detail"]
    assert "image" not in failed
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "0"


def test_a_call_that_waits_tells_of_its_failure_too(rig: Rig) -> None:
    assert send(rig, CUT, files={"image_file": b"no picture"}, sync="1").json()["data"]["state"] == -7
    answer = send(rig, CUT, files={"image_file": b"no picture"}, sync="1", return_type="3")
    assert answer.json()["data"]["state"] == -7


def test_a_task_that_breaks_gives_its_points_back(rig: Rig) -> None:
    rig.play(fail_task=1)
    assert finished(rig, CUT)["state"] == -1
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] == "1"


def test_the_points_follow_the_tool_and_the_number(rig: Rig) -> None:
    send(rig, CUT)
    send(rig, SHARPER)
    send(rig, GROUND, prompt="marble")
    send(rig, GROUND, prompt="marble", batch_size="1")
    assert [post["charged"] for post in rig.ledger()["posts"]] == ["1", "2", "6", "3"]


def test_the_end_alone_is_called_back_as_a_query_would_tell_it(rig: Rig, mailbox: Mailbox) -> None:
    task_id = begin(rig, CUT, callback_url=CALLBACK)
    rig.step(10)
    [letter] = mailbox.told()
    assert letter == rig.ask(f"{CUT}/{task_id}").json()
    assert rig.ledger()["posts"][0]["callback_url"] == CALLBACK


def test_callbacks_go_wrong_in_the_clothes_of_this_system(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(forged_callback=1, foreign_callback=1, wrapped_callback=1)
    task_id = begin(rig, CUT, callback_url=CALLBACK)
    rig.step(10)
    foreign, bare = mailbox.told()
    assert (foreign["data"]["task_id"], foreign["data"]["state"]) == (STRANGER, 1)
    assert (bare["task_id"], bare["state"]) == (task_id, 1)
    assert FORGED_VIDEO not in str(mailbox.told())


def test_links_live_for_an_hour(rig: Rig) -> None:
    image = finished(rig, CUT)["image"]
    rig.step(3500)
    assert rig.client.get(image).status_code == 200
    rig.step(200)
    assert rig.client.get(image).status_code == 403
    rig.play(expired_links=1)
    assert rig.client.get(finished(rig, CUT)["image"]).status_code == 403


def test_the_errors_that_no_body_causes_come_as_a_fault(rig: Rig) -> None:
    rig.play(own_error=1)
    answers = [send(rig, CUT) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {429, 500}
    assert all(answer.json()["status"] == answer.status_code for answer in answers)
    rig.play(no_inside_200=1)
    inside = send(rig, CUT)
    assert (inside.status_code, inside.json()["status"]) == (200, 400)
    rig.play(unknown_task=1)
    task_id = begin(rig, CUT)
    assert rig.ask(f"{CUT}/{task_id}").status_code == 404
    assert rig.ledger()["charged"] == "1"


# A running sandbox


class Endless(BaseHTTPRequestHandler):
    """A file of 16 MB."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever has read enough hangs up
            self.wfile.write(bytes(16 * 1024 * 1024))

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def running() -> Iterator[Rig]:
    with (
        Server(make_app(speed=2000, ticking=True), "127.0.0.1", 0) as server,
        httpx.Client(base_url=server.url, timeout=5) as client,
    ):
        yield Rig(client)


def test_a_picture_on_this_machine_is_fetched_and_one_that_is_not_there_is_missed(running: Rig) -> None:
    base = str(running.client.base_url).rstrip("/")
    image = send(running, CUT, files={"image_file": png(300, 200)}, sync="1").json()["data"]["image"]
    elsewhere = image.replace("127.0.0.1", "localhost")  # not known by its address: it has to be fetched
    made = send(running, SHARPER, image_url=elsewhere, scale_factor="2", sync="1").json()["data"]
    assert opened(running, made["image"]).size == (600, 400)
    missed = send(running, SHARPER, image_url=f"{base.replace('127.0.0.1', 'localhost')}/nothing.png", sync="1")
    assert missed.json()["data"]["state"] == -3


def test_a_picture_behind_an_address_has_a_limit_too(running: Rig) -> None:
    with HTTPServer(("127.0.0.1", 0), Endless) as files:
        threading.Thread(target=files.serve_forever, args=(0.01,), daemon=True).start()
        data = send(running, CUT, image_url=f"http://127.0.0.1:{files.server_port}/large.png", sync="1").json()["data"]
        files.shutdown()
    assert (data["state"], data["state_detail"]) == (-5, "The image is too large")
