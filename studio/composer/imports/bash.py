"""A command as bash reads it: its words, its input, and the text below. Nothing is expanded or run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ANSI = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.)", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
_HERE = re.compile(r"<<(-?)[ \t]*(['\"\\]?)([A-Za-z_][\w.-]*)['\"]?")
_CAT = re.compile(rf"\$\([ \t]*cat[ \t]*{_HERE.pattern}[ \t]*\r?\n")
ENDS = ("&&", "||", ";", "&", "|", "\n")


@dataclass
class Command:
    """`words` as the program would get them; `given` its input, "" for none; `below` the text after its end."""

    words: list[str] = field(default_factory=list)
    given: str = ""
    below: str = ""


class NotClosed(ValueError):
    """A quotation mark has no second one."""


def bash(text: str) -> Command:
    """The first command of the text that is curl, with what is piped into it. Raises `NotClosed`."""
    reader, piped = _Reader(text), ""
    while True:
        command, end = reader.command()
        is_curl = any(is_program(word) for word in command.words[:4])
        if is_curl or end == "":
            command.given = command.given or piped
            command.below = reader.text[reader.at :]
            return command
        piped = _said(command) if end == "|" else ""


def is_program(word: str) -> bool:
    return re.split(r"[\\/]", word.lower())[-1] in {"curl", "curl.exe"}


def _said(command: Command) -> str:
    """What echo, printf and cat write."""
    words = [word for word in command.words[1:] if word not in {"-n", "-e", "-E", "%s"}]
    return command.given or " ".join(words)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def command(self) -> tuple[Command, str]:
        """The next command, and by what it ends: one of `ENDS`, or "" at the end of the text."""
        made, waiting = Command(), []  # here-documents begin on the next line
        while self.at < len(self.text):
            rest = self.text[self.at :]
            if rest.startswith("<<<"):
                self.at += 3
                self.blanks()
                made.given = self.word() + "\n"
            elif here := _HERE.match(rest):
                self.at += here.end()
                waiting.append((here[3], bool(here[1])))
            elif end := next((each for each in ENDS if rest.startswith(each)), ""):
                self.at += len(end)
                if end == "\n" and waiting:
                    made.given = "".join(self.here(*each) for each in waiting)
                    return made, end
                if end == "|" and waiting:  # cat <<EOF | curl: the document stands below the whole line
                    made.given = self.here_below(*waiting[0])
                if made.words or end != "\n":
                    return made, end
            elif rest[0].isspace():
                self.at += 1
            elif rest.startswith(("\\\n", "\\\r\n")):
                self.at += rest.index("\n") + 1
            elif rest[0] == "#":
                self.at += len(rest.split("\n", 1)[0])
            else:
                made.words.append(self.word())
        return made, ""

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def here(self, name: str, tabs: bool) -> str:
        lines = []
        while self.at < len(self.text):
            line, mark, _ = self.text[self.at :].partition("\n")
            self.at += len(line) + len(mark)
            line = line.removesuffix("\r")
            line = line.lstrip("\t") if tabs else line
            if line == name:
                break
            lines.append(line + "\n")
        return "".join(lines)

    def here_below(self, name: str, tabs: bool) -> str:
        """Takes the document out of the text below the line that is being read."""
        back, end = self.at, self.text.find("\n", self.at)
        if end < 0:
            return ""
        self.at = end + 1
        given = self.here(name, tabs)
        self.text, self.at = self.text[:end] + "\n" + self.text[self.at :], back
        return given

    def word(self) -> str:
        made = ""
        while self.at < len(self.text):
            c = self.text[self.at]
            if c.isspace() or c in ";&|":
                break
            self.at += 1
            if c == "'":
                made += self.until("'")
            elif c == '"':
                made += self.double()
            elif c == "$" and self.text[self.at : self.at + 1] == "'":
                self.at += 1
                made += self.ansi()
            elif c == "\\":
                made += self.escaped()
            elif cat := _CAT.match(self.text, self.at - 1):
                made += self.written(cat)
            else:
                made += c
        return made

    def written(self, cat: re.Match[str]) -> str:
        """The here-document inside `$(cat <<EOF …)`, without the line ends at its end."""
        self.at = cat.end()
        made = self.here(cat[3], bool(cat[1])).rstrip("\n")
        self.until(")")
        return made

    def until(self, mark: str) -> str:
        end = self.text.find(mark, self.at)
        if end < 0:
            raise NotClosed
        found, self.at = self.text[self.at : end], end + 1
        return found

    def escaped(self) -> str:
        """A line end behind a backslash is none."""
        found = self.text[self.at : self.at + 2]
        self.at += 2 if found == "\r\n" else 1
        return "" if found == "\r\n" or found[:1] == "\n" else found[:1]

    def double(self) -> str:
        made = ""
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == '"':
                return made
            if c == "\\":
                following = self.text[self.at : self.at + 1]
                made += self.escaped() if following in {"$", "`", '"', "\\", "\n"} else "\\"
            elif cat := _CAT.match(self.text, self.at - 1):
                made += self.written(cat)
            else:
                made += c
        raise NotClosed

    def ansi(self) -> str:
        made = b""
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == "'":
                return made.decode(errors="replace")
            match = _ANSI.match(self.text, self.at) if c == "\\" else None
            if match:
                self.at = match.end()
                made += _meant(match)
            else:
                made += c.encode(errors="replace")
        raise NotClosed


def _meant(match: re.Match[str]) -> bytes:
    byte, short, long, octal, control, letter = match.groups()
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8) & 255])
    if short or long:
        code = int(short or long, 16)
        return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"
    if control:
        return bytes([ord(control.upper()) & 31])
    return _LETTERS.get(letter, letter if letter in "\\'\"?" else f"\\{letter}").encode()
