"""Whatever is pasted is read in a time that grows with its length, not with its square: it may have two megabytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from studio.composer.imports.bash import Command, NotClosed, bash
from studio.composer.imports.curl import call_of
from studio.composer.imports.finding import candidates
from studio.composer.imports.pasted import Pasted, Unreadable
from studio.composer.imports.saying import echoed, printed, unescaped
from studio.composer.imports.windows import cmd, powershell
from tests.hurry import in_time

URL = "https://gateway.example.com"
COMMANDS: list[tuple[Callable[[str], Command], str]] = [
    (bash, "curl" + " " * 1_900_000 + f"-d 1 {URL}"),
    (bash, f"curl {URL} " + ">" * 1_500_000),
    (bash, "curl " + "<<A " * 200_000),
    (bash, f"curl {URL} <<A\n" + "x\n" * 300_000),
    (bash, "(" * 100_000 + f"curl {URL}" + ")" * 100_000),
    (bash, "curl " + "a" * 500_000 + "<" + ">" * 500_000),
    (bash, "cat <<A | " * 100_000),
    (bash, "cat <<A | " * 50_000 + "\n" + "x\nA\n" * 50_000),
    (cmd, "xcurl\n" + "\n" * 60_000),
    (cmd, "xcurl " + '\\""' + "a\n" * 60_000),
    (cmd, f"curl {URL} -d " + "a" * 400_000),
    (cmd, f'curl ^"{URL}" -d ' + "\\" * 120_000 + '"'),
    (powershell, f"curl.exe {URL} -d '" + "a" * 500_000 + "'"),
    (powershell, "xcurl " + "@'\n" * 100_000),
]


@pytest.mark.parametrize(("read", "text"), COMMANDS, ids=[f"{read.__name__} {text[:12]!r}" for read, text in COMMANDS])
def test_a_command_is_read_in_time(read: Callable[[str], Command], text: str) -> None:
    with suppress(NotClosed):
        in_time(lambda: read(text))


def test_what_a_command_writes_is_read_in_time() -> None:
    assert in_time(lambda: unescaped("\\n" * 500_000)) == "\n" * 500_000
    assert in_time(lambda: echoed(["-n"] * 300_000)) == ""
    assert in_time(lambda: printed(["%s" + "x" * 20_000, *["a"] * 300_000])) is None  # six gigabytes


def test_the_parts_of_a_call_are_put_together_in_time() -> None:
    parts = ["-F", "a=1"] * 250_000
    assert in_time(lambda: call_of(Command(["curl", URL, *parts]))).body == {"a": ["1"] * 250_000}
    given = Command(["curl", URL, *["-d", "@-"] * 2000], below="a=b&" + "c=" + "x" * 500_000)
    assert in_time(lambda: call_of(given)).body == {"a": "b", "c": "x" * 500_000}


def test_an_address_with_many_steps_is_looked_up_in_time() -> None:
    deep = Pasted("POST", f"{URL}{'/a' * 200_000}/runway/v1/pro/generate")
    assert in_time(lambda: candidates(deep, []))[0].operation.slug == "runway.generate-text"


def test_an_input_is_read_once() -> None:
    made = call_of(bash(f"curl {URL} -d @- -d @- -d b=2 <<< a=1"))
    assert made.body == {"a": "1\n", "b": "2"}
    with pytest.raises(Unreadable):
        call_of(bash("curl"))
