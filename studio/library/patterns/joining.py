"""Several texts as one: they share their variables, are counted together and are drawn together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.library.patterns.tree import SEAM, Choice, Literal, Node, Tree, Variable
from studio.library.patterns.tree import Sequence as Parts


def joined(trees: Sequence[Tree]) -> Tree:
    """One tree of these; what is drawn of it is taken apart again by `Drawn.texts`. One alone is itself."""
    if len(trees) == 1:
        return trees[0]
    nodes: list[Node] = []
    variables: dict[str, Variable] = {}
    at = 0
    for tree in trees:
        nodes += [Literal(SEAM)] if at else []
        nodes += moved(tree.whole, at).parts
        at += len(tree.text) + len(SEAM)
        for each in tree.variables:
            known = variables.get(each.name, each)
            default = each.default if known.default is None else known.default
            variables[each.name] = Variable(each.name, default, known.help or each.help)
    return Tree(
        SEAM.join(tree.text for tree in trees),
        Parts(tuple(nodes)),
        tuple(variables.values()),
        tuple(dict.fromkeys(name for tree in trees for name in tree.lists)),
        tuple(dict.fromkeys(name for tree in trees for name in tree.unknown)),
        tuple(dict.fromkeys(text for tree in trees for text in tree.odd)),
        any(tree.changes for tree in trees),
    )


def moved(whole: Parts, by: int) -> Parts:
    """The same parts, further behind in the text. As deep as choices are nested."""
    return Parts(tuple(moved_choice(part, by) if isinstance(part, Choice) else part for part in whole.parts))


def moved_choice(choice: Choice, by: int) -> Choice:
    options = tuple(moved(option, by) for option in choice.options)
    return Choice(options, choice.weights, choice.start + by, choice.end + by)


def texts_of(record: Mapping[str, Any]) -> dict[str, str]:
    """The texts that stand in a record of what was drawn, by the paths of their places. Older records have one."""
    if "texts" in record:
        return {str(path): str(text) for path, text in record["texts"]}
    return {record["at"]: record["text"]} if record else {}
