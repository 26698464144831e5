"""QR codes that can be scanned (ISO/IEC 18004): bytes, sizes 1 to 10, as many spare words as the size has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, zip_longest

LARGEST = 10
# For each size from 1 on: spare words of a block, and the number of blocks. H mends 30 percent, L 7.
LEVELS: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {
    "H": (2, ((17, 1), (28, 1), (22, 2), (16, 4), (22, 4), (28, 4), (26, 5), (26, 6), (24, 8), (28, 8))),
    "L": (1, ((7, 1), (10, 1), (15, 1), (20, 1), (26, 1), (18, 2), (20, 2), (24, 2), (30, 2), (18, 4))),
}
PADDING = (0xEC, 0x11)
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda x, y: y % 2 == 0,
    lambda x, y: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (x // 3 + y // 2) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)


class TooLong(ValueError):
    """The text has more bytes than the largest code here holds."""


@dataclass
class Code:
    """`dark` holds the modules row by row; `fixed` those that carry no data: eyes, lines, level and mask."""

    size: int
    level: str
    dark: list[list[bool]] = field(default_factory=list)
    fixed: list[list[bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dark, self.fixed = ([[False] * self.width for _ in range(self.width)] for _ in range(2))

    @property
    def width(self) -> int:
        return 17 + 4 * self.size

    def put(self, x: int, y: int, dark: bool) -> None:
        if 0 <= x < self.width and 0 <= y < self.width:
            self.dark[y][x], self.fixed[y][x] = dark, True


def encode(text: str) -> Code:
    """The smallest code of the text, with many spare words if it can be. Raises TooLong."""
    content = text.encode()
    for level, size in ((level, size) for level in LEVELS for size in range(1, LARGEST + 1)):
        if len(content) + 2 + (size > 9) <= _room(size, level):
            code = Code(size, level)
            _fixed(code)
            _data(code, _interleaved(size, level, _words(content, size, _room(size, level))))
            _mask(code)
            return code
    raise TooLong(f"more than {_room(LARGEST, 'L') - 3} bytes")


def _total(size: int) -> int:
    """Words of a code, spare ones too."""
    modules = (16 * size + 128) * size + 64
    if size > 1:
        places = size // 7 + 2
        modules -= (25 * places - 10) * places - 55
    return (modules - 36 * (size > 6)) // 8


def _room(size: int, level: str) -> int:
    spare, blocks = LEVELS[level][1][size - 1]
    return _total(size) - spare * blocks


def _words(content: bytes, size: int, room: int) -> list[int]:
    """The data: bytes, their number before them, and what fills the rest."""
    bits = f"0100{len(content):0{16 if size > 9 else 8}b}" + "".join(f"{byte:08b}" for byte in content)
    bits += "0" * min(4, room * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    return words + [PADDING[at % 2] for at in range(room - len(words))]


def _interleaved(size: int, level: str, words: list[int]) -> list[int]:
    """In blocks, each with its spare words; then the first of each block, the second of each, and so on."""
    spare, count = LEVELS[level][1][size - 1]
    short, longer = divmod(len(words), count)
    blocks, at = [], 0
    for number in range(count):
        length = short + (number >= count - longer)
        blocks.append(words[at : at + length])
        at += length
    divisor = _divisor(spare)
    mixed = chain(_across(blocks), _across([_remainder(block, divisor) for block in blocks]))
    return list(mixed)


def _across(blocks: list[list[int]]) -> Iterator[int]:
    return (word for column in zip_longest(*blocks) for word in column if word is not None)


def _times(one: int, other: int) -> int:
    """The product in the field of 256 elements."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (product >> 7) * 0x11D ^ (other >> bit & 1) * one
    return product


def _divisor(degree: int) -> list[int]:
    made, root = [0] * (degree - 1) + [1], 1
    for _ in range(degree):
        made = [_times(each, root) ^ following for each, following in zip(made, [*made[1:], 0], strict=True)]
        root = _times(root, 2)
    return made


def _remainder(block: list[int], divisor: list[int]) -> list[int]:
    rest = [0] * len(divisor)
    for word in block:
        factor = word ^ rest[0]
        rest = [each ^ _times(by, factor) for each, by in zip([*rest[1:], 0], divisor, strict=True)]
    return rest


def _fixed(code: Code) -> None:
    last = code.width - 1
    for at in range(code.width):
        code.put(6, at, at % 2 == 0)
        code.put(at, 6, at % 2 == 0)
    places = _places(code.size)
    for x, y in ((x, y) for x in places for y in places):
        if (x, y) not in {(6, 6), (6, last - 6), (last - 6, 6)}:
            _rings(code, x, y, 2, light={1})
    for x, y in ((3, 3), (last - 3, 3), (3, last - 3)):
        _rings(code, x, y, 4, light={2, 4})
    _about(code, 0)
    if code.size > 6:
        bits = code.size << 12 | _checked(code.size, 12, 0x1F25)
        for at in range(18):
            for x, y in ((last - 10 + at % 3, at // 3), (at // 3, last - 10 + at % 3)):
                code.put(x, y, bool(bits >> at & 1))


def _places(size: int) -> list[int]:
    """Where the small eyes stand, from line 6 on."""
    if size == 1:
        return []
    count = size // 7 + 2
    step = (size * 4 + count * 2 + 1) // (2 * count - 2) * 2
    return [6, *sorted(10 + 4 * size - step * each for each in range(count - 1))]


def _rings(code: Code, x: int, y: int, reach: int, light: set[int]) -> None:
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            code.put(x + right, y + down, max(abs(right), abs(down)) not in light)


def _checked(value: int, digits: int, divisor: int) -> int:
    """The check digits of a number, as many as the divisor has after its first."""
    rest = value
    for _ in range(digits):
        rest = rest << 1 ^ (rest >> digits - 1) * divisor
    return rest


def _about(code: Code, mask: int) -> None:
    """Level and mask, twice."""
    told = LEVELS[code.level][0] << 3 | mask
    bits = (told << 10 | _checked(told, 10, 0x537)) ^ 0x5412
    last = code.width - 1
    first = [*((8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)), *((x, 8) for x in (7, 5, 4, 3, 2, 1, 0))]
    second = [*((last - at, 8) for at in range(8)), *((8, last - 6 + at) for at in range(7))]
    for places in (first, second):
        for at, (x, y) in enumerate(places):
            code.put(x, y, bool(bits >> at & 1))
    code.put(8, last - 7, True)


def _data(code: Code, words: list[int]) -> None:
    """The bits, two columns at a time from the right, up and down in turn."""
    bits = (bool(word >> at & 1) for word in words for at in range(7, -1, -1))
    rights = [right - (right <= 6) for right in range(code.width - 1, 0, -2)]
    for turn, right in enumerate(rights):
        rows = range(code.width)
        for y in rows if turn % 2 else reversed(rows):
            for x in (right, right - 1):
                if not code.fixed[y][x]:
                    code.dark[y][x] = next(bits, False)


def _mask(code: Code) -> None:
    """Of the eight masks the one that leaves the fewest long runs and plain squares."""
    best = min(range(len(MASKS)), key=lambda mask: _burden(_masked(code, mask)))
    code.dark = _masked(code, best)
    _about(code, best)


def _masked(code: Code, mask: int) -> list[list[bool]]:
    turned = MASKS[mask]
    rows = range(code.width)
    return [[code.dark[y][x] ^ (not code.fixed[y][x] and turned(x, y)) for x in rows] for y in rows]


def _burden(dark: list[list[bool]]) -> int:
    lines = [*dark, *map(list, zip(*dark, strict=True))]
    runs = (len(list(run)) for line in lines for _, run in groupby(line))
    rows = range(len(dark) - 1)
    squares = sum(dark[y][x] == dark[y][x + 1] == dark[y + 1][x] == dark[y + 1][x + 1] for y in rows for x in rows)
    return sum(length - 2 for length in runs if length > 4) + 3 * squares
