"""Pictures that came in are worked on, and made again from their address: exact in size, kind of file and holes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageStat

from studio.sandbox import retouching
from studio.sandbox.film import Film, from_token, link
from studio.sandbox.retouching import TOOLS, Work, picture, within
from studio.sandbox.stills import LARGEST, copy_of

KBYTES: tuple[dict[str, Any], ...] = ({"kbyte": 2}, {"kbyte": 3}, {})
ADDRESSES_FOLLOWED = 2000  # letters; a longer one is no result to the studio


def halves(*, holes: bool = False) -> Image.Image:
    """Red on the left, blue on the right; with holes, the right is transparent."""
    made = Image.new("RGBA", (300, 200), "#ff0000")
    made.paste((0, 0, 255, 0 if holes else 255), (150, 0, 300, 200))
    return made


def work(tool: str, *, size: tuple[int, int] = (300, 200), holes: bool = False, **options: Any) -> Work:
    return Work(tool, size, "words", copy_of(halves(holes=holes)), options)


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGBA", (width, height), hashlib.shake_128(b"noise").digest(width * height * 4))


@pytest.mark.parametrize("tool", sorted(TOOLS))
@pytest.mark.parametrize("size", [(300, 200), (295, 413), (1, 40), (1203, 7)])
def test_each_tool_makes_the_size_that_is_asked_for(tool: str, size: tuple[int, int]) -> None:
    made = picture(from_token(work(tool, size=size).film.token))
    assert (made.size, made.mode) == (size, "RGBA")
    assert picture(replace(work(tool, size=size), under="name:cup.jpg").film).size == size


def test_the_same_address_makes_the_same_picture_of_what_came_in() -> None:
    one, other = (picture(from_token(work("kept").film.token)) for _ in range(2))
    assert one.tobytes() == other.tobytes()
    assert one.getpixel((10, 10))[0] > 200 > 60 > one.getpixel((10, 10))[2]  # type: ignore[index]
    assert one.getpixel((290, 10))[2] > 200 > 60 > one.getpixel((290, 10))[0]  # type: ignore[index]


def test_a_cut_leaves_the_subject_and_its_mask_says_where() -> None:
    cut, mask = picture(work("cut-out").film), picture(work("mask").film)
    assert [cut.getchannel("A").getpixel(at) for at in ((2, 2), (150, 100))] == [0, 255]
    assert [mask.getpixel(at) for at in ((2, 2), (150, 100))] == [(0, 0, 0, 255), (255, 255, 255, 255)]
    holed = picture(work("cut-out", holes=True).film).getchannel("A")
    assert [holed.getpixel((x, 100)) for x in (20, 280)] == [255, 0]


def test_what_is_erased_differs_inside_the_areas_and_nowhere_else() -> None:
    before = picture(work("erased").film)
    after = picture(work("erased", areas=[[140, 0, 160, 60]]).film)
    assert before.crop((140, 0, 160, 60)).tobytes() != after.crop((140, 0, 160, 60)).tobytes()
    assert before.crop((0, 70, 300, 200)).tobytes() == after.crop((0, 70, 300, 200)).tobytes()
    whole = Image.new("L", (300, 200), 255)
    assert picture(work("erased", mask=copy_of(whole)).film).tobytes() != before.tobytes()


def test_a_grey_picture_gets_colours() -> None:
    grey = Image.linear_gradient("L").resize((300, 200))
    made = picture(Work("coloured", (300, 200), "", copy_of(grey)).film).convert("HSV")
    assert ImageStat.Stat(made.getchannel("S")).mean[0] > 60


@pytest.mark.parametrize(("make", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_the_file_is_of_its_kind(make: str, kind: str) -> None:
    file: bytes = getattr(retouching, make)(work("kept").film)
    assert Image.open(io.BytesIO(file)).format == kind


def test_a_colour_lies_under_the_holes_and_white_in_a_jpeg() -> None:
    blue, white = retouching.jpg(work("cut-out", ground="438EDB").film), retouching.jpg(work("cut-out").film)
    corners = [Image.open(io.BytesIO(file)).convert("RGB").getpixel((1, 1)) for file in (blue, white)]
    for corner, wanted in zip(corners, ((0x43, 0x8E, 0xDB), (255, 255, 255)), strict=True):
        assert all(abs(one - other) < 8 for one, other in zip(corner, wanted, strict=True))  # type: ignore[arg-type]


def test_quality_and_a_target_decide_how_large_the_file_is() -> None:
    sizes = [len(retouching.webp(work("kept", quality=quality).film)) for quality in (10, 90)]
    assert sizes[0] < sizes[1]
    small, larger, free = (len(retouching.jpg(work("kept", **most).film)) for most in KBYTES)
    assert small <= 2048 < larger <= 3072 < free


def test_a_picture_of_any_content_has_an_address_that_is_followed() -> None:
    under = copy_of(noise(400, 300))
    areas = [[n * 131 % 4000, n * 173 % 3000, n * 197 % 4000, n * 211 % 3000] for n in range(50)]
    words = "".join(chr(0x4E00 + n * 397 % 20000) for n in range(240))
    for made in (Work("erased", (4000, 3000), "", under, {"areas": areas}), Work("placed", (4000, 3000), words, under)):
        assert len(link("http://127.0.0.1:65535", made.film, retouching.PNG, 1_800_000_000)) < ADDRESSES_FOLLOWED


def test_no_size_passes_what_this_gateway_makes() -> None:
    assert within((600, 400), 2) == (1200, 800)
    assert within((8000, 100), 4) == (8192, 102)
    wide, high = within((4000, 4000), 4)
    assert wide * high <= LARGEST


@pytest.mark.parametrize(
    "film",
    [
        Film("", "100:100", 0, "no-such-tool", "{}"),
        Film("", "9999:9999", 0, "kept", "{}"),
        Film("", "100:100", 0, "kept", "[]"),
        Film("", "100:100", 0, "kept", "no json"),
        Film("", "100:100", 0, "kept", '{"under": "AAAA"}'),
        Film("", "100:100", 0, "kept", '{"under": 5}'),
        Film("", "100:100", 0, "kept", '{"kbyte": "5"}'),
        Film("", "100:100", 0, "erased", '{"areas": [[1]]}'),
    ],
)
def test_an_address_that_was_never_written_makes_nothing(film: Film) -> None:
    with pytest.raises(ValueError, match="no work of ours"):
        picture(film)
    with pytest.raises(ValueError, match=r"of ours|Expecting"):
        retouching.jpg(film)
