"""Every literal in a sample, read as its language reads it, is the text again. The readers here are written from the
languages' own descriptions and know nothing of the writers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import pytest

from studio import catalog
from studio.composer.code import LANGUAGES, Language, Part, Request, language
from tests.composer.code.nasty import FILE, NASTY, form_call, json_call

SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
URL = "https://gateway.example.com"


def scan(source: str, mark: str, escape: re.Pattern[str], meant: Callable[[re.Match[str]], bytes]) -> list[bytes]:
    """The literals between these marks, in order; an escape that the language does not have is a fault."""
    found: list[bytes] = []
    at = source.find(mark)
    while at >= 0:
        made, at = b"", at + 1
        while source[at] != mark:
            assert source[at] not in "\r\n", "no literal of one line has a line end in it"
            if source[at] == "\\":
                match = escape.match(source, at)
                assert match, source[at : at + 10]
                made, at = made + meant(match), match.end()
            else:
                made, at = made + source[at].encode(), at + 1
        found.append(made)
        at = source.find(mark, at + 1)
    return found


def by_letter(extra: str = "") -> Callable[[re.Match[str]], bytes]:
    def meant(match: re.Match[str]) -> bytes:
        code = next((group for group in match.groups() if group), None)
        if code:
            return chr(int(code, 16)).encode()
        letter = match[0][1]
        return (SIMPLE[letter] if letter not in extra else letter).encode()

    return meant


def octal(match: re.Match[str]) -> bytes:
    return bytes([int(match[1], 8)]) if match[1] else ("?" if match[0] == "\\?" else SIMPLE[match[0][1]]).encode()


def decimal(match: re.Match[str]) -> bytes:
    return bytes([int(match[1])]) if match[1] else SIMPLE[match[0][1]].encode()


def java(source: str) -> list[bytes]:
    """Java reads `\\u` before all else, unless an odd number of backslashes stands before it."""
    halves = re.sub(r"(?<!\\)((?:\\\\)*)\\u([0-9a-f]{4})", lambda m: m[1] + chr(int(m[2], 16)), source)
    halves = re.sub(r"(?<!\\)((?:\\\\)*)\\u([0-9a-f]{4})", lambda m: m[1] + chr(int(m[2], 16)), halves)
    whole = halves.encode("utf-16-be", "surrogatepass").decode("utf-16-be")

    def meant(match: re.Match[str]) -> bytes:
        return chr(int(match[1], 8)).encode() if match[1] else SIMPLE[match[0][1]].encode()

    return scan(whole, '"', re.compile(r"\\(?:([0-3][0-7]{2})|[nrt\"'\\])"), meant)


BRACED = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|[nrt\"'\\$#])")
LONG = re.compile(r"\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|[nrt\"'\\])")
OCTAL = re.compile(r"\\(?:([0-3][0-7]{2})|[nrt\"\\?])")
READERS: dict[str, Callable[[str], list[bytes]]] = {
    "java": java,
    "swift": lambda source: scan(source, '"', BRACED, by_letter()),
    "go": lambda source: scan(source, '"', LONG, by_letter()),
    "csharp": lambda source: scan(source, '"', LONG, by_letter()),
    "c": lambda source: scan(source, '"', OCTAL, octal),
    "objective-c": lambda source: scan(source, '"', OCTAL, octal),
    "ocaml": lambda source: scan(source, '"', re.compile(r"\\(?:([0-9]{3})|[nrt\"'\\])"), decimal),
    "dart": lambda source: scan(source, "'", BRACED, by_letter("$")),
    "r": lambda source: scan(source, "'", LONG, by_letter()),
    "python": lambda source: [n.value.encode() for n in ast.walk(ast.parse(source)) if is_text(n)],  # type: ignore[attr-defined]
}


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("name", READERS)
def test_a_literal_is_the_text_again(name: str) -> None:
    call = json_call(URL)
    assert (call.body or "").encode() in READERS[name](language(name).write(call))
    form = form_call(URL)
    told = b"\n".join(READERS[name](language(name).write(form)))
    for text in [*NASTY, FILE]:
        assert text.encode() in told


@pytest.mark.parametrize(
    ("name", "opens", "odd"), [("swift", "(", 0), ("dart", "$", 1), ("ruby", "#", 1), ("php", "$", 1)]
)
def test_no_text_is_taken_for_code(name: str, opens: str, odd: int) -> None:
    """What these languages put values into never opens: the number of backslashes before it decides."""
    made = language(name).write(Request("POST", URL, parts=(Part("p", "\x7f \\(x) ${x} $x #{x} {$x}"),)))
    line = next(line for line in made.splitlines() if "(x)" in line)
    before = [
        len(found[1]) for found in re.finditer(rf"(\\*){re.escape(opens)}", line[line.index("7f}") :]) if found[1]
    ]
    assert before
    assert all(count % 2 == odd for count in before)
    assert not odd or f" {opens}" not in line


@pytest.mark.parametrize("each", LANGUAGES, ids=lambda each: each.name)
def test_the_key_is_told_by_its_name_only(each: Language) -> None:
    for call in (json_call(URL), form_call(URL)):
        assert each.write(call).count("GATEWAY_KEY") == 1


@pytest.mark.parametrize("name", ["c", "objective-c"])
def test_no_trigraph_stands_in_c(name: str) -> None:
    """`??/` is a backslash to a compiler that keeps to the old standard."""
    assert "??" not in language(name).write(form_call(URL))


def test_the_boundary_of_a_form_is_in_none_of_its_parts() -> None:
    first = Request("POST", URL, parts=(Part("a", "x"),)).boundary
    second = Request("POST", URL, parts=(Part("a", f"--{first}"),)).boundary
    assert second not in f"--{first}"


def test_a_text_too_long_for_one_literal_is_written_in_pieces() -> None:
    body = catalog.dumps({"prompt": "雨" * 40_000})
    made = language("java").write(Request("POST", URL, body=body))
    assert b"".join(java(made[made.index("String.join") + 15 :]))[1:].startswith(body.encode()[1:])
    assert max(map(len, java(made))) < 65_535
