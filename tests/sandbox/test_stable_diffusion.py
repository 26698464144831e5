"""The stand-in's Stable Diffusion: real pictures of the kind and shape asked for, and every no of the sheet."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import pytest
from PIL import Image, ImageStat

from tests.sandbox.rig import Rig

V2, V1 = "/sd/v2beta/stable-image/generate", "/sd/v1/generation/stable-diffusion-xl-1024-v1-0/text-to-image"
XL_BODY = {"text_prompts": [{"text": "red bicycle"}, {"text": "fog", "weight": -1}], "width": 1216, "height": 832}


def sent(rig: Rig, name: str, accept: str = "application/json", *, file: bytes | None = None, **texts: Any) -> Any:
    """A form in parts, as httpx writes one without a file too."""
    parts: dict[str, Any] = {key: (None, str(text).encode()) for key, text in texts.items()}
    if file is not None:
        parts["image"] = ("start.png", file, "image/png")
    headers = {"Authorization": f"Bearer {rig.key}", "Accept": accept}
    return rig.client.post(f"{V2}/{name}", files=parts, headers=headers)


def opened(text: str | bytes) -> Image.Image:
    return Image.open(io.BytesIO(text if isinstance(text, bytes) else base64.b64decode(text)))


def png(width: int = 256, height: int = 128, colour: str = "#ff0000") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "ratio"), [("ultra", "png", "3:2"), ("core", "webp", "4:5"), ("sd3", "jpeg", "21:9")]
)
def test_a_picture_comes_in_the_kind_and_ratio_asked_for(rig: Rig, name: str, kind: str, ratio: str) -> None:
    answer = sent(rig, name, prompt="red bicycle", aspect_ratio=ratio, output_format=kind, seed="7")
    told = answer.json()
    assert (answer.status_code, set(told)) == (200, {"image", "finish_reason", "seed"})
    assert (told["finish_reason"], told["seed"]) == ("SUCCESS", 7)
    picture = opened(told["image"])
    wide, high = (int(part) for part in ratio.split(":"))
    assert picture.format == kind.upper()
    assert picture.width / picture.height == pytest.approx(wide / high, rel=0.06)
    assert 0.9e6 < picture.width * picture.height < 1.1e6


@pytest.mark.parametrize("accept", ["image/*", "*/*"])
def test_without_json_in_accept_the_picture_comes_as_it_is(rig: Rig, accept: str) -> None:
    answer = sent(rig, "ultra", accept, prompt="red bicycle", seed="7")
    assert answer.headers["content-type"] == "image/png"
    assert (answer.headers["finish-reason"], answer.headers["seed"]) == ("SUCCESS", "7")
    assert opened(answer.content).size == (1024, 1024)


def test_the_start_picture_shows_through_by_strength(rig: Rig) -> None:
    def red(strength: str) -> float:
        told = sent(rig, "sd3", file=png(), prompt="x", mode="image-to-image", strength=strength).json()
        picture = opened(told["image"]).convert("RGB")
        assert picture.width / picture.height == pytest.approx(2, rel=0.06)
        return float(ImageStat.Stat(picture).mean[0])

    assert red("0") > 250
    assert red("0") > red("0.6") > red("1")


def test_a_filtered_picture_is_a_200_that_says_so(rig: Rig) -> None:
    told = sent(rig, "ultra", prompt="blood on snow").json()
    assert told["finish_reason"] == "CONTENT_FILTERED"
    raw = sent(rig, "ultra", "image/*", prompt="blood on snow")
    assert (raw.status_code, raw.headers["finish-reason"]) == (200, "CONTENT_FILTERED")


@pytest.mark.parametrize(
    ("name", "texts", "status", "word", "part"),
    [
        ("ultra", {}, 400, "bad_request", "prompt"),
        ("core", {"prompt": "x", "aspect_ratio": "7:3"}, 400, "bad_request", "aspect_ratio"),
        ("sd3", {"prompt": "x", "output_format": "webp"}, 400, "bad_request", "output_format"),
        ("sd3", {"prompt": "x", "mode": "image-to-image"}, 400, "bad_request", "strength"),
        ("sd3", {"prompt": "x", "mode": "image-to-image", "strength": "0.5"}, 400, "bad_request", "image"),
        ("ultra", {"prompt": "nude"}, 403, "content_moderation", "flagged"),
    ],
)
def test_each_no_has_its_word_and_a_list_of_texts(
    rig: Rig, name: str, texts: dict[str, Any], status: int, word: str, part: str
) -> None:
    answer = sent(rig, name, **texts or {"seed": "1"})
    told = answer.json()
    assert (answer.status_code, told["name"]) == (status, word)
    assert any(part in text for text in told["errors"])
    assert rig.ledger()["charged"] == "0"


def test_several_things_that_are_wrong_are_told_at_once(rig: Rig) -> None:
    assert len(sent(rig, "core", seed="-1", aspect_ratio="1:7").json()["errors"]) == 3


def test_a_picture_is_checked_for_what_it_is(rig: Rig) -> None:
    asked = {"prompt": "x", "mode": "image-to-image", "strength": "0.5"}
    assert sent(rig, "sd3", file=b"no picture", **asked).json()["errors"] == ["image: must be a JPEG, PNG or WebP file"]
    small = sent(rig, "sd3", file=png(63, 200), **asked)
    assert (small.status_code, small.json()["name"]) == (422, "unprocessable_entity")
    large = sent(rig, "sd3", file=bytes(10 * 1024 * 1024), **asked)
    assert (large.status_code, large.json()["name"]) == (413, "payload_too_large")


def test_json_is_no_form(rig: Rig) -> None:
    answer = rig.post(f"{V2}/core", {"prompt": "red bicycle"})
    assert (answer.status_code, answer.json()["name"]) == (400, "bad_request")


def test_an_empty_file_part_is_how_some_make_a_form_in_parts(rig: Rig) -> None:
    assert sent(rig, "ultra", file=b"", prompt="x").json()["finish_reason"] == "SUCCESS"


def test_the_older_call_answers_with_a_list(rig: Rig) -> None:
    told = rig.post(V1, XL_BODY | {"samples": 2, "seed": 5}).json()
    assert [(each["seed"], each["finishReason"]) for each in told["artifacts"]] == [(5, "SUCCESS"), (6, "SUCCESS")]
    first, second = (opened(each["base64"]) for each in told["artifacts"])
    assert first.size == second.size == (1216, 832)
    assert first.tobytes() != second.tobytes()
    assert rig.ledger()["charged"] == "2"


def test_one_of_several_may_be_held_back(rig: Rig) -> None:
    body = XL_BODY | {"text_prompts": [{"text": "blood"}], "samples": 2}
    assert [a["finishReason"] for a in rig.post(V1, body).json()["artifacts"]] == ["CONTENT_FILTERED", "SUCCESS"]


def test_the_older_call_can_answer_with_the_picture_itself(rig: Rig) -> None:
    headers = {"Authorization": f"Bearer {rig.key}", "Accept": "image/png"}
    answer = rig.client.post(V1, json=XL_BODY, headers=headers)
    assert (answer.headers["content-type"], answer.headers["finish-reason"]) == ("image/png", "SUCCESS")
    assert opened(answer.content).size == (1216, 832)


@pytest.mark.parametrize(
    ("engine", "width", "height", "word"),
    [
        ("stable-diffusion-xl-1024-v1-0", 512, 512, "invalid_sdxl_v1_dimensions"),
        ("stable-diffusion-v1-6", 256, 512, "bad_request"),
        ("stable-diffusion-xl-beta-v2-2-2", 576, 576, "bad_request"),
        ("stable-diffusion-v9", 512, 512, "not_found"),
    ],
)
def test_sizes_go_by_the_engine(rig: Rig, engine: str, width: int, height: int, word: str) -> None:
    answer = rig.post(V1.replace("stable-diffusion-xl-1024-v1-0", engine), XL_BODY | {"width": width, "height": height})
    assert answer.status_code == (404 if word == "not_found" else 400)
    assert (answer.json()["name"], set(answer.json())) == (word, {"id", "name", "message"})


def test_the_errors_that_no_body_causes_come_as_a_fault(rig: Rig) -> None:
    rig.play(own_error=1)
    answers: list[httpx.Response] = [sent(rig, "core", prompt="x") for _ in range(24)]
    assert {answer.status_code for answer in answers} == {402, 404, 429, 500}
    assert all(set(answer.json()) == {"id", "name", "errors"} for answer in answers)
    rig.play(no_inside_200=1)
    assert sent(rig, "core", prompt="x").json() == {"finish_reason": "CONTENT_FILTERED"}
    assert rig.ledger()["charged"] == "0"
