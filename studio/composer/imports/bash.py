"""A command as bash reads it: its words, its input, and the text below. Nothing is expanded or run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from studio.composer.imports.saying import said, unescaped

_ANSI = re.compile(r"((?:[^'\\]++|\\.)*+)'", re.DOTALL)
_HERE = re.compile(r"<<(-?)[ \t]*(['\"\\]?)([A-Za-z_][\w.-]*)['\"]?")
_CAT = re.compile(rf"\$\([ \t]*cat[ \t]*{_HERE.pattern}[ \t]*\r?\n")
_REDIRECT = re.compile(r"\d*>&(?:\d+-?|-)|&>>?|\d*>[>&|]?|\d*<(?![<(])")
_BLANK = re.compile(r"[^\S\n]+")
_CLOSE = re.compile(r"\s*\)")
_LINE_END = re.compile(r"(?<!\\)(?:\\\\)*+\n")  # none that a backslash takes away
TALKS = "websocat"  # sends each line of its input over a web socket
ENDS = ("&&", "||", "|&", ";", "&", "|", "\n")


@dataclass
class Command:
    """`words` as the program would get them; `given` its input, "" for none; `below` the text after its end. `file` is
    one on the person's disk that its input is read from, `unsaid` a command whose output, its input, nobody knows."""

    words: list[str] = field(default_factory=list)
    given: str = ""
    below: str = ""
    file: str = ""
    unsaid: str = ""


class NotClosed(ValueError):
    """A quotation mark has no second one."""


def bash(text: str) -> Command:
    """The first command of the text that is curl, with what is piped into it. Raises `NotClosed`."""
    reader, before = _Reader(text), Command()
    while True:
        start = reader.at
        command, end = reader.command()
        is_curl = any(is_program(word) for word in command.words[:4])
        if is_curl or end == "":
            if not command.given and not command.file:
                command.given, command.file, command.unsaid = before.given, before.file, before.unsaid
            pass_by(reader, end)
            command.below = reader.below()
            return command
        before = _written(command, reader.text[start : reader.at - 1].strip()) if end == "|" else Command()


class Reader(Protocol):
    """Reads a text command by command: each, and by what it ends."""

    def command(self) -> tuple[Command, str]: ...


def pass_by(reader: Reader, end: str) -> None:
    """Pass by who reads the answer of a call that ended like this: that is no part of it. Another call, and what is not
    closed, stay below."""
    while end == "|":
        before = dict(vars(reader))
        try:
            reads, end = reader.command()
        except NotClosed:
            reads = None
        if reads is None or any(is_program(word) for word in reads.words):
            vars(reader).update(before)
            return


def is_program(word: str) -> bool:
    return re.split(r"[\\/]", word.lower())[-1] in {"curl", "curl.exe", TALKS}


def _written(command: Command, text: str) -> Command:
    """What a command writes into the pipe behind it, as the next one's input. `text` is how it was typed."""
    words = command.words[1:] if command.words[:1] == ["$"] else command.words  # a shell's prompt, copied too
    if words[:1] == ["cat"] and (command.given or command.file or words[1:]):
        return Command(given=command.given, file=command.file or " ".join(words[1:]))
    output = said(words)
    return Command(unsaid=text) if output is None else Command(given=output)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.open = 0  # parentheses around whole commands
        self.line_end = -1  # of the line below which a here-document was read before it had been reached
        self.resume = 0  # the text goes on there, behind the document

    def command(self) -> tuple[Command, str]:
        """The next command, and by what it ends: one of `ENDS`, or "" at the end of the text."""
        made, waiting = Command(), []  # here-documents begin on the next line
        while self.at < len(self.text):
            c = self.text[self.at]
            if self.text.startswith("<<<", self.at):
                self.at += 3
                self.blanks()
                made.given = self.word() + "\n"
            elif here := _HERE.match(self.text, self.at):
                self.at = here.end()
                waiting.append((here[3], bool(here[1])))
            elif redirect := _REDIRECT.match(self.text, self.at):
                self.redirect(redirect[0], made)
            elif (c == "(" and not made.words) or (c == ")" and self.open):
                self.open += 1 if c == "(" else -1
                self.at += 1
            elif end := next((each for each in ENDS if self.text.startswith(each, self.at)), ""):
                self.at = self.resume if self.at == self.line_end else self.at + len(end)
                if end == "\n" and waiting:
                    made.given = "".join(self.here(*each) for each in waiting)
                    return made, end
                if end == "|" and waiting:  # cat <<EOF | curl: the document stands below the whole line
                    made.given = self.here_below(*waiting[0])
                if made.words or end != "\n":
                    return made, "|" if end == "|&" else end
            elif blank := _BLANK.match(self.text, self.at):
                self.at = blank.end()
            elif self.text.startswith(("\\\n", "\\\r\n"), self.at):
                self.at = self.text.index("\n", self.at) + 1
            elif c == "#":
                self.at = self.end_of_line()
            else:
                made.words.append(self.word())
        return made, ""

    def redirect(self, sign: str, made: Command) -> None:
        """Where the output goes is no argument; a file that the input comes from holds what is sent."""
        self.at += len(sign)
        if sign[-1] in "<>&|":
            self.blanks()
            name = self.word()
            made.file = name if "<" in sign else made.file

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def end_of_line(self) -> int:
        end = self.text.find("\n", self.at)
        return end if end >= 0 else len(self.text)

    def below(self) -> str:
        """What stands behind the command, without the ends of the parentheses around it."""
        text, at = self.text[self.at :], 0
        if self.at <= self.line_end:
            text = self.text[self.at : self.line_end + 1] + self.text[self.resume :]
        for _ in range(self.open):
            close = _CLOSE.match(text, at)
            if close is None:
                return text
            at = close.end()
        return text[at:]

    def here(self, name: str, tabs: bool) -> str:
        lines = []
        while self.at < len(self.text):
            end = self.end_of_line()
            line = self.text[self.at : end].removesuffix("\r")
            self.at = min(end + 1, len(self.text))
            line = line.lstrip("\t") if tabs else line
            if line == name:
                break
            lines.append(line + "\n")
        return "".join(lines)

    def here_below(self, name: str, tabs: bool) -> str:
        """Reads the document below the line that is being read, and remembers where the text goes on behind it."""
        if self.line_end < self.at:
            end = _LINE_END.search(self.text, self.at)
            self.resume = end.end() if end else len(self.text)
            self.line_end = self.resume - 1 if end else self.resume
        back, self.at = self.at, self.resume
        given = self.here(name, tabs)
        self.resume, self.at = self.at, back
        return given

    def word(self) -> str:
        made: list[str] = []
        is_open = False  # a place that somebody left open, `<id>`, is part of its word
        while self.at < len(self.text):
            c = self.text[self.at]
            if c.isspace() or c in ";&|" or (c == ">" and not is_open) or (c == ")" and self.open):
                break
            self.at += 1
            is_open = is_open or c == "<"
            if c == "'":
                made.append(self.until("'"))
            elif c == '"':
                made.append(self.double())
            elif c == "$" and self.text[self.at : self.at + 1] == "'":
                self.at += 1
                made.append(self.ansi())
            elif c == "\\":
                made.append(self.escaped())
            elif cat := _CAT.match(self.text, self.at - 1):
                made.append(self.written(cat))
            else:
                made.append(c)
        return "".join(made)

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
        made: list[str] = []
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == '"':
                return "".join(made)
            if c == "\\":
                following = self.text[self.at : self.at + 1]
                made.append(self.escaped() if following in {"$", "`", '"', "\\", "\n"} else "\\")
            elif cat := _CAT.match(self.text, self.at - 1):
                made.append(self.written(cat))
            else:
                made.append(c)
        raise NotClosed

    def ansi(self) -> str:
        found = _ANSI.match(self.text, self.at)
        if not found:
            raise NotClosed
        self.at = found.end()
        return unescaped(found[1])
