"""The stand-in's MewXAI: codes that can be scanned, words and fusions, one callback at the end, lists with pictures."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from studio.sandbox.callbacks import STRANGER
from studio.sandbox.film import PICTURE, Film, link
from studio.sandbox.qr_codes import encode
from tests.sandbox import scanner
from tests.sandbox.rig import CALLBACK, Mailbox, Rig

QRCODE, TEXT = "/api/v1/images/generate", "/api/v1/images/shadow/generate"
FUSION, CUTE = "/api/v1/images/neuralstyle/generate", "/api/v1/mx/images/cute/generate"
CONTENT = "https://example.com"
CONTROL = {"type": 1, "weight": 60, "guidance_start": 0, "guidance_end": 1}
BODIES: dict[str, dict[str, Any]] = {
    QRCODE: {
        "prompt": "misty mountains, pine trees --v 2 --iw 0.45 --shape circle --ar 1:1",
        "model": "69",
        "qr_content": CONTENT,
        "callback_url": CALLBACK,
    },
    TEXT: {"type": "textshadow", "prompt": "sand --iw 0.6", "ratio": 3, "callback_url": CALLBACK},
    FUSION: {
        "source_img": "https://example.com/house.jpg",
        "source_mode": 1,
        "style_img": "https://example.com/vangogh.jpg",
        "engine": 1,
        "cn_list": [CONTROL],
        "type": "neuralstyle",
        "callback_url": CALLBACK,
    },
    CUTE: {
        "args": {"prompt": "a hedgehog reading a map", "upscaler": 1, "ratio": 1, "extra_model": [], "audit": 0}
        | {"model": "203", "photo_format": "jpg"},
        "type": "MX-CUTE",
        "callback_url": CALLBACK,
    },
}
everywhere = pytest.mark.parametrize("path", BODIES)


def submit(rig: Rig, path: str, **changes: Any) -> httpx.Response:
    """A member given as None is left out; of Cute those of `args` are changed."""
    body = dict(BODIES[path])
    inner = changes.pop("args", {})
    if path == CUTE:
        body["args"] = {name: value for name, value in {**body["args"], **inner}.items() if value is not None}
    return rig.post(path, {name: value for name, value in {**body, **changes}.items() if value is not None})


def begin(rig: Rig, path: str, **changes: Any) -> str:
    return str(submit(rig, path, **changes).json()["data"]["img_uuid"])


def ask(rig: Rig, task: str) -> dict[str, Any]:
    answer: dict[str, Any] = rig.ask(f"/api/v1/images/detail?img_uuid={task}").json()
    return answer


def made(rig: Rig, path: str, **changes: Any) -> dict[str, Any]:
    task = begin(rig, path, **changes)
    rig.step(10)
    told: dict[str, Any] = ask(rig, task)["data"]
    return told


def picture(rig: Rig, path: str, **changes: Any) -> Image.Image:
    [url] = made(rig, path, **changes)["urls"]
    answer = rig.client.get(url)
    opened = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == f"image/{(opened.format or '').lower()}"
    return opened


def of_code(content: str, kind: str = "PNG", module: int = 6) -> str:
    """A picture of a code, trimmed of its border, in base64."""
    dark = encode(content).dark
    flat = bytes(0 if module else 255 for row in dark for module in row)
    out = io.BytesIO()
    image = Image.frombytes("L", (len(dark), len(dark)), flat)
    image.resize((len(dark) * module,) * 2, Image.Resampling.NEAREST).convert("RGB").save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


@everywhere
def test_an_accepted_body_gets_an_id_and_no_word_of_state(rig: Rig, path: str) -> None:
    answer = submit(rig, path)
    assert (answer.status_code, set(answer.json())) == (200, {"code", "msg", "data"})
    assert (answer.json()["code"], set(answer.json()["data"])) == (0, {"img_uuid"})


@everywhere
def test_a_task_is_asked_for_until_its_picture_is_there_and_told_of_once(rig: Rig, mailbox: Mailbox, path: str) -> None:
    task = begin(rig, path)
    for _ in range(2):
        told = ask(rig, task)["data"]
        assert (told["status"], "urls" in told) == (0, False)
        rig.step(0.9)
    assert mailbox.letters == []
    rig.step(10)
    told = ask(rig, task)["data"]
    assert (told["img_uuid"], told["status"]) == (task, 1)
    assert 40 <= told["duration"] <= 80
    assert mailbox.told() == [{"img_uuid": task, "status": 1, "urls": told["urls"], "msg": "成功"}]


@pytest.mark.parametrize("shape", ["square", "circle", "plus", "box", "octagon", "random", "tiny-plus"])
@pytest.mark.parametrize("strength", ["0", "0.45", "1"])
def test_a_code_is_scanned_whatever_its_eyes_and_its_strength(rig: Rig, shape: str, strength: str) -> None:
    prompt = f"misty mountains, pine trees --iw {strength} --shape {shape}"
    assert scanner.read(scanner.modules_of(picture(rig, QRCODE, prompt=prompt))) == CONTENT


def test_a_stronger_code_is_plainer_to_see(rig: Rig) -> None:
    faint, strong = (picture(rig, QRCODE, prompt=f"pines --seed 7 --iw {each}") for each in ("0.1", "0.9"))
    one, other = middle(faint), middle(strong)
    assert max(other) > max(one) + 20, "what is light is lighter"
    assert max(other) - min(other) > max(one) - min(one) + 20


def middle(image: Image.Image) -> bytes:
    """How light each point of the middle is."""
    third = image.width // 3
    return image.convert("L").crop((third, third, 2 * third, 2 * third)).tobytes()


@pytest.mark.parametrize(("ratio", "shape"), [("1:1", 1.0), ("9:16", 9 / 16), ("16:9", 16 / 9), ("3:4", 3 / 4)])
def test_a_code_lies_in_a_picture_of_the_ratio_in_its_prompt(rig: Rig, ratio: str, shape: float) -> None:
    image = picture(rig, QRCODE, prompt=f"pines --ar {ratio}")
    assert image.width / image.height == pytest.approx(shape, abs=0.02)
    assert scanner.read(scanner.modules_of(image)) == CONTENT


def test_the_same_seed_makes_the_same_picture_and_none_a_new_one(rig: Rig) -> None:
    seeded = [picture(rig, QRCODE, prompt="pines --seed 7").tobytes() for _ in range(2)]
    assert seeded[0] == seeded[1] != picture(rig, QRCODE, prompt="pines --seed 8").tobytes()
    assert picture(rig, QRCODE, prompt="pines").tobytes() != picture(rig, QRCODE, prompt="pines").tobytes()


@pytest.mark.parametrize("template", [23, "23"])
def test_a_template_stands_for_prompt_and_model(rig: Rig, template: int | str) -> None:
    body = {"prompt": "--iw 0.35", "model": "", "template_id": template}
    assert scanner.read(scanner.modules_of(picture(rig, QRCODE, **body))) == CONTENT
    assert made(rig, QRCODE, prompt=None, model=None, template_id=template)["status"] == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_code_that_is_brought_says_the_same_afterwards(rig: Rig, kind: str) -> None:
    told = made(rig, QRCODE, qr_content="", qr_image=of_code("brought along", kind))
    assert "qr_content" not in told
    image = Image.open(io.BytesIO(rig.client.get(told["urls"][0]).content))
    assert scanner.read(scanner.modules_of(image)) == "brought along"


def test_a_query_repeats_what_the_code_says_and_what_it_cost(rig: Rig) -> None:
    told = made(rig, QRCODE)
    assert (told["qr_content"], told["cost"]) == (CONTENT, 5)


@pytest.mark.parametrize(
    ("path", "changes", "points"),
    [
        (QRCODE, {"prompt": "pines --v 1"}, "1"),
        (QRCODE, {"prompt": "pines --v 1.1"}, "1"),
        (QRCODE, {"prompt": "pines --v 2"}, "5"),
        (QRCODE, {"prompt": "pines --v 3"}, "5"),
        (TEXT, {}, "1"),
        (CUTE, {}, "1"),
        (CUTE, {"args": {"upscaler": 2}}, "2"),
    ],
)
def test_the_points_are_those_of_the_sheet(rig: Rig, path: str, changes: dict[str, Any], points: str) -> None:
    begin(rig, path, **changes)
    assert rig.ledger()["charged"] == points


@pytest.mark.parametrize(("code", "shape"), [(1, 1.0), (3, 9 / 16), (4, 16 / 9), (5, 3 / 4), (6, 4 / 3), (None, 1.0)])
def test_a_number_stands_for_the_ratio_of_a_text(rig: Rig, code: int | None, shape: float) -> None:
    image = picture(rig, TEXT, ratio=code)
    assert image.width / image.height == pytest.approx(shape, abs=0.02)


def test_the_words_to_draw_are_shown_whatever_their_key_is_called(rig: Rig) -> None:
    one, other = (picture(rig, TEXT, prompt="sand --seed 7", words=each).tobytes() for each in ("HELLO", "GOODBYE"))
    assert one != other


def test_a_fusion_has_the_shape_of_its_source_where_that_is_told(rig: Rig) -> None:
    ours = link("http://s.test", Film("x", "2:3", 0, "m", "text"), PICTURE, 1)
    for source, shape in ((ours, 2 / 3), ("https://example.com/house.jpg", 1.0)):
        image = picture(rig, FUSION, source_img=source)
        assert image.width / image.height == pytest.approx(shape, abs=0.02)
    flat = link("http://s.test", Film("x", "51:10", 0, "m", "text"), PICTURE, 1)
    assert "flatter or taller than 1:5" in submit(rig, FUSION, source_img=flat).json()["msg"]


@pytest.mark.parametrize(("code", "shape"), [(1, 1.0), (5, 3 / 4), (6, 4 / 3), (10, 2 / 3), (11, 3 / 2)])
def test_a_number_stands_for_the_ratio_of_a_cute_picture(rig: Rig, code: int, shape: float) -> None:
    image = picture(rig, CUTE, args={"ratio": code})
    assert image.width / image.height == pytest.approx(shape, abs=0.02)


@pytest.mark.parametrize(("wanted", "format_"), [(None, "JPEG"), ("jpg", "JPEG"), ("png", "PNG")])
def test_a_cute_picture_comes_in_the_size_and_kind_that_was_asked_for(
    rig: Rig, wanted: str | None, format_: str
) -> None:
    for size in ({}, {"width": 256, "height": 1024}, {"width": 768, "height": 511}):
        image = picture(rig, CUTE, args={"photo_format": wanted, **size})
        assert image.format == format_
        assert image.size == (size["width"], size["height"]) if size else image.size == (480, 480)


@pytest.mark.parametrize("kind", ["qrcode", "textart", "texthidden", "textshadow"])
@pytest.mark.parametrize("name", ["template", "model"])
def test_a_list_names_its_entries_and_shows_them(rig: Rig, name: str, kind: str) -> None:
    told = rig.ask(f"/api/v1/{name}/list?type={kind}").json()
    assert (told["code"], {tuple(each) for each in told["data"]}) == (0, {("id", "name", "preview_img")})
    assert all(isinstance(each["id"], int) for each in told["data"])
    answer = rig.client.get(told["data"][0]["preview_img"])
    assert Image.open(io.BytesIO(answer.content)).format == "PNG"
    assert begin(rig, QRCODE, model="", template_id=told["data"][0]["id"])


def test_a_list_needs_a_kind_that_it_knows(rig: Rig) -> None:
    for query, message in (("", "type is required"), ("?type=video", "type is invalid")):
        answer = rig.ask(f"/api/v1/template/list{query}")
        assert (answer.status_code, answer.json()) == (200, {"code": 1, "msg": message})


@pytest.mark.parametrize(
    ("path", "changes", "word"),
    [
        (QRCODE, {"prompt": None}, "prompt and model"),
        (QRCODE, {"prompt": "--v 2"}, "prompt and model"),
        (QRCODE, {"model": ""}, "prompt and model"),
        (QRCODE, {"model": 69}, "model must be a string"),
        (QRCODE, {"qr_content": None}, "qr_content or qr_image"),
        (QRCODE, {"qr_content": "x" * 272}, "qr_content is too long"),
        (QRCODE, {"qr_content": "", "qr_image": "data:image/png;base64,AAAA"}, "without a data: prefix"),
        (QRCODE, {"qr_content": "", "qr_image": "AAAA"}, "no picture in base64"),
        (QRCODE, {"qr_content": "", "qr_image": "***"}, "no picture in base64"),
        (QRCODE, {"qr_content": "", "qr_image": "A" * 7_000_000}, "larger than 5 MB"),
        (QRCODE, {"template_id": "forest"}, "template_id"),
        (QRCODE, {"template_id": True}, "template_id"),
        (QRCODE, {"callback_url": "cb"}, "callback_url"),
        (QRCODE, {"prompt": "pines --iw 1.01"}, "--iw"),
        (QRCODE, {"prompt": "pines --seed 1000000000"}, "--seed"),
        (QRCODE, {"prompt": "pines --shape star"}, "--shape"),
        (QRCODE, {"prompt": "pines --ar 2:1"}, "--ar"),
        (TEXT, {"type": None}, "type is required"),
        (TEXT, {"type": "qrcode"}, "type is invalid"),
        (TEXT, {"prompt": None}, "prompt is required"),
        (TEXT, {"ratio": 2}, "ratio must be one of 1, 3, 4, 5, 6"),
        (TEXT, {"callback_url": None}, "callback_url is required"),
        (TEXT, {"prompt": "sand --iw 2"}, "--iw"),
        (FUSION, {"source_img": None}, "source_img"),
        (FUSION, {"style_img": f"https://example.com/{'x' * 181}"}, "at most 200 characters"),
        (FUSION, {"source_mode": 3}, "source_mode must be one of 1, 2"),
        (FUSION, {"engine": True}, "engine"),
        (FUSION, {"engine": "1"}, "engine"),
        (FUSION, {"cn_list": []}, "exactly one"),
        (FUSION, {"cn_list": [CONTROL, CONTROL]}, "exactly one"),
        (FUSION, {"cn_list": [CONTROL | {"type": 2}]}, "cn_list.type"),
        (FUSION, {"cn_list": [CONTROL | {"weight": 101}]}, "cn_list.weight"),
        (FUSION, {"cn_list": [CONTROL | {"weight": 0.5}]}, "whole number"),
        (FUSION, {"cn_list": [CONTROL | {"guidance_start": 0.125}]}, "two decimals"),
        (FUSION, {"cn_list": [CONTROL | {"guidance_end": None}]}, "guidance_end is required"),
        (FUSION, {"type": "style"}, "type is invalid"),
        (FUSION, {"callback_url": ""}, "callback_url is required"),
        (CUTE, {"type": "default"}, "type is invalid"),
        (CUTE, {"args": {"prompt": " "}}, "args.prompt"),
        (CUTE, {"args": {"prompt": "x" * 1001}}, "args.prompt"),
        (CUTE, {"args": {"negative_prompt": "x" * 1001}}, "args.negative_prompt"),
        (CUTE, {"args": {"negative_type": "2"}}, "args.negative_type"),
        (CUTE, {"args": {"upscaler": 3}}, "args.upscaler"),
        (CUTE, {"args": {"ratio": None}}, "args.ratio"),
        (CUTE, {"args": {"audit": None}}, "args.audit"),
        (CUTE, {"args": {"extra_model": None}}, "args.extra_model"),
        (CUTE, {"args": {"extra_model": [{"id": "1", "weight": 1}] * 3}}, "at most 2"),
        (CUTE, {"args": {"extra_model": [{"weight": 1}]}}, "id is required"),
        (CUTE, {"args": {"extra_model": [{"id": "1"}]}}, "weight is required"),
        (CUTE, {"args": {"photo_format": "webp"}}, "photo_format"),
        (CUTE, {"args": {"width": 255, "height": 512}}, "args.width"),
        (CUTE, {"args": {"width": 512, "height": 1025}}, "args.height"),
    ],
)
def test_what_the_sheet_does_not_allow_is_refused_inside_a_200(
    rig: Rig, path: str, changes: dict[str, Any], word: str
) -> None:
    answer = submit(rig, path, **changes)
    assert (answer.status_code, set(answer.json()), answer.json()["code"]) == (200, {"code", "msg"}, 1)
    assert word in answer.json()["msg"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (QRCODE, {"callback_url": None}),
        (QRCODE, {"prompt": "pines --v 4", "model": "99"}),
        (QRCODE, {"negative_prompt": "", "template_id": "", "qr_image": ""}),
        (TEXT, {"prompt": None, "template_id": 4}),
        (TEXT, {"prompt": "sand --type 5 --seed 7", "model": "12"}),
        (FUSION, {"cn_list": [{"type": 9, "weight": 0, "guidance_start": 0.25, "guidance_end": 0.75}]}),
        (CUTE, {"callback_url": None}),
        (CUTE, {"args": {"model": None, "extra_model": [{"id": "9", "weight": 0.5}], "negative_type": 2, "audit": 2}}),
    ],
)
def test_what_clients_send_is_accepted(rig: Rig, path: str, changes: dict[str, Any]) -> None:
    assert submit(rig, path, **changes).json()["code"] == 0


def test_links_live_an_hour_and_the_record_two(rig: Rig) -> None:
    told = made(rig, QRCODE)
    rig.step(3500)
    assert rig.client.get(told["urls"][0]).status_code == 200
    rig.step(200)
    assert rig.client.get(told["urls"][0]).status_code == 403
    assert ask(rig, told["img_uuid"])["data"]["status"] == 1
    rig.step(3700)
    assert ask(rig, told["img_uuid"]) == {"code": 1, "msg": "记录不存在"}


def test_it_knows_only_its_own_tasks(rig: Rig) -> None:
    other = rig.begin()
    for asked in (other, "nothing", ""):
        assert ask(rig, asked)["code"] == 1
    rig.play(unknown_task=1)
    task = begin(rig, QRCODE)
    assert ask(rig, task)["code"] == 1
    rig.step(4.1)
    assert ask(rig, task)["code"] == 0


@everywhere
def test_a_failed_task_says_little_and_gives_its_points_back(rig: Rig, mailbox: Mailbox, path: str) -> None:
    rig.play(fail_task=1)
    told = made(rig, path)
    assert (told["status"], told["msg"], "urls" in told) == (-1, "失败", False)
    assert mailbox.told() == [{"img_uuid": told["img_uuid"], "status": -1, "msg": "失败"}]
    assert rig.ledger()["refunded"] == rig.ledger()["charged"] != "0"


def test_a_callback_goes_wrong_in_the_clothes_of_this_system(rig: Rig, mailbox: Mailbox) -> None:
    rig.play(foreign_callback=1, wrapped_callback=1)
    told = made(rig, QRCODE)
    foreign, wrapped = mailbox.told()
    assert (foreign["img_uuid"], foreign["status"]) == (STRANGER, 1)
    inner = {"img_uuid": told["img_uuid"], "status": 1, "urls": told["urls"]}
    assert wrapped == {"code": 0, "msg": "成功", "data": inner}


def test_links_may_be_dead_from_the_start(rig: Rig) -> None:
    rig.play(expired_links=1)
    assert rig.client.get(made(rig, CUTE)["urls"][0]).status_code == 403


@everywhere
def test_its_own_errors_have_three_shapes(rig: Rig, path: str) -> None:
    rig.play(own_error=1)
    answers = [submit(rig, path) for _ in range(24)]
    assert {answer.status_code for answer in answers} == {200}
    texts = {answer.text for answer in answers if not answer.text.startswith("{")}
    assert texts == {"timed out"}
    assert {tuple(a.json()) for a in answers if a.text not in texts} == {("code", "msg"), ("code", "message")}
    rig.play(no_inside_200=1)
    assert submit(rig, path).json()["code"] == 1
    assert rig.ledger()["charged"] == "0"
