"""A command as cmd.exe and PowerShell read it. Nothing is expanded or run."""

from __future__ import annotations

import re

from studio.composer.imports.bash import Command, NotClosed, is_program, pass_by

_BACK = {"n": "\n", "r": "\r", "t": "\t", "0": "", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_CODE = re.compile(r"u\{([0-9a-fA-F]{1,6})\}")
_HERE = re.compile(r"@(['\"])[ \t]*\r?\n(.*?)\r?\n\1@", re.DOTALL)


def cmd(text: str) -> Command:
    """First the carets, then the quotation marks as a program of Windows takes its line apart."""
    line = text.replace("\r\n", "\n")
    made, quoted, at = [], False, 0
    while at < len(line):
        c = line[at]
        at += 1
        if c == "^" and not quoted:
            if line[at : at + 1] == "\n":  # the line goes on; a line end right behind it is meant
                at += 1
            made.append(("^", line[at : at + 1]))
            at += 1
        elif c == "\n" and not quoted:
            if any(is_program(word) for word in _argv(made)):
                break
            made.append(("", " "))
        else:
            quoted = (not quoted) if c == '"' else quoted
            made.append(("", c))
    return Command(_argv(made), below=line[at:])


def _argv(signs: list[tuple[str, str]]) -> list[str]:
    """The rules of Windows' own C library: backslashes count only before a quotation mark, two marks inside are one."""
    text = "".join(sign for _, sign in signs)
    doubled = _is_copied(signs, text)
    words: list[str] = []
    word, inside, begun, at = "", False, False, 0
    while at < len(text):
        run = re.compile(r"\\*").match(text, at)
        slashes = len(run[0]) if run else 0
        after = text[at + slashes : at + slashes + 1]
        if after == '"':
            word, begun = word + "\\" * (slashes // 2), True
            at += slashes + 1
            if slashes % 2:
                word += '"'
            elif inside and text[at : at + 1] == '"':
                word, at = word + '"', at + 1
            else:
                inside = not inside
        elif slashes:
            word, begun, at = word + "\\" * (slashes // 2 if doubled else slashes), True, at + slashes
        elif after.isspace() and not inside:
            words += [word] if begun else []
            word, begun, at = "", False, at + 1
        else:
            word, begun, at = word + after, True, at + 1
    return [*words, word] if begun else words


def _is_copied(signs: list[tuple[str, str]], text: str) -> bool:
    """Has a browser written this line? Browsers put a caret before their quotation marks and write every backslash
    twice, which is more than Windows takes back: what they mean is the call that they had made."""
    return ("^", '"') in signs and all(len(run) % 2 == 0 for run in re.findall(r'\\+(?![\\"])', text))


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
        if here := _HERE.match(self.text, self.at):
            self.at = here.end()
            return here[2]
        made = ""
        while self.at < len(self.text) and not (self.text[self.at].isspace() or self.text[self.at] in ";|"):
            c = self.text[self.at]
            if c in "'\"":
                self.at += 1
                made += self.quoted(c)
            elif c == "`":
                self.at += 1
                made += self.escaped()
            else:
                made, self.at = made + c, self.at + 1
        return made

    def quoted(self, mark: str) -> str:
        """The mark twice is the mark; only double ones know the backtick."""
        made = ""
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == mark and self.text[self.at : self.at + 1] == mark:
                made, self.at = made + mark, self.at + 1
            elif c == mark:
                return made
            elif c == "`" and mark == '"':
                made += self.escaped()
            else:
                made += c
        raise NotClosed

    def escaped(self) -> str:
        if code := _CODE.match(self.text, self.at):
            self.at = code.end()
            number = int(code[1], 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "?"
        c = self.text[self.at : self.at + 1]
        self.at += 1
        return _BACK.get(c, c)
