"""JSON as it was written: numbers keep their literal, keys their order, Chinese stays itself."""

from __future__ import annotations

import json
import math
import re
from json.encoder import encode_basestring
from typing import Any, NoReturn

from .text import Text

DEEPEST = 200
MOST_DIGITS = 1000
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SPACE = re.compile(r"[ \t\n\r]*")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None}
_LETTERS = re.compile(r"[A-Za-z]+")
_LONE = re.compile("[\ud800-\udfff]")
_DECODER = json.JSONDecoder()

_EMPTY = Text("There is nothing here. An object such as {} is needed.", "这里是空的，需要一个对象，例如 {}。")
_VALUE = Text("A value is expected here.", "这里需要一个值。")
_AFTER = Text("There is text after the end of the value.", "值已结束，后面还有多余的文字。")
_KEY = Text("A key in double quotes is expected here.", "这里需要一个带双引号的键。")
_COLON = Text("A colon is expected after the key.", "键的后面需要冒号。")
_COMMA = Text("A comma or {close} is expected here.", "这里需要逗号或 {close}。")
_TWICE = Text("The key “{key}” stands here a second time.", "键“{key}”在这里重复出现。")
_STRING = Text(
    "This text is not closed or holds a raw control character.", "这段文本没有结束，或含有未转义的控制字符。"
)
_SURROGATE = Text("This text holds half a character (a lone surrogate).", "这段文本含有半个字符（孤立代理项）。")
_NUL = Text("This text holds the character NUL.", "这段文本含有 NUL 字符。")
_DEEP = Text("Nested deeper than {deepest} levels.", "嵌套超过 {deepest} 层。").fill(deepest=DEEPEST)
_LONG = Text("A number of more than {most} digits.", "数字超过 {most} 位。").fill(most=MOST_DIGITS)
_NO_NUMBER = Text("{word} is no JSON number.", "{word} 不是 JSON 数字。")


class JSONProblem(ValueError):
    """The text is no JSON that the studio sends. `line` and `column` count from 1."""

    def __init__(self, message: Text, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


class Number(float):
    """A float that remembers how it was written: 1.0, 1e2, -0."""

    literal: str

    def __new__(cls, literal: str) -> Number:
        number = super().__new__(cls, literal)
        number.literal = literal
        return number

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.literal,)


def number(literal: str) -> int | Number:
    """The number of a JSON literal; an int where an int keeps all that was written."""
    if literal == "-0" or not literal.lstrip("-").isdigit():
        return Number(literal)
    return int(literal)


class _Reader:
    def __init__(self, text: str, deepest: int) -> None:
        self.text = text
        self.at = 0
        self.deepest = deepest

    def stop(self, message: Text, at: int | None = None) -> NoReturn:
        at = self.at if at is None else at
        line = self.text.count("\n", 0, at) + 1
        raise JSONProblem(message, line, at - (self.text.rfind("\n", 0, at) + 1) + 1)

    def space(self) -> str:
        """Skip blanks; the character that stands next, "" at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> object:
        start = self.space()
        if depth > self.deepest and start and start in "{[":
            self.stop(_DEEP)
        if start == "{":
            return self.object(depth)
        if start == "[":
            return self.array(depth)
        if start == '"':
            return self.string()
        return self.scalar()

    def scalar(self) -> object:
        if match := _NUMBER.match(self.text, self.at):
            if len(match[0]) > MOST_DIGITS:
                self.stop(_LONG)
            self.at = match.end()
            return number(match[0])
        word = match[0] if (match := _LETTERS.match(self.text, self.at + self.text.startswith("-", self.at))) else ""
        if word in {"NaN", "Infinity"}:
            self.stop(_NO_NUMBER.fill(word=word))
        if word not in _WORDS or self.text.startswith("-", self.at):
            self.stop(_VALUE)
        self.at += len(word)
        return _WORDS[word]

    def string(self) -> str:
        start = self.at
        try:
            text, self.at = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as problem:
            self.stop(_STRING, problem.pos)
        if _LONE.search(text):
            self.stop(_SURROGATE, start)
        if "\0" in text:
            self.stop(_NUL, start)
        return str(text)

    def array(self, depth: int) -> list[object]:
        self.at += 1
        items: list[object] = []
        if self.space() == "]":
            self.at += 1
            return items
        while True:
            items.append(self.value(depth + 1))
            if self.closes("]"):
                return items

    def object(self, depth: int) -> dict[str, object]:
        self.at += 1
        members: dict[str, object] = {}
        if self.space() == "}":
            self.at += 1
            return members
        while True:
            if self.space() != '"':
                self.stop(_KEY)
            start = self.at
            key = self.string()
            if key in members:
                self.stop(_TWICE.fill(key=key), start)
            if self.space() != ":":
                self.stop(_COLON)
            self.at += 1
            members[key] = self.value(depth + 1)
            if self.closes("}"):
                return members

    def closes(self, close: str) -> bool:
        """Step over the comma (False) or the closing bracket (True)."""
        mark = self.space()
        if mark not in {",", close} or not mark:
            self.stop(_COMMA.fill(close=close))
        self.at += 1
        return mark == close


def loads(text: str, deepest: int = DEEPEST) -> Any:
    """The value of a JSON text. Raises JSONProblem with line and column.

    Refuses what a gateway may read otherwise than we do: NaN and Infinity, a key that stands twice, half characters,
    NUL, and lists and objects in more than 200 levels.
    """
    try:
        return _plain(text, deepest)
    except ValueError:  # whatever is wrong or out of the ordinary: the reader says what and where
        return _read(text, deepest)


def _read(text: str, deepest: int) -> object:
    reader = _Reader(text, deepest)
    if not reader.space():
        reader.stop(_EMPTY)
    value = reader.value(1)
    if reader.space():
        reader.stop(_AFTER)
    return value


def _plain(text: str, deepest: int) -> Any:
    """The same of a text in which nothing is out of the ordinary, in a fifth of the time. Raises ValueError."""
    if text.count("{") + text.count("[") > deepest or "\\u" in text or (not text.isascii() and _LONE.search(text)):
        raise ValueError
    return _QUICK.decode(text)


def _literal(literal: str) -> int | Number:
    if len(literal) > MOST_DIGITS:
        raise ValueError
    return number(literal)


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


_QUICK = json.JSONDecoder(object_pairs_hook=_once, parse_int=_literal, parse_float=_literal, parse_constant=_no_number)


def dumps(value: object, indent: int | None = None) -> str:
    """The exact JSON text of a value: compact, or with `indent` spaces a level.

    Raises ValueError for what is no JSON (NaN, a key that is no text, more than 500 levels).
    """
    pieces: list[str] = []
    _write(value, pieces, indent, 0)
    return "".join(pieces)


def _write(value: object, pieces: list[str], indent: int | None, depth: int) -> None:
    if depth > 500:
        raise ValueError("nested deeper than 500 levels")
    if isinstance(value, dict):
        _write_members(value, pieces, indent, depth)
    elif isinstance(value, list | tuple):
        _write_all(value, pieces, "[]", indent, depth)
    else:
        pieces.append(_scalar(value))


def _write_members(members: dict[Any, Any], pieces: list[str], indent: int | None, depth: int) -> None:
    if any(not isinstance(key, str) for key in members):
        raise ValueError("a key of an object must be text")
    _write_all(list(members.items()), pieces, "{}", indent, depth)


def _write_all(items: Any, pieces: list[str], marks: str, indent: int | None, depth: int) -> None:
    pieces.append(marks[0])
    before = "" if indent is None else "\n" + " " * indent * (depth + 1)
    behind = ":" if indent is None else ": "
    for place, item in enumerate(items):
        pieces.append("," + before if place else before)
        if marks == "{}":
            pieces.append(_quoted(item[0]) + behind)
            item = item[1]
        _write(item, pieces, indent, depth + 1)
    if items and indent is not None:
        pieces.append("\n" + " " * indent * depth)
    pieces.append(marks[1])


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if type(value) is int:
        return int.__repr__(value)  # as `json.dumps` does, after much else
    if isinstance(value, Number):
        return value.literal
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no JSON value")
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError(f"{type(value).__name__} is no JSON value")


def _quoted(text: str) -> str:
    quoted = encode_basestring(text)  # as `json.dumps` does, which makes an encoder for each text first
    return quoted if quoted.isascii() else _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", quoted)
