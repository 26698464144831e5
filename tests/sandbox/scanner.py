"""Reads QR codes as the standard tells it (ISO/IEC 18004), and knows nothing of how the sandbox writes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate

from PIL import Image

Modules = Sequence[Sequence[bool]]
LEVELS = {0b01: "L", 0b10: "H"}
# By size and level, as the standard's table has them: data words of each block, and the spare words behind them.
BLOCKS: dict[tuple[int, str], tuple[list[int], int]] = {
    **{(1, "H"): ([9], 17), (2, "H"): ([16], 28), (3, "H"): ([13] * 2, 22), (4, "H"): ([9] * 4, 16)},
    **{(5, "H"): ([11] * 2 + [12] * 2, 22), (6, "H"): ([15] * 4, 28), (7, "H"): ([13] * 4 + [14], 26)},
    **{(8, "H"): ([14] * 4 + [15] * 2, 26), (9, "H"): ([12] * 4 + [13] * 4, 24), (10, "H"): ([15] * 6 + [16] * 2, 28)},
    **{(6, "L"): ([68] * 2, 18), (7, "L"): ([78] * 2, 20), (8, "L"): ([97] * 2, 24), (9, "L"): ([116] * 2, 30)},
    (10, "L"): ([68] * 2 + [69] * 2, 18),
}
SMALL_EYES = {2: [18], 3: [22], 4: [26], 5: [30], 6: [34], 7: [22, 38], 8: [24, 42], 9: [26, 46], 10: [28, 50]}
POWERS = list(accumulate(range(254), lambda at, _: at << 1 ^ (at >> 7) * 0x11D, initial=1))


def times(one: int, other: int) -> int:
    return POWERS[(POWERS.index(one) + POWERS.index(other)) % 255] if one and other else 0


def masked(mask: int, x: int, y: int) -> bool:
    """The conditions of the standard, with i for the row and j for the column."""
    i, j = y, x
    return [
        *((i + j) % 2, i % 2, j % 3, (i + j) % 3, (i // 2 + j // 3) % 2),
        *((i * j) % 2 + (i * j) % 3, ((i * j) % 2 + (i * j) % 3) % 2, ((i + j) % 2 + (i * j) % 3) % 2),
    ][mask] == 0


def is_fixed(x: int, y: int, size: int) -> bool:
    """Eyes with what stands beside them, lines, small eyes, and the number of a large code."""
    last = 16 + 4 * size
    if (x < 9 and y < 9) or (x > last - 8 and y < 9) or (x < 9 and y > last - 8) or 6 in {x, y}:
        return True
    if size > 6 and ((x > last - 11 and y < 6) or (y > last - 11 and x < 6)):
        return True
    centres = [6, *SMALL_EYES.get(size, [])]
    corners = {(6, 6), (6, last - 6), (last - 6, 6)}
    near = {(a, b) for a in centres for b in centres if abs(a - x) < 3 and abs(b - y) < 3}
    return bool(near - corners)


def read(modules: Modules) -> str:
    """The text. Fails where a block is not sound."""
    size = (len(modules) - 17) // 4
    places = [*((x, 8) for x in range(6)), (7, 8), (8, 8), (8, 7), *((8, y) for y in range(5, -1, -1))]
    told = reduce(lambda bits, at: bits << 1 | modules[at[1]][at[0]], places, 0) ^ 0b101010000010010
    assert checked(told), "level and mask are spoilt"
    level, mask = LEVELS[told >> 13], told >> 10 & 7
    bits = []
    for turn, right in enumerate(x - (x <= 6) for x in range(len(modules) - 1, 0, -2)):
        rows = range(len(modules)) if turn % 2 else range(len(modules) - 1, -1, -1)
        for x, y in ((x, y) for y in rows for x in (right, right - 1)):
            if not is_fixed(x, y, size):
                bits.append(modules[y][x] ^ masked(mask, x, y))
    words = [reduce(lambda word, bit: word << 1 | bit, bits[at : at + 8], 0) for at in range(0, len(bits) - 7, 8)]
    stream = "".join(f"{word:08b}" for block in blocks(words, size, level) for word in block)
    assert stream[:4] == "0100", "bytes"
    begin = 4 + (16 if size > 9 else 8)
    count = int(stream[4:begin], 2)
    return bytes(int(stream[begin + 8 * at : begin + 8 * at + 8], 2) for at in range(count)).decode()


def checked(told: int) -> bool:
    """Do the ten digits behind level and mask fit them? Divided by x¹⁰+x⁸+x⁵+x⁴+x²+x+1 nothing is left."""
    for place in range(14, 9, -1):
        told ^= (told >> place & 1) * (0b10100110111 << place - 10)
    return told == 0


def blocks(words: list[int], size: int, level: str) -> list[list[int]]:
    lengths, spare = BLOCKS[size, level]
    left = iter(words)
    made: list[list[int]] = [[] for _ in lengths]
    for at in range(max(lengths)):
        for block, length in zip(made, lengths, strict=True):
            if at < length:
                block.append(next(left))
    behind: list[list[int]] = [[] for _ in lengths]
    for _ in range(spare):
        for block in behind:
            block.append(next(left))
    for block, more in zip(made, behind, strict=True):
        for root in POWERS[:spare]:
            assert reduce(lambda total, word: times(total, root) ^ word, [*block, *more], 0) == 0
    return made


def modules_of(picture: Image.Image) -> Modules:
    """The code in the middle of a picture: its dark parts are darker than half way to its light ones."""
    grey = picture.convert("L")
    side = round(min(grey.size) * 0.7)
    left, top = (grey.width - side) // 2, round(min(grey.size) * 0.144)
    grey = grey.crop((left + 3, top + 3, left + side - 3, top + side - 3))
    levels = grey.tobytes()
    half = (min(levels) + max(levels)) / 2
    black = grey.point([255 if value < half else 0 for value in range(256)])
    black = black.crop(black.getbbox())
    for wide in range(21, 61, 4):
        step = black.width / wide
        at = [int((place + 0.5) * step) for place in range(wide)]
        rows = [[black.getpixel((x, y)) == 255 for x in at] for y in at]
        if [row[6] for row in rows][7:-7] == [place % 2 == 1 for place in range(wide - 14)]:
            return rows
    raise AssertionError("no code in this picture")
