"""The text of a comment: names that were typed become mentions, and back; what a page shows of it, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from studio.teams.models import User

TOKEN = re.compile(r"@\{(\d{1,18})\}")
PIECES = re.compile(r"(?P<mention>@\{\d{1,18}\})|(?P<link>https?://[^\s<>\"'`{}|\\^]+)")
AFTER_A_LINK = ".,;:!?)]*_~。，、；：！？）】》」』"


class Piece(NamedTuple):
    """`kind` is text, mention or link; a page escapes every `text`."""

    kind: str
    text: str


def clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def resolve(text: str, members: Iterable[User], chosen: Iterable[int] = ()) -> tuple[str, dict[int, User]]:
    """The text to keep, and whom it mentions.

    A name that two people have means the one who was chosen from the list; where nobody was, it is only a name.
    """
    picked, named = set(chosen), dict[str, list[User]]()
    for person in members:
        named.setdefault(str(person).casefold(), []).append(person)
    if not named:
        return text, {}
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    found: dict[int, User] = {}

    def mention(match: re.Match[str]) -> str:
        people = named.get(match[1].casefold(), [])
        people = people if len(people) == 1 else [each for each in people if each.pk in picked]
        if len(people) != 1:
            return match[0]
        found[people[0].pk] = people[0]
        return f"@{{{people[0].pk}}}"

    kept = re.sub(rf"(?<![A-Za-z0-9_.@])@({names})(?![A-Za-z0-9_])", mention, text, flags=re.IGNORECASE)
    return kept, found


def typed(text: str, mentioned: Mapping[int, str]) -> str:
    """As its writer typed it, with the names of today."""
    return TOKEN.sub(lambda match: f"@{mentioned[int(match[1])]}" if int(match[1]) in mentioned else match[0], text)


def pieces(text: str, mentioned: Mapping[int, str]) -> list[Piece]:
    found, at = list[Piece](), 0
    for match in PIECES.finditer(text):
        piece = piece_of(match, mentioned)
        if piece is None:
            continue
        if before := text[at : match.start()]:
            found.append(Piece("text", before))
        found.append(piece)
        at = match.start() + (len(match[0]) if piece.kind == "mention" else len(piece.text))
    return [*found, Piece("text", text[at:])] if text[at:] else found


def piece_of(match: re.Match[str], mentioned: Mapping[int, str]) -> Piece | None:
    if match["mention"]:
        person = int(match["mention"][2:-1])
        return Piece("mention", f"@{mentioned[person]}") if person in mentioned else None
    return Piece("link", match["link"].rstrip(AFTER_A_LINK))
