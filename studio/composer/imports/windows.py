"""A command as cmd.exe and PowerShell read it. Nothing is expanded or run."""

from __future__ import annotations

import re

from studio.composer.imports.bash import Command, NotClosed, is_program, pass_by

_BACK = {"n": "\n", "r": "\r", "t": "\t", "0": "", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_CODE = re.compile(r"u\{([0-9a-fA-F]{1,6})\}")
_HERE = re.compile(r"@(['\"])[ \t]*\r?\n")


def cmd(text: str) -> Command:
    """First the carets, then the quotation marks as a program of Windows takes its line apart."""
    line = text.replace("\r\n", "\n")
    made, quoted, at = [], False, 0
    so_far = _Line()
    while at < len(line):
        c = line[at]
        at += 1
        if c == "^" and not quoted:
            if line[at : at + 1] == "\n":  # the line goes on; a line end right behind it is meant
                at += 1
            made.append(("^", line[at : at + 1]))
            at += 1
        elif c == "\n" and not quoted:
            if so_far.has_program():
                break
            made.append(("", " "))
        else:
            quoted = (not quoted) if c == '"' else quoted
            made.append(("", c))
        so_far.read(made[-1][1])
    return Command(_argv(made), below=line[at:])


def _argv(signs: list[tuple[str, str]]) -> list[str]:
    text = "".join(sign for _, sign in signs)
    line = _Line(doubled=_is_copied(signs, text))
    for sign in text:
        line.read(sign)
    return line.all()


class _Line:
    """The rules of Windows' own C library, sign by sign: backslashes count only before a quotation mark, two marks
    inside are one. `doubled`: of two backslashes one is meant wherever they stand."""

    def __init__(self, *, doubled: bool = False) -> None:
        self.doubled = doubled
        self.words: list[str] = []
        self.word: list[str] = []
        self.begun = self.inside = False
        self.is_mark = False  # the sign before closed a quotation; a second mark makes both one that is meant
        self.slashes = 0  # right before this place
        self.found = False  # a word that names the program

    def read(self, sign: str) -> None:
        if sign == "\\":
            self.slashes += 1
            self.is_mark = False
            return
        if sign == '"':
            self.mark()
            return
        self.settle()
        self.is_mark = False
        if sign.isspace() and not self.inside:
            self.end()
        elif sign:
            self.word.append(sign)
            self.begun = True

    def mark(self) -> None:
        self.word += "\\" * (self.slashes // 2)
        odd, self.slashes, self.begun = self.slashes % 2, 0, True
        if odd:
            self.word.append('"')
            self.is_mark = False
        elif self.is_mark:
            self.word.append('"')
            self.inside, self.is_mark = True, False
        else:
            self.is_mark = self.inside
            self.inside = not self.inside

    def settle(self) -> None:
        """Backslashes before any other sign are themselves."""
        self.word += "\\" * (self.slashes // 2 if self.doubled else self.slashes)
        self.begun, self.slashes = self.begun or self.slashes > 0, 0

    def end(self) -> None:
        if self.begun:
            self.words.append("".join(self.word))
            self.found = self.found or is_program(self.words[-1])
        self.word, self.begun = [], False

    def has_program(self) -> bool:
        """Of the word under way only the end is looked at, which is longer than the program's name."""
        return self.found or (not self.slashes and is_program("".join(self.word[-9:])))

    def all(self) -> list[str]:
        self.settle()
        return [*self.words, "".join(self.word)] if self.begun else self.words


def _is_copied(signs: list[tuple[str, str]], text: str) -> bool:
    """Has a browser written this line? Browsers put a caret before their quotation marks and write every backslash
    twice, which is more than Windows takes back: what they mean is the call that they had made."""
    return ("^", '"') in signs and all(len(run) % 2 == 0 for run in re.findall(r'(?<!\\)\\++(?!")', text))


def powershell(text: str) -> Command:
    """Raises `NotClosed`."""
    reader, piped = _PowerShell(text.replace("\r\n", "\n")), ""
    while True:
        command, end = reader.command()
        if end == "" or any(is_program(word) for word in command.words):
            command.given = piped
            pass_by(reader, end)
            command.below = reader.text[reader.at :]
            return command
        piped = " ".join(command.words) if end == "|" else ""


class _PowerShell:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.is_piped = False  # into what comes next
        self.ends = {"'": -1, '"': -1}  # of here-strings: where the next one that is known stands

    def command(self) -> tuple[Command, str]:
        """The next command, and by what it ends; "" at the end of the text."""
        made = Command()
        while self.at < len(self.text):
            c = self.text[self.at]
            if c in "\n;|" and (c != "\n" or made.words or not self.is_piped):  # behind its pipe a line goes on
                end = "||" if self.text.startswith("||", self.at) else c
                self.at += len(end)
                self.is_piped = end == "|"
                return made, end
            if self.text.startswith("`\n", self.at) or c.isspace():
                self.at += 2 if c == "`" else 1
            elif c == "&" and not made.words:
                self.at += 1
            else:
                made.words.append(self.word())
        return made, ""

    def word(self) -> str:
        if (here := _HERE.match(self.text, self.at)) and (end := self.end_of(here[1], here.end())) >= 0:
            self.at = end + 3
            return self.text[here.end() : end].removesuffix("\r")
        made: list[str] = []
        while self.at < len(self.text) and not (self.text[self.at].isspace() or self.text[self.at] in ";|"):
            c = self.text[self.at]
            self.at += 1
            made.append(self.quoted(c) if c in "'\"" else self.escaped() if c == "`" else c)
        return "".join(made)

    def end_of(self, mark: str, start: int) -> int:
        """Where the here-string that begins behind `start` ends, -1 for nowhere. Each sign of the text is looked at
        once, however many begin."""
        if self.ends[mark] < start:
            found = self.text.find(f"\n{mark}@", start)
            self.ends[mark] = found if found >= 0 else len(self.text)
        return self.ends[mark] if self.ends[mark] < len(self.text) else -1

    def quoted(self, mark: str) -> str:
        """The mark twice is the mark; only double ones know the backtick."""
        made: list[str] = []
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == mark and self.text[self.at : self.at + 1] != mark:
                return "".join(made)
            if c == mark:
                self.at += 1
            made.append(self.escaped() if c == "`" and mark == '"' else c)
        raise NotClosed

    def escaped(self) -> str:
        if code := _CODE.match(self.text, self.at):
            self.at = code.end()
            number = int(code[1], 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "?"
        c = self.text[self.at : self.at + 1]
        self.at += 1
        return _BACK.get(c, c)
