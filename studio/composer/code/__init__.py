"""A call as code, in the languages of the gateway's own documentation. No Django; the key is never in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.composer.code import sockets
from studio.composer.code.apple import objective_c, swift
from studio.composer.code.c import c
from studio.composer.code.compiled import go, ocaml
from studio.composer.code.java import csharp, java
from studio.composer.code.javascript import dart, javascript
from studio.composer.code.request import KEY, Part, Request, Talk
from studio.composer.code.scripts import php, python, r, ruby
from studio.composer.code.shell import http, shell

__all__ = ["KEY", "LANGUAGES", "TALKS", "Language", "Part", "Request", "Talk", "language"]


class Language(NamedTuple):
    """`with_what` is the library that the sample uses, where the language's own name does not say it."""

    name: str
    title: str
    write: Callable[[Request], str]
    with_what: str = ""


LANGUAGES = (
    Language("shell", "Shell", shell, "curl"),
    Language("javascript", "JavaScript", javascript, "fetch"),
    Language("java", "Java", java),
    Language("swift", "Swift", swift),
    Language("go", "Go", go),
    Language("php", "PHP", php, "curl"),
    Language("python", "Python", python, "requests"),
    Language("http", "HTTP", http),
    Language("c", "C", c, "libcurl"),
    Language("csharp", "C#", csharp),
    Language("objective-c", "Objective-C", objective_c),
    Language("ruby", "Ruby", ruby),
    Language("ocaml", "OCaml", ocaml, "cohttp"),
    Language("dart", "Dart", dart, "http"),
    Language("r", "R", r, "httr"),
)


TALKS = (
    Language("shell", "Shell", sockets.websocat, "websocat"),
    Language("python", "Python", sockets.python, "websockets"),
)


def language(name: str, among: Sequence[Language] = LANGUAGES) -> Language:
    """The language of this name; the first for any other name. A conversation over a web socket is told in `TALKS`."""
    return next((each for each in among if each.name == name), among[0])
