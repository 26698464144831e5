"""A text becomes a tree, in time linear to its length: marks, then pairs of braces, then nodes. No recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from studio.catalog.text import Text
from studio.library.patterns.tree import Choice, Literal, Node, Slot, Tree, Variable, Words
from studio.library.patterns.tree import Sequence as Parts

DEPTH = 40  # choices inside choices
NAME = r"[^\W_][\w-]{0,39}"
# No alternative looks further than to the next brace or the next pair of underscores: no text is read twice.
MARKS = re.compile(
    r"(?P<slashes>\\+)(?P<meant>[{}|]|_{2,})?"
    rf"|\{{\{{\s*(?P<name>{NAME})\s*(?:\|(?P<default>[^{{}}|]*))?(?:\|(?P<help>[^{{}}|]*))?\}}\}}"
    r"|(?P<brace>[{}|])"
    r"|__(?P<list>[^\W_]+(?:[_-][^\W_]+)*)__"
)
WEIGHT = re.compile(r"\s*([0-9]{1,6})(?:\.([0-9]{1,3}))?::")
ODD = re.compile(r"\{\{[^{}\n]{0,40}\}{0,2}")  # as much of it as a sentence can hold
SHIELDS = re.compile(r"(?<!\\)\\++(?=[{}|]|__)")  # a run of them is read once: from its first, and none is given back


class PatternProblem(ValueError):
    """A text that is meant as a pattern and is none: one sentence, and the place where it goes wrong, both from 1."""

    def __init__(self, message: Text, text: str, at: int) -> None:
        self.message = message
        self.line = text.count("\n", 0, at) + 1
        self.column = at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"Line {self.line}, column {self.column}: {message}")


@dataclass(slots=True)
class Open:
    """A choice that is being read: what is ready of it, and the option under way."""

    start: int
    options: list[Parts] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def add(self, node: Node) -> None:
        self.settle()
        self.nodes.append(node)

    def settle(self) -> None:
        if text := "".join(self.words):
            self.nodes.append(Literal(text))
        self.words.clear()

    def end_option(self) -> None:
        self.settle()
        self.options.append(Parts(tuple(self.nodes)))
        self.nodes.clear()


def parse(text: str, lists: Mapping[str, Sequence[str]] | None = None) -> Tree:
    """`lists` are the word lists by name. Raises `PatternProblem`."""
    tree = Reading(text, lists or {}).tree()
    if tree.changes and not tree.variables and not tree.lists and not any_choice(tree) and not shields(tree, lists):
        return literal(text, tree.unknown, tree.odd)
    return tree


def literal(text: str, unknown: tuple[str, ...] = (), odd: tuple[str, ...] = ()) -> Tree:
    """The tree of a text that is no pattern."""
    return Tree(text, Parts((Literal(text),) if text else ()), unknown=unknown, odd=odd)


def any_choice(tree: Tree) -> bool:
    return any(isinstance(part, Choice) for part in tree.whole.parts)


def shields(tree: Tree, lists: Mapping[str, Sequence[str]] | None) -> bool:
    """Do the backslashes of this text keep anything from being read as a pattern, or from naming a list that somebody
    may make? If not, they are themselves."""
    try:
        bare = Reading(SHIELDS.sub("", tree.text), lists or {}).tree()
    except PatternProblem:
        return True
    return bare.changes or not set(bare.unknown) <= set(tree.unknown)


def marks_of(text: str) -> Iterator[re.Match[str]]:
    """In their order. After an even number of backslashes the sign has its meaning, and is a mark of its own."""
    at = 0
    while mark := MARKS.search(text, at):
        yield mark
        at = mark.start("meant") if mark["meant"] and not is_shield(mark) else mark.end()


def is_shield(mark: re.Match[str]) -> bool:
    return len(mark["slashes"]) % 2 == 1


class Reading:
    def __init__(self, text: str, lists: Mapping[str, Sequence[str]]) -> None:
        self.text = text
        self.lists = lists
        self.marks = list(marks_of(text))
        self.variables: dict[str, Variable] = {}
        self.used: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.changes = False
        self.at = 0  # up to here the text is in the tree
        self.open: list[Open] = [Open(0)]

    def tree(self) -> Tree:
        choices, bars = self.pairs()
        for number, mark in enumerate(self.marks):
            self.take(mark, number in choices, number in bars)
        self.copy(len(self.text))
        top = self.open[0]
        top.settle()
        variables = tuple(self.variables.values())
        whole = Parts(tuple(top.nodes))
        return Tree(self.text, whole, variables, tuple(self.used), tuple(self.unknown), self.odd(choices), self.changes)

    def odd(self, choices: set[int]) -> tuple[str, ...]:
        """What begins with double braces and is neither a variable nor a choice that begins with another one."""
        found = dict.fromkeys(
            ODD.match(self.text, mark.start())[0]  # type: ignore[index]
            for number, (mark, after) in enumerate(pairwise(self.marks))
            if number not in choices and mark["brace"] == after["brace"] == "{" and after.start() == mark.end()
        )
        return tuple(found)

    def pairs(self) -> tuple[set[int], set[int]]:
        """By the numbers of their marks the braces of choices, and the bars between options. A pair of braces without
        a bar of its own is literal, and so is a brace alone; one that has a bar and is never closed is a mistake."""
        choices: set[int] = set()
        bars: set[int] = set()
        waiting: list[tuple[int, list[int]]] = []
        for number, mark in enumerate(self.marks):
            sign = mark["brace"]
            if sign == "{":
                waiting.append((number, []))
            elif sign == "|" and waiting:
                waiting[-1][1].append(number)
            elif sign == "}" and waiting:
                first, between = waiting.pop()
                if between:
                    choices |= {first, number}
                    bars.update(between)
        for first, between in waiting:
            if between:
                raise self.problem(
                    Text(
                        "This choice is never closed. Write } behind its last option.",
                        "这个选择没有结束。请在最后一个选项后写 }。",
                    ),
                    self.marks[first].start(),
                )
        return choices, bars

    def take(self, mark: re.Match[str], in_choice: bool, is_bar: bool) -> None:
        if mark["name"]:
            self.copy(mark.start())
            self.variable(mark)
        elif mark["list"]:
            self.words(mark)
        elif mark["meant"]:
            self.meant(mark)
        elif in_choice and mark["brace"] == "{":
            self.copy(mark.start())
            self.begin(mark)
        elif is_bar or in_choice:
            self.copy(mark.start())
            self.end_option(mark)

    def copy(self, until: int) -> None:
        """What stands here is itself."""
        if until > self.at:
            self.open[-1].words.append(self.text[self.at : until])
        self.at = max(self.at, until)

    def variable(self, mark: re.Match[str]) -> None:
        name, default, told = mark["name"], mark["default"], (mark["help"] or "").strip()
        known = self.variables.get(name, Variable(name))
        if known.default is None and default is not None:
            known = Variable(name, default.strip(), known.help)
        self.variables[name] = Variable(name, known.default, known.help or told)
        self.open[-1].add(Slot(name))
        self.at, self.changes = mark.end(), True

    def words(self, mark: re.Match[str]) -> None:
        name = mark["list"]
        if name not in self.lists:
            self.unknown.setdefault(name)
            return
        if not self.lists[name]:
            text = Text("The word list “{name}” is empty.", "词表“{name}”是空的。")
            raise self.problem(text.fill(name=name), mark.start())
        self.copy(mark.start())
        self.open[-1].add(Words(name, tuple(self.lists[name])))
        self.used.setdefault(name)
        self.at, self.changes = mark.end(), True

    def meant(self, mark: re.Match[str]) -> None:
        """Backslashes before a sign: two stand for one, one that is left over takes the sign's meaning away."""
        if mark["meant"] == "|" and len(self.open) == 1:
            return  # outside of choices a bar means nothing, and needs no shield
        self.copy(mark.start())
        self.open[-1].words.append("\\" * (len(mark["slashes"]) // 2) + (mark["meant"] if is_shield(mark) else ""))
        self.at, self.changes = mark.end() if is_shield(mark) else mark.start("meant"), True

    def begin(self, mark: re.Match[str]) -> None:
        if len(self.open) > DEPTH:
            text = Text("Choices are nested more than {depth} deep.", "选择嵌套超过 {depth} 层。")
            raise self.problem(text.fill(depth=DEPTH), mark.start())
        self.open.append(Open(mark.start()))
        self.changes = True
        self.begin_option(mark.end())

    def begin_option(self, at: int) -> None:
        self.at = at
        weight = 1000
        if found := WEIGHT.match(self.text, at):
            weight = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
            if not weight:
                text = Text(
                    "A weight is greater than 0. Leave the option out instead.",
                    "权重必须大于 0。不需要的选项请直接删去。",
                )
                raise self.problem(text, found.start(1))
            self.at = found.end()
        self.open[-1].weights.append(weight)

    def end_option(self, mark: re.Match[str]) -> None:
        done = self.open[-1]
        done.end_option()
        if mark["brace"] == "|":
            self.begin_option(mark.end())
            return
        self.open.pop()
        self.at = mark.end()
        self.open[-1].add(Choice(tuple(done.options), tuple(done.weights), done.start, mark.end()))

    def problem(self, message: Text, at: int) -> PatternProblem:
        return PatternProblem(message, self.text, at)
