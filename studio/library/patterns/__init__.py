"""Texts with variables, choices and word lists: read once, counted exactly, drawn one by one. No Django, no rows.

| written | is |
| --- | --- |
| `{{animal}}` `{{animal|a cat}}` `{{animal|a cat|Who is in it?}}` | a variable: its name, default and help |
| `{red|green|blue}` | a choice of one; options may be empty, and may hold choices and variables |
| `{2::red|0.5::green|blue}` | the same with weights for drawing at random; without one it is 1 |
| `__colour__` | one line of the word list of this name, if there is such a list |
| `\\{` `\\}` `\\|` `\\__` | braces, a bar (inside braces), underscores, meant literally |

Names are letters, digits, `_` and `-`. A default and a help hold no brace and no bar, and are taken without the spaces
around them; options are taken as they are written. A variable's value and a word list's line are put in as they are,
never read again.

Everything else is itself, byte for byte: braces without a bar (JSON, LaTeX, code), a closing brace alone, a name
between underscores of which there is no list, double braces around anything but a variable. Backslashes are themselves
but right before one of these signs, where two stand for one; and they are themselves in a text that would be no pattern
without them, too (`\\{x\\}` in LaTeX).

    tree = parse("a {red|green} {{animal|cat}}", lists={"colour": ("teal", "rust")})
    count(tree)                                   # 2, exactly, however large
    [each.text for each in expand(tree)]          # the first part varies slowest, options in their order
    nth(tree, 1).text                             # the same by number, without those before it
    sample(tree, 10, seed=7)                      # at random by weight, each combination once
    drawn = nth(tree, 0, {"animal": "dog"})       # drawn.text, drawn.choices
    draw(tree, drawn.choices)                     # the same text; later: redraw(text, drawn.choices.as_json())
    both = joined([tree, parse("no {{animal}}")]) # two texts drawn together: nth(both, 0).texts

Random numbers are SHA-256 of seed and counter, so that a seed draws the same on every machine and version of Python.
"""

from studio.library.patterns.drawing import (
    NotDrawable,
    again,
    draw,
    expand,
    filled,
    missing,
    nth,
    redraw,
    sample,
    sampled,
    told,
)
from studio.library.patterns.escaping import escape
from studio.library.patterns.joining import joined, texts_of
from studio.library.patterns.reading import DEPTH, PatternProblem, literal, parse
from studio.library.patterns.swapping import Pattern, Swaps, swap, swapped
from studio.library.patterns.tree import Choices, Drawn, Line, Told, Tree, Variable, count, lines_of

__all__ = [
    "DEPTH",
    "Choices",
    "Drawn",
    "Line",
    "NotDrawable",
    "Pattern",
    "PatternProblem",
    "Swaps",
    "Told",
    "Tree",
    "Variable",
    "again",
    "count",
    "draw",
    "escape",
    "expand",
    "filled",
    "joined",
    "lines_of",
    "literal",
    "missing",
    "nth",
    "parse",
    "redraw",
    "sample",
    "sampled",
    "swap",
    "swapped",
    "texts_of",
    "told",
]
