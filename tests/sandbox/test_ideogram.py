"""The stand-in's Ideogram: real pictures of the size asked for, each with its own word on safety, and descriptions."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import httpx
import pytest
from PIL import Image, ImageStat

from tests.sandbox.rig import Rig

REQUEST: dict[str, Any] = {"prompt": "red bicycle leaning on a wall", "model": "V_2", "aspect_ratio": "ASPECT_16_9"}
ENTRY = ["url", "prompt", "resolution", "is_image_safe", "seed", "style_type"]


def png(width: int = 400, height: int = 300, colour: str = "#ff0000") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def generate(rig: Rig, **changes: Any) -> httpx.Response:
    """A member given as None is left out."""
    asked = {name: value for name, value in (REQUEST | changes).items() if value is not None}
    return rig.post("/ideogram/generate", {"image_request": asked})


def sent(rig: Rig, name: str, file: bytes | None = None, **parts: Any) -> httpx.Response:
    """A form with the picture, and what else there is: an object as JSON text."""
    texts: dict[str, Any] = {
        key: (None, json.dumps(value) if isinstance(value, dict) else value) for key, value in parts.items()
    }
    files = texts | ({"image_file": ("start.png", file, "image/png")} if file is not None else {"nothing": (None, "")})
    return rig.client.post(f"/ideogram/{name}", files=files, headers={"Authorization": f"Bearer {rig.key}"})


def fetched(rig: Rig, url: str) -> Image.Image:
    answer = rig.client.get(url)
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def redness(picture: Image.Image) -> float:
    return float(ImageStat.Stat(picture).mean[0])


def test_each_picture_is_an_entry_of_its_own(rig: Rig) -> None:
    answer = generate(rig, num_images=2, seed=4242, style_type="REALISTIC")
    whole = answer.json()
    assert answer.status_code == 200
    assert list(whole) == ["created", "data"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", whole["created"])
    assert [list(each) for each in whole["data"]] == [ENTRY, ENTRY]
    assert [each["seed"] for each in whole["data"]] == [4242, 4243]
    assert {each["resolution"] for each in whole["data"]} == {"1312x736"}
    assert {each["style_type"] for each in whole["data"]} == {"REALISTIC"}
    pictures = [fetched(rig, each["url"]) for each in whole["data"]]
    assert [each.size for each in pictures] == [(1312, 736), (1312, 736)]
    assert pictures[0].tobytes() != pictures[1].tobytes()
    assert rig.ledger()["charged"] == "16"


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"aspect_ratio": None}, (1024, 1024)),
        ({"aspect_ratio": "ASPECT_1_3"}, (512, 1536)),
        ({"aspect_ratio": None, "resolution": "RESOLUTION_1280_720"}, (1280, 720)),
    ],
)
def test_a_ratio_or_an_exact_size_decides_the_pixels(rig: Rig, changes: dict[str, Any], size: tuple[int, int]) -> None:
    (one,) = generate(rig, **changes).json()["data"]
    assert one["resolution"] == "{}x{}".format(*size)
    assert fetched(rig, one["url"]).size == size


def test_the_prompt_that_was_used_is_told(rig: Rig) -> None:
    def used(**changes: Any) -> str:
        return str(generate(rig, **changes).json()["data"][0]["prompt"])

    assert used(magic_prompt_option="OFF") == REQUEST["prompt"]
    assert used().startswith(REQUEST["prompt"])
    assert used() == used(magic_prompt_option="ON") != REQUEST["prompt"]


def test_the_start_picture_stays_by_its_weight_and_is_cropped_to_the_ratio(rig: Rig) -> None:
    def made(weight: int) -> Image.Image:
        asked = {"prompt": "winter", "aspect_ratio": "ASPECT_3_2", "image_weight": weight}
        (one,) = sent(rig, "remix", png(), image_request=asked).json()["data"]
        return fetched(rig, one["url"])

    assert made(100).size == (1248, 832)
    assert redness(made(100)) > redness(made(60)) > redness(made(1))
    assert redness(made(100)) > 240


def test_what_is_cropped_away_is_the_edge(rig: Rig) -> None:
    wide = Image.new("RGB", (900, 300), "#0000ff")
    wide.paste("#ff0000", (300, 0, 600, 300))
    out = io.BytesIO()
    wide.save(out, "PNG")
    asked = {"prompt": "x", "aspect_ratio": "ASPECT_1_1", "image_weight": 100}
    (one,) = sent(rig, "remix", out.getvalue(), image_request=asked).json()["data"]
    assert redness(fetched(rig, one["url"])) > 220


def test_upscaling_doubles_both_sides_and_needs_no_prompt(rig: Rig) -> None:
    (one,) = sent(rig, "upscale", png(400, 300), image_request={}).json()["data"]
    assert (one["resolution"], one["prompt"]) == ("800x600", "")
    assert fetched(rig, one["url"]).size == (800, 600)
    (close,) = sent(rig, "upscale", png(400, 300), image_request={"resemblance": 100}).json()["data"]
    assert redness(fetched(rig, close["url"])) > redness(fetched(rig, one["url"]))
    (large,) = sent(rig, "upscale", png(3000, 1500), image_request={}).json()["data"]
    assert large["resolution"] == "4096x2048", "this gateway's pictures end there"
    assert rig.ledger()["charged"] == "18"


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (png(400, 300, "#e01010"), {"red", "wide", "bright"}),
        (png(300, 400, "#0a1a60"), {"blue", "tall", "dark"}),
        (png(300, 300, "#808080"), {"grey", "square"}),
    ],
)
def test_descriptions_are_about_the_picture(rig: Rig, picture: bytes, words: set[str]) -> None:
    told = sent(rig, "describe", picture, describe_model_version="V_3").json()["descriptions"]
    assert len(told) > 1
    assert len({each["text"] for each in told}) == len(told)
    assert words <= set(re.findall(r"\w+", told[0]["text"].lower()))
    assert rig.ledger()["charged"] == "1"


def test_a_picture_that_is_not_safe_has_no_address_and_a_prompt_that_is_not_is_refused(rig: Rig) -> None:
    several = generate(rig, prompt="blood on snow", num_images=3).json()["data"]
    assert [each["is_image_safe"] for each in several] == [False, True, False]
    assert [bool(each["url"]) for each in several] == [False, True, False]
    charged = rig.ledger()["charged"]
    refused = generate(rig, prompt="nude on snow")
    assert refused.status_code == 422
    assert isinstance(refused.json()["error"], str)
    assert rig.ledger()["charged"] == charged


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"prompt": ""}, "prompt"),
        ({"model": "imagen"}, "model"),
        ({"aspect_ratio": "16:9"}, "aspect_ratio"),
        ({"resolution": "RESOLUTION_1024_1024"}, "together"),
        ({"aspect_ratio": None, "resolution": "RESOLUTION_64_64"}, "resolution"),
        ({"num_images": 9}, "num_images"),
        ({"seed": -1}, "seed"),
        ({"magic_prompt_option": "MAYBE"}, "magic_prompt_option"),
        ({"style_type": "NOIR"}, "style_type"),
        ({"detail": 50}, "detail is not known to generate"),
        ({"resemblance": 50}, "resemblance is not known to generate"),
        ({"image_weight": 50}, "image_weight is not known to generate"),
        ({"model": "V_1", "style_type": "ANIME"}, "style_type is not supported by V_1"),
        ({"model": "V_1_TURBO", "color_palette": {"name": "EMBER"}}, "color_palette is not supported by V_1_TURBO"),
        ({"model": "V_2A", "color_palette": {"name": "EMBER"}}, "color_palette is not supported by V_2A"),
        ({"model": "V_2A_TURBO", "negative_prompt": "snow"}, "negative_prompt is not supported by V_2A_TURBO"),
        (
            {"model": "V_1", "aspect_ratio": None, "resolution": "RESOLUTION_1024_1024"},
            "resolution is not supported by V_1",
        ),
        ({"color_palette": {"name": "EMBER", "members": [{"color_hex": "#FF8800"}]}}, "color_palette"),
        ({"color_palette": {"name": "SMOKE"}}, "name"),
        ({"color_palette": {"members": []}}, "members"),
        ({"color_palette": {"members": [{"color": "#FF8800"}]}}, "color_hex"),
        ({"color_palette": {"members": [{"color_hex": "#FF8800", "color_weight": 2}]}}, "color_weight"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_text(rig: Rig, changes: dict[str, Any], part: str) -> None:
    answer = generate(rig, **changes)
    assert answer.status_code == 400
    assert part in answer.json()["error"]
    assert rig.ledger()["charged"] == "0"


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "V_1", "negative_prompt": "snow"},
        {"model": "V_2A", "style_type": "ANIME"},
        {"model": "V_2A", "aspect_ratio": None, "resolution": "RESOLUTION_1024_1024"},
        {"model": "V_3", "negative_prompt": "snow", "color_palette": {"name": "EMBER"}},
        {"model": "V_1", "style_type": "", "color_palette": None},
    ],
)
def test_what_a_model_has_or_nobody_knows_it_to_lack_is_fine(rig: Rig, changes: dict[str, Any]) -> None:
    assert generate(rig, **changes).status_code == 200


def test_a_palette_of_either_form_is_fine(rig: Rig) -> None:
    for palette in ({"name": "EMBER"}, {"members": [{"color_hex": "#F80", "color_weight": 0.5}]}):
        assert generate(rig, color_palette=palette).status_code == 200


@pytest.mark.parametrize(
    ("name", "file", "parts", "part"),
    [
        ("remix", None, {"image_request": {"prompt": "x"}}, "image_file"),
        ("remix", png(), {}, "image_request"),
        ("remix", png(), {"image_request": "{no JSON"}, "JSON"),
        ("remix", png(), {"image_request": {}}, "prompt"),
        ("remix", png(), {"image_request": {"prompt": "x", "image_weight": 0}}, "image_weight"),
        ("upscale", png(), {}, "image_request"),
        ("remix", png(), {"image_request": {"prompt": "x", "detail": 50}}, "detail is not known to remix"),
        ("upscale", png(), {"image_request": {"image_weight": 50}}, "image_weight is not known to upscale"),
        ("upscale", png(), {"image_request": {"model": "V_2"}}, "model is not known to upscale"),
        ("upscale", png(), {"image_request": {"color_palette": {"name": "EMBER"}}}, "color_palette is not known"),
        ("upscale", b"no picture", {"image_request": {}}, "JPEG"),
        ("upscale", png(), {"image_request": {"resemblance": 101}}, "resemblance"),
        ("describe", None, {}, "image_file"),
        ("describe", b"x" * (10 * 1024 * 1024 + 1), {}, "10 MB"),
        ("describe", png(), {"describe_model_version": "V_9"}, "describe_model_version"),
    ],
)
def test_a_form_is_checked_for_its_parts(
    rig: Rig, name: str, file: bytes | None, parts: dict[str, Any], part: str
) -> None:
    answer = sent(rig, name, file, **parts)
    assert answer.status_code == 400
    assert part in answer.json()["error"]
    assert rig.ledger()["charged"] == "0"


def test_json_is_no_form_and_a_bare_request_is_no_wrapper(rig: Rig) -> None:
    assert "multipart" in rig.post("/ideogram/remix", {"image_request": {"prompt": "x"}}).json()["error"]
    assert "image_request" in rig.post("/ideogram/generate", REQUEST).json()["error"]


def test_links_live_for_a_day_and_may_be_dead_from_the_start(rig: Rig) -> None:
    url = generate(rig).json()["data"][0]["url"]
    rig.step(23 * 3600)
    assert rig.client.get(url).status_code == 200
    rig.step(2 * 3600)
    assert rig.client.get(url).status_code == 403
    rig.play(expired_links=1)
    assert rig.client.get(generate(rig).json()["data"][0]["url"]).status_code == 403


def test_the_errors_that_no_body_causes_come_as_a_fault(rig: Rig) -> None:
    rig.play(own_error=1)
    answers = [generate(rig) for _ in range(24)]
    assert {(each.status_code, each.content == b"") for each in answers} == {
        (422, False),
        (403, False),
        (429, False),
        (429, True),
    }
    rig.play(no_inside_200=1)
    assert generate(rig).json()["data"][0]["is_image_safe"] is False
    assert sent(rig, "describe", png()).json() == {"descriptions": []}
    assert rig.ledger()["charged"] == "0"
