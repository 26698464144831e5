"""One value of one field, as another field writes the same thing: "16:9" as "1280:768", 5 as "5s". Never invents."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import check, conditions, messages
from .schema import Field
from .text import NOTHING, Text

Size = tuple[float, float]  # width and height, in pixels or as a ratio

CUT = Text("Cut to the {most} characters that fit; it has {length}.", "已截为 {most} 个字符，原有 {length} 个。")
NEAREST = Text("{before} is not offered; {after} is nearest.", "没有 {before}，最接近的是 {after}。")
WRITTEN = Text("The same, as it is written here.", "含义相同，写法按此处的要求。")
BOUND = Text("{before} is outside of what is allowed; {after} is the limit.", "{before} 超出范围，已取 {after}。")
NOT_ALLOWED = Text("{value} is not offered here.", "此处不支持 {value}。")
UNREADABLE = Text("{value} cannot be read as {what}.", "无法把 {value} 读作{what}。")
A_SIZE, A_TIME, A_NUMBER = Text("a size", "尺寸"), Text("a length of time", "时长"), Text("a number", "数字")

_PAIR = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*[:xX×*_/-]\s*(\d+(?:\.\d+)?)(?![\d.])")
_SHAPES = {"square": (1, 1), "landscape": (16, 9), "horizontal": (16, 9), "portrait": (9, 16), "vertical": (9, 16)}
_TIME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*+(s|sec|seconds?|秒|ms|毫秒|min|minutes?|分钟)?\s*+", re.IGNORECASE)
_MOST = 10**15  # of a number that is read as seconds
_SECONDS = {"": 1.0, "s": 1.0, "秒": 1.0, "ms": 0.001, "毫秒": 0.001, "m": 60.0, "分钟": 60.0}


@dataclass(frozen=True, slots=True)
class Fit:
    """A value that the other field takes, and what was done to it; no note where it is the same value."""

    value: Any
    note: Text = NOTHING


def allowed(field: Field, choices: Sequence[Any], value: Any) -> Text | None:
    """Why the field would not take the value, None if it does; `choices` are those beside the other values."""
    for _, message, level in check.of_value(field, value):
        if level == "error":
            return message
    scalar = isinstance(value, str | int | float)
    if choices and scalar and not field.open and not listed(choices, value):
        return NOT_ALLOWED.fill(value=messages.short(value))
    return None


def listed(choices: Sequence[Any], value: Any) -> bool:
    return any(same(value, each) for each in choices)


def same(value: object, other: object) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def text(field: Field, choices: Sequence[Any], value: Any, labels: Sequence[str] = ()) -> Fit | Text:
    """Words: one of the choices that means the same, else the text itself, cut where it is too long."""
    if choices and not (field.open and listed(choices, value)):
        return _by_meaning(field, choices, value, labels)
    words = value if isinstance(value, str) else conditions.word(value)
    note = NOTHING if same(words, value) else WRITTEN
    if field.max_length is not None and len(words) > field.max_length:
        note = CUT.fill(most=field.max_length, length=len(words))
        words = words[: field.max_length]
    return allowed(field, choices, words) or Fit(words, note)


def _by_meaning(field: Field, choices: Sequence[Any], value: Any, labels: Sequence[str]) -> Fit | Text:
    if listed(choices, value):
        return allowed(field, choices, value) or Fit(value)
    wanted = {_plain(conditions.word(value)), *map(_plain, labels)} - {""}
    for choice in choices:
        label = field.choice_labels.get(conditions.word(choice), NOTHING)
        if wanted & {_plain(conditions.word(choice)), _plain(label.en), _plain(label.zh)}:
            return Fit(choice, WRITTEN)
    return NOT_ALLOWED.fill(value=messages.short(value))


def _plain(words: str) -> str:
    return re.sub(r"[\W_]+", "", words).casefold()


def number(field: Field, choices: Sequence[Any], value: Any, *, bounded: bool) -> Fit | Text:
    """A number; `bounded`: the nearest that is allowed stands for one that is not (as of a count, never of a seed)."""
    read = as_number(value)
    if read is None:
        return UNREADABLE.fill(value=messages.short(value), what=A_NUMBER)
    if choices and bounded:
        return _nearest(choices, [as_number(each) for each in choices], read, value)
    low = -math.inf if field.minimum is None else field.minimum
    high = math.inf if field.maximum is None else field.maximum
    within = min(max(read, low), high) if bounded else read
    written = typed(field, within)
    if reason := allowed(field, choices, written):
        return reason
    if within != read:
        return Fit(written, BOUND.fill(before=messages.short(value), after=messages.short(written)))
    if read != as_number(written):
        return Fit(written, NEAREST.fill(before=messages.short(value), after=messages.short(written)))
    return Fit(written, NOTHING if same(written, value) else WRITTEN)


def as_number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if isinstance(value, int) or math.isfinite(value) else None
    if isinstance(value, str) and len(value) <= 40 and re.fullmatch(r"\s*-?[0-9]+(\.[0-9]+)?\s*", value):
        return float(value) if "." in value else int(value)
    return None


def typed(field: Field, value: float) -> Any:
    """A number in the field's own type: 5, 5.0 or "5"."""
    whole = int(value) if float(value).is_integer() else value
    if field.type == "integer":
        return round(value)
    return whole if field.type in {"number", "json"} else conditions.word(whole)


def duration(field: Field, choices: Sequence[Any], value: Any, source: Field) -> Fit | Text:
    """A length of time, in seconds between the two: the nearest that is allowed, of two as near the shorter."""
    wanted = seconds(value, source)
    if wanted is None:
        return UNREADABLE.fill(value=messages.short(value), what=A_TIME)
    if choices and not listed(choices, value):
        return _nearest(choices, [seconds(each, field) for each in choices], wanted, value)
    if choices:
        return allowed(field, choices, value) or Fit(value)
    scale = _SECONDS.get(_unit(field.unit.en)) or 1.0
    plain = number(field, (), wanted / scale, bounded=True)
    if isinstance(plain, Text):
        return plain
    return Fit(plain.value, NOTHING if same(plain.value, value) else plain.note or WRITTEN)


def seconds(value: Any, field: Field) -> float | None:
    """5, "5", "5s" or 5000 (where the field counts milliseconds) as seconds."""
    if isinstance(value, str):
        found = _TIME.fullmatch(value)
        if found is None or len(value) > 40:
            return None
        unit = _SECONDS.get(_unit(found[2] or field.unit.en))
        return None if unit is None else float(found[1]) * unit
    read = as_number(value)
    unit = _SECONDS.get(_unit(field.unit.en))
    return None if read is None or unit is None or abs(read) > _MOST else read * unit


def _unit(word: str) -> str:
    word = word.strip().lower()
    return "m" if word.startswith("min") else "s" if word.startswith("sec") else word


def _nearest(choices: Sequence[Any], read: Sequence[float | None], wanted: float, value: Any) -> Fit | Text:
    known = [(abs(each - wanted), each, choice) for each, choice in zip(read, choices, strict=True) if each is not None]
    if not known:
        return NOT_ALLOWED.fill(value=messages.short(value))
    far, _, choice = min(known, key=lambda each: each[:2])
    if far == 0:
        return Fit(choice, NOTHING if same(choice, value) else WRITTEN)
    return Fit(choice, NEAREST.fill(before=messages.short(value), after=choice))


def size(value: Any) -> Size | None:
    """The shape that a value tells: "16:9", "1280x768", "ASPECT_16_9", "portrait", 1.778."""
    if isinstance(value, str) and len(value) <= 80:
        if pair := _PAIR.search(value):
            return _shape(float(pair[1]), float(pair[2]))
        word = value.strip().casefold()
        return next((shape for name, shape in _SHAPES.items() if name in word), None)
    read = as_number(value)
    return None if read is None else _shape(float(read), 1.0)


def shape(field: Field, value: Any) -> Size | None:
    """The same of a value of this field: one that stands for a shape (3) is told by the label of its choice (9:16)."""
    if isinstance(value, str) and _PAIR.search(value):
        return size(value)
    label = field.choice_labels.get(conditions.word(value), NOTHING).en
    return size(label) if _PAIR.search(label) else size(value)


def _shape(width: float, height: float) -> Size | None:
    return (width, height) if 0.01 < width < 1e5 and 0.01 < height < 1e5 and 1e-3 < width / height < 1e3 else None


def ratio(field: Field, choices: Sequence[Any], wanted: Size, value: Any) -> Fit | Text:
    """A shape as this field writes it: of the choices the nearest by the logarithm, then what lies like it."""
    if choices and listed(choices, value) and distance(shape(field, value) or wanted, wanted) < 1e-6:
        return allowed(field, choices, value) or Fit(value)
    if not choices:
        written = value if isinstance(value, str) and re.fullmatch(r"\d+:\d+", value) else in_words(wanted)
        return allowed(field, choices, written) or Fit(written, NOTHING if same(written, value) else WRITTEN)
    known = [(distance(own, wanted), own, each) for each in choices if (own := shape(field, each))]
    if not known:
        return NOT_ALLOWED.fill(value=messages.short(value))
    far, _, choice = min(
        known, key=lambda each: (round(each[0], 6), _turned(each[1], wanted), _larger(each[1], wanted))
    )
    if far < 1e-6:
        return Fit(choice, WRITTEN)
    label = field.choice_labels.get(conditions.word(choice))
    return Fit(choice, NEAREST.fill(before=messages.short(value), after=label or choice))


def _turned(one: Size, other: Size) -> bool:
    """Does one lie and the other stand?"""
    return (one[0] - one[1]) * (other[0] - other[1]) <= 0


def _larger(one: Size, wanted: Size) -> float:
    """By how many pixels it is off; a plain ratio is off by none."""
    return abs(_area(one) - _area(wanted)) if min(wanted) >= 64 else 0


def distance(one: Size, other: Size) -> float:
    return abs(math.log(one[0] / one[1]) - math.log(other[0] / other[1]))


def _area(shape: Size) -> float:
    return shape[0] * shape[1]


def in_words(shape: Size) -> str:
    """As a ratio: 16:9."""
    width, height = (round(side * 100) for side in shape)
    shared = math.gcd(width, height) or 1
    return f"{width // shared}:{height // shared}"


def nearest_pair(pairs: Sequence[tuple[Any, Any]], wanted: Size, start: Size | None) -> tuple[Any, Any]:
    """Of two sides that go together those of the nearest shape, then with the nearest number of pixels."""
    area = _area(wanted) if min(wanted) >= 64 else _area(start or (1024, 1024))

    def rank(pair: tuple[Any, Any]) -> tuple[float, float]:
        sides = float(pair[0]), float(pair[1])
        return round(distance(sides, wanted), 6), abs(_area(sides) - area)

    return min(pairs, key=rank)


def pixels(width: Field, height: Field, wanted: Size, start: Size | None) -> tuple[Any, Any] | None:
    """Two sides in pixels of this shape: those themselves, else as many pixels as a fresh form has; None if unknown."""
    sides = wanted if min(wanted) >= 64 else None
    area = _area(wanted) if sides else _area(start) if start else 0
    if not area:
        return None
    exact = sides or (math.sqrt(area * wanted[0] / wanted[1]), math.sqrt(area * wanted[1] / wanted[0]))
    made = [_side(field, side) for field, side in zip((width, height), exact, strict=True)]
    return (made[0], made[1]) if made[0] is not None and made[1] is not None else None


def _side(field: Field, wanted: float) -> Any:
    grid = field.multiple_of or int(field.step or 0) or 8
    low = math.ceil((field.minimum or 1) / grid) * grid
    high = math.floor((field.maximum or 1e5) / grid) * grid
    side = min(max(round(wanted / grid) * grid, low), high)
    if not field.multiple_of and float(wanted).is_integer() and low <= wanted <= high:
        side = int(wanted)
    return None if allowed(field, (), typed(field, side)) else typed(field, side)
