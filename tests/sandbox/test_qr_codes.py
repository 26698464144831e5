"""The codes hold what they are said to hold, as a reader tells that shares nothing with their writer."""

from __future__ import annotations

import pytest

from studio.sandbox.qr_codes import TooLong, encode
from tests.sandbox import scanner


@pytest.mark.parametrize(
    ("length", "size", "level"),
    [
        *((0, 1, "H"), (7, 1, "H"), (8, 2, "H"), (24, 3, "H"), (34, 4, "H"), (44, 5, "H"), (58, 6, "H"), (64, 7, "H")),
        *((84, 8, "H"), (98, 9, "H"), (119, 10, "H"), (120, 6, "L"), (154, 7, "L"), (192, 8, "L"), (230, 9, "L")),
        (271, 10, "L"),
    ],
)
def test_a_code_is_as_small_as_it_can_be_and_is_read_again(length: int, size: int, level: str) -> None:
    text = ("https://example.com/?a=" + "0aZ~" * 70)[:length]
    code = encode(text)
    assert (code.size, code.level, len(code.dark)) == (size, level, 17 + 4 * size)
    assert scanner.read(code.dark) == text


def test_letters_of_every_script_are_bytes() -> None:
    assert scanner.read(encode("二维码 · ü").dark) == "二维码 · ü"


def test_what_the_largest_does_not_hold_is_too_long() -> None:
    with pytest.raises(TooLong, match="more than 271 bytes"):
        encode("x" * 272)


def test_a_large_code_tells_its_size() -> None:
    dark = encode("x" * 64).dark
    told = [dark[at // 3][len(dark) - 11 + at % 3] for at in range(18)]
    assert sum(bit << at for at, bit in enumerate(told)) == 0b000111110010010100, (
        "size 7, as the standard's table has it"
    )
