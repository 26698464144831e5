"""A curl command: its words become one call."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote

from studio import catalog
from studio.catalog import frames
from studio.composer.imports.bash import TALKS, Command, NotClosed, bash, is_program
from studio.composer.imports.parts import Part, option_text, recorded
from studio.composer.imports.pasted import Pasted, Unreadable
from studio.composer.imports.windows import cmd, powershell

SHORT = {
    **{"X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "A": "user-agent", "e": "referer"},
    **{"b": "cookie", "o": "output", "x": "proxy", "m": "max-time", "w": "write-out", "c": "cookie-jar", "E": "cert"},
    **{"T": "upload-file", "K": "config", "r": "range", "U": "proxy-user"},
}
FLAGS = {"G": "get", "I": "head"}
OURS = {"output", "proxy", "max-time", "connect-timeout", "retry", "write-out", "cookie-jar", "user-agent", "referer"}
OURS |= {"retry-delay", "retry-max-time", "resolve", "cacert", "range", "limit-rate", "interface"}
SECRET = {"user", "cookie", "oauth2-bearer", "cert", "key", "proxy-user", "pass"}
DATA = {"data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json"}
TAKE = {"request", "header", "url", "form", "form-string", "upload-file", "config"} | OURS | SECRET | DATA
_PROGRAM = re.compile(r"(?:^|[\s;|&\\/]|(?<!\$)\()(?:curl(?:\.exe)?|websocat)[\s^`\\]", re.IGNORECASE)
_FILE = re.compile(r'[@<]("(?:[^"\\]|\\.)*"|[^;,]*)')


def is_command(text: str) -> bool:
    return bool(_PROGRAM.search(text[:5000] + " "))


def read_curl(text: str) -> Pasted:
    """The call of the first reading in which its data is an object; else what the likeliest one found or could not
    read. Another shell's reading, in which the data is lost, says nothing. Raises `Unreadable`."""
    likeliest: Pasted | Unreadable | None = None
    for read in readings(text):
        made: Pasted | Unreadable
        try:
            made = call_of(read(text))
        except NotClosed:
            made = Unreadable("not-closed")
        except Unreadable as problem:
            made = problem
        if isinstance(made, Pasted) and (made.body or made.files or not (made.unread or likeliest)):
            return made
        likeliest = likeliest or made
    if isinstance(likeliest, Pasted):
        return likeliest
    raise likeliest or Unreadable("no-address")


def readings(text: str) -> list[Callable[[str], Command]]:
    """The likeliest first: carets at the end of a line are cmd's, backticks PowerShell's."""
    if re.search(r'\^[ \t]*\r?\n|\^"', text):
        return [cmd, bash, powershell]
    if re.search(r"`[ \t]*\r?\n|curl\.exe|@['\"]\r?\n", text):
        return [powershell, cmd, bash]
    return [bash, cmd, powershell]


def call_of(command: Command) -> Pasted:
    """Raises `Unreadable`."""
    start = next((at for at, word in enumerate(command.words) if is_program(word)), None)
    if start is None:
        raise Unreadable("no-address")
    made, data, below = Pasted(), "", command.below.strip()
    given = options(command.words[start + 1 :])
    query = "get" in dict(given)
    posts = not query and any(name in DATA for name, _ in given)  # also where the data itself cannot be read
    for name, value in given:
        if name in DATA:
            text, took = data_of(name, value, command, made)
            below = "" if took and text == below else below
            data += ("&" if data and text and name != "json" else "") + (text or "")
        else:
            take(made, name, value)
    if below:
        made.unread.append(("", below))
    if not made.url:
        raise Unreadable("no-address")
    if query and data:
        made.url += ("&" if "?" in made.url else "?") + data
        data = ""
    made.method = made.method or ("POST" if posts or made.body or made.files else "GET")
    if command.words[start].endswith(TALKS):
        take_frames(made, command.given)
    if data:
        take_data(made, data, next((text for name, text in made.headers if name.lower() == "content-type"), ""))
    return made


def options(words: list[str]) -> list[tuple[str, str]]:
    """Name and value of each option, in order; an address is the option `url`."""
    made, at = list[tuple[str, str]](), 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.startswith("--") and len(word) > 2:
            name = word[2:]
            takes = name in TAKE
            made.append((name, words[at] if takes and at < len(words) else ""))
            at += 1 if takes else 0
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 1):
                if letter in SHORT:
                    rest = word[place + 1 :]
                    made.append((SHORT[letter], rest or (words[at] if at < len(words) else "")))
                    at += 0 if rest else 1
                    break
                made.append((FLAGS.get(letter, ""), ""))
        else:
            made.append(("url", word))
    return made


def take(made: Pasted, name: str, value: str) -> None:
    if name == "request":
        made.method = value.upper()
    elif name == "head":
        made.method = "HEAD"
    elif name == "url":
        # The value of an option that nobody knows looks like an address too; one with a scheme is one.
        taken, other = (value, made.url) if "://" in value and "://" not in made.url else (made.url or value, value)
        made.unread += [("", other)] if made.url else []
        made.url = taken
    elif name == "header":
        key, _, text = value.partition(":")
        made.headers.append((key.strip(), text.strip()))
    elif name in SECRET:
        made.secrets.append(f"--{name}")
    elif name in {"form", "form-string"}:
        take_part(made, value, plain=name == "form-string")
    elif name in {"upload-file", "config"}:
        made.unread.append((f"--{name}", value))


def take_part(made: Pasted, value: str, *, plain: bool) -> None:
    made.is_form = True
    name, _, text = value.partition("=")
    if not plain and (file := _FILE.match(text)):
        path = file[1]
        made.files.append((name, re.sub(r"\\(.)", r"\1", path[1:-1]) if path.startswith('"') else path))
        return
    if not plain:
        text, cut = option_text(text)
        made.unread += [(name, cut)] if cut else []
    add(made, name, text)


def add(made: Pasted, name: str, text: str) -> None:
    """A name that comes twice is a list."""
    if name in made.body:
        held = made.body[name]
        if isinstance(held, list):
            held.append(text)
        else:
            made.body[name] = [held, text]
    else:
        made.body[name] = text


def data_of(name: str, value: str, command: Command, made: Pasted) -> tuple[str | None, bool]:
    """The text of one `--data`, None for what only the person has; and whether it is the command's input."""
    if name == "json":
        made.headers.append(("Content-Type", "application/json"))
    if name == "data-raw" or not value.startswith("@"):
        if name == "data-urlencode":
            key, mark, text = value.partition("=")
            return f"{key}={quote(text)}" if key and mark else quote(text if mark else key), False
        return value, False
    file = value[1:] if value != "@-" else command.file
    if file:
        made.files.append(("", file))
        return None, False
    text = command.given or ("" if command.unsaid else command.below.strip())
    command.given = command.below = ""  # an input is read once
    if not text:
        made.unread.append((f"--{name} @-", command.unsaid))
    return text or None, True


def take_data(made: Pasted, text: str, content_type: str) -> None:
    """JSON, or the fields of a form; what is neither is kept as it is. Raises `Unreadable` for JSON with a fault."""
    if parts := recorded(text, content_type):
        take_recorded(made, parts)
        return
    body = as_object(text)
    if body is None and '\\"' in text:  # Windows PowerShell wants these backslashes for the program
        body = as_object(text.replace('\\"', '"')) or as_object(text.replace("\\\\", "\\").replace('\\"', '"'))
    if body is not None:
        made.body |= body
    elif re.fullmatch(r"[^\s{}\[\]\"]*=.*", text, re.DOTALL):
        made.is_form = True
        for name, value in parse_qsl(text, keep_blank_values=True):
            add(made, name, value)
    elif text.lstrip().startswith("{"):
        raise Unreadable("data", fault_of(text))
    elif text.strip():
        made.unread.append(("", text))


def take_recorded(made: Pasted, parts: list[Part]) -> None:
    made.is_form = True
    for part in parts:
        if part.file:
            made.files.append((part.name, part.file))
        else:
            add(made, part.name, part.text)


def take_frames(made: Pasted, text: str) -> None:
    """A line for each frame. Raises `Unreadable` for one that is no JSON."""
    try:
        made.body = frames.named([catalog.loads(line) for line in text.split("\n") if line.strip()])
    except catalog.JSONProblem as fault:
        raise Unreadable("data", fault) from fault
    made.is_frames = True


def as_object(text: str) -> dict[str, object] | None:
    try:
        body = catalog.loads(text)
    except catalog.JSONProblem:
        return None
    return body if isinstance(body, dict) else None


def fault_of(text: str) -> catalog.JSONProblem | None:
    try:
        catalog.loads(text)
    except catalog.JSONProblem as fault:
        return fault
    return None
