"""Pictures of an exact size that are fetched by address: nothing but the address is needed to make them again."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageStat

from studio.sandbox.film import Film, from_token, seal
from studio.sandbox.stills import address, hint, served
from tests.sandbox.rig import Rig

FILM = Film("red bicycle", "512:288", 0, "any", "text")
BASE = "http://sandbox.test"
NEVER = 4_000_000_000


def fetched(rig: Rig, film: Film, kind: str = "png") -> Image.Image:
    answer = rig.client.get(address(BASE, film, kind, NEVER))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{kind}"
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_has_the_pixels_and_the_kind_that_its_address_tells(rig: Rig, kind: str) -> None:
    picture = fetched(rig, FILM, kind)
    assert (picture.format, picture.size) == (kind.upper(), (512, 288))


def test_what_came_in_shows_through_by_its_share() -> None:
    red = Image.new("RGB", (800, 450), "#ff0000")

    def redness(share: float) -> float:
        film = Film("x", "512:288", 0, "any", hint(red, share))
        picture = Image.open(io.BytesIO(served(film, "png"))).convert("RGB")
        return float(ImageStat.Stat(picture).mean[0])

    assert redness(0) > 245
    assert redness(0) > redness(0.5) > redness(1)


def test_an_address_stays_short_whatever_came_in() -> None:
    busy = Image.effect_noise((640, 480), 90).convert("RGB")
    prompt = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(400))
    film = Film(prompt, "1312:736", 0, "V_2", hint(busy, 0.35))
    assert len(address(BASE, film, "png", NEVER)) < 2000
    assert from_token(film.token).source == film.source


@pytest.mark.parametrize(
    "film",
    [
        Film("x", "9999:9999", 0, "any", "text"),
        Film("x", "64:64", 0, "any", "over:0.5:bm8gcGljdHVyZQ=="),
        Film("x", "64:64", 0, "any", "over:half:"),
        Film("x", "64:64", 0, "any", "over:0.5:?"),
    ],
)
def test_what_this_gateway_never_wrote_is_not_found(rig: Rig, film: Film) -> None:
    token = film.token
    assert rig.client.get(f"/media/{seal(token)}/still.png?film={token}&expires={NEVER}").status_code == 404


def test_a_dead_link_is_dead(rig: Rig) -> None:
    assert rig.client.get(address(BASE, FILM, "png", 1)).status_code == 403
