"""Is every text translated? Reads sources, templates and .po files itself, so that it needs no gettext programs."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?<![\w.])(_|gettext|pgettext|ngettext)\(\s*((?:{STRING}\s*,?\s*)+)", re.DOTALL)


class Message(NamedTuple):
    context: str
    text: str


def in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node.func) in CALLS:
            words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from message(called(node.func), words)


def called(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def in_template(source: str) -> Iterator[Message]:
    for name, arguments in CALL.findall(templatize(source)):
        yield from message(name, [str(ast.literal_eval(found)) for found in re.findall(STRING, arguments)])


def message(function: str, words: list[str]) -> Iterator[Message]:
    """What one call asks for; a plural is found by its singular."""
    has_context = function.startswith("pgettext")
    if len(words) > has_context:
        yield Message(words[0] if has_context else "", words[1 if has_context else 0])


def asked_for(house: Path) -> dict[Message, Path]:
    """Every message of the studio and the first file that asks for it."""
    found: dict[Message, Path] = {}
    for path in sorted((house / "studio").rglob("*.py")):
        if "migrations" not in path.parts:
            for each in in_python(path.read_text(encoding="utf-8")):
                found.setdefault(each, path)
    for path in sorted((house / "templates").rglob("*.*")):
        for each in in_template(path.read_text(encoding="utf-8")):
            found.setdefault(each, path)
    return {each: path for each, path in found.items() if each.text.strip()}


def translated(po: Path) -> dict[Message, list[str]]:
    """The finished translations of a .po file: not empty in any plural form, not marked fuzzy."""
    done: dict[Message, list[str]] = {}
    for block in re.split(r"\n\s*\n", po.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#~")]
        fuzzy = any(line.startswith("#,") and "fuzzy" in line for line in lines)
        parts = fields([line for line in lines if not line.startswith("#")])
        forms = [text for name, text in parts.items() if name.startswith("msgstr")]
        if parts.get("msgid") and forms and all(forms) and not fuzzy:
            done[Message(parts.get("msgctxt", ""), parts["msgid"])] = forms
    return done


def fields(lines: list[str]) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in lines:
        if not line.startswith('"'):
            name, _, line = line.partition(" ")
        parts[name] = parts.get(name, "") + ast.literal_eval(line)
    return parts


def compiled(mo: Path) -> set[str]:
    """The translations that Django will really use."""
    if not mo.exists():
        return set()
    with mo.open("rb") as file:
        catalog: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return set(catalog.values())


def faults(house: Path, language: str) -> list[str]:
    """One sentence per text that a reader of this language would see in English."""
    po = house / "studio" / "locale" / language / "LC_MESSAGES" / "django.po"
    if not po.exists():
        return [f"{po.relative_to(house)} does not exist."]
    done, ready = translated(po), compiled(po.with_suffix(".mo"))
    found = []
    for each, path in asked_for(house).items():
        where = path.relative_to(house)
        if each not in done:
            found.append(f"{where}: {each.text!r} is not translated.")
        elif not ready.issuperset(done[each]):
            found.append(f"{where}: the translation of {each.text!r} is not compiled; run manage.py compilemessages.")
    return found
