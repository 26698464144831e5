"""Presets as one JSON document, which any studio reads: what it holds, how it is written, and how it is read again.

`{"format": "prompt-studio-presets", "version": 1, "presets": [...]}`. A preset in it has `key`, `operation`, `name` and
`values` by path; where there are any, `description`, `note`, `holds`, `fates`, `extras` and the `order` of keys in the
body; all of its newest version. No people, no team and no times. `left_out` says what was not taken along.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from studio import catalog
from studio.library.kept import HOLDS, Kept
from studio.library.models import Preset, PresetVersion
from studio.library.portable import Left, addresses_of, portable

FORMAT, VERSION = "prompt-studio-presets", 1
MOST_BYTES = 2_000_000  # as much as is pasted at once
MOST_PRESETS = 500  # more would be more controls on the page than a form may have
BOUNDS = {"name": 120, "operation": 80, "key": 32, "description": 2000, "note": 200}  # characters of its texts
_IS_ONE = re.compile(rf'"format"\s*:\s*"{FORMAT}"')  # inside a text of a body the quotation marks are escaped
_KEY = re.compile(r"[0-9A-Za-z]{1,32}")


class Unreadable(ValueError):
    """Nothing of the document was read; the text is a sentence for the person."""


class TooLarge(Exception):
    """The presets do not go into one document; the text is a sentence for the person."""


@dataclass(frozen=True)
class Item:
    """One preset of a document. With a `fault`, a sentence, nothing else of it counts but its name."""

    name: str = ""
    operation: str = ""
    key: str = ""
    description: str = ""
    note: str = ""
    kept: Kept = field(default_factory=lambda: Kept({}))
    left: tuple[Left, ...] = ()  # what was not read, because it is a file, an address or a secret of another team
    fault: str = ""


def written(rows: Iterable[tuple[Preset, PresetVersion]]) -> str:
    """The document of these presets with these versions. Raises `TooLarge`."""
    presets, left_out, addresses = [], [], dict[int, list[str]]()
    for preset, version in rows:
        if preset.team_id not in addresses:
            addresses[preset.team_id] = addresses_of(preset.team_id)
        kept, left = portable(version.kept, addresses[preset.team_id])
        words = {"description": preset.description, "note": version.note}
        presets.append(entry(preset.key, preset.operation, preset.name, kept, words))
        left_out += [{"key": preset.key, "at": each.at, "why": each.why} for each in left]
    if len(presets) > MOST_PRESETS:
        raise TooLarge(_("One document holds %(most)s presets at most. Choose fewer.") % {"most": MOST_PRESETS})
    document = {"format": FORMAT, "version": VERSION, "presets": presets}
    text = catalog.dumps(document | ({"left_out": left_out} if left_out else {}), indent=2) + "\n"
    if len(text.encode()) > MOST_BYTES:
        raise TooLarge(_("Together these presets are larger than 2 MB. Choose fewer."))
    return text


def entry(key: str, operation: str, name: str, kept: Kept, words: Mapping[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "operation": operation, "name": name}
    made |= {name: text for name, text in words.items() if text}
    made["values"] = dict(kept.values)
    made |= {name: dict(each) for name, each in (("holds", kept.holds), ("fates", kept.fates)) if each}
    made |= {"extras": dict(kept.extras)} if kept.extras else {}
    order = catalog.pack(kept.extras)["order"]
    return made | ({"order": order} if order else {})


def content(operation: str, name: str, description: str, kept: Kept) -> str:
    """All that makes two presets the same, as one text, in whichever order their fields stand."""
    plain = Kept(*(dict(sorted(each.items())) for each in (kept.values, {}, kept.fates, kept.holds)))
    made = entry("", operation, name, Kept(plain.values, kept.extras, plain.fates, plain.holds), {})
    return catalog.dumps(made | {"description": description})


def is_one(text: str) -> bool:
    """Does the text say of itself that it is such a document?"""
    return _IS_ONE.search(text) is not None


def read(text: str) -> list[Item]:
    """The presets of a document, in its order. Raises `catalog.JSONProblem`, or `Unreadable`."""
    if len(text) > MOST_BYTES or len(text.encode(errors="replace")) > MOST_BYTES:
        raise Unreadable(_("This document is larger than 2 MB. Export fewer presets at once."))
    found = catalog.loads(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Unreadable(_("This is not a document of presets. Export one from a library."))
    version, presets = found.get("version"), found.get("presets")
    if type(version) is int and version > VERSION:
        told = {"version": version, "known": VERSION}
        raise Unreadable(
            _(
                "A newer studio wrote this document (version %(version)s); this one reads version %(known)s. "
                "Update this studio."
            )
            % told
        )
    if type(version) is not int or version < 1 or not isinstance(presets, list):
        raise Unreadable(
            _("This document of presets is damaged: its version or its presets are missing. Export again.")
        )
    if not presets:
        raise Unreadable(_("This document holds no preset."))
    if len(presets) > MOST_PRESETS:
        told = {"count": len(presets), "most": MOST_PRESETS}
        raise Unreadable(
            _("This document holds %(count)s presets; %(most)s at once is the most. Export them in several parts.")
            % told
        )
    return without_twins([item_of(each) for each in presets])


def without_twins(items: list[Item]) -> list[Item]:
    """A key that stands a second time is a fault there."""
    seen: set[str] = set()
    made = []
    for item in items:
        twin = not item.fault and item.key in seen
        made.append(Item(name=item.name, fault=_("This key appears twice in the document.")) if twin else item)
        seen |= {item.key}
    return made


def item_of(found: object) -> Item:
    """Never raises: what cannot be read is a fault."""
    if not isinstance(found, dict):
        return Item(fault=_("It is not an object."))
    name = found.get("name")
    name = name.strip() if isinstance(name, str) else ""
    try:
        return whole(found, name)
    except ValueError as fault:
        return Item(name=name[: BOUNDS["name"]], fault=str(fault))


def whole(found: Mapping[str, Any], name: str) -> Item:
    """Raises ValueError with a sentence."""
    texts = {each: text_of(found, each, most) for each, most in BOUNDS.items()}
    if not name:
        raise ValueError(_("It has no name."))
    key = texts["key"] or hashlib.sha256(catalog.dumps(dict(found)).encode()).hexdigest()[:32]
    if not _KEY.fullmatch(key):
        raise ValueError(_("Its key is not made of letters and digits."))
    members = {each: object_of(found, each) for each in ("values", "extras", "holds", "fates")}
    if "values" not in found:
        raise ValueError(_("It has no values."))
    for each, words in (("holds", set(HOLDS)), ("fates", {"keep", "omit"})):
        if any(not isinstance(word, str) or word not in words for word in members[each].values()):
            raise ValueError(_("“%(name)s” has a word that the studio does not know.") % {"name": each})
    kept, left = portable(
        Kept(members["values"], extras_of(found, members["extras"]), members["fates"], members["holds"])
    )
    return Item(name, texts["operation"], key, texts["description"], texts["note"], kept, tuple(left))


def extras_of(found: Mapping[str, Any], extras: Mapping[str, Any]) -> catalog.Extras:
    try:
        order = {tuple(map(str, where)): list(map(str, names)) for where, names in found.get("order", [])}
    except (TypeError, ValueError):
        raise ValueError(_("Its “order” is not as the studio writes it. Leave it out.")) from None
    return catalog.Extras(extras, order)


def text_of(found: Mapping[str, Any], name: str, most: int) -> str:
    text = found.get(name, "")
    if not isinstance(text, str):
        raise ValueError(_("“%(name)s” is not text.") % {"name": name})
    if len(text) > most:
        raise ValueError(_("“%(name)s” is longer than %(most)s characters.") % {"name": name, "most": most})
    return text


def object_of(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(_("“%(name)s” is not an object.") % {"name": name})
    return value
