"""take: bytes that somebody brings become a File, or a sentence that says what to do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import httpx
from django.conf import settings
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from studio.catalog.schema import KINDS
from studio.files import naming, sniff, storing
from studio.files.measure import MOST_BYTES, Measured, Unfit, measure
from studio.files.models import File, Origin, public_id
from studio.gateway import Blocked, NotFetched, fetch
from studio.teams.models import Team, User

FETCH_SECONDS = 30
ANY = "file"  # a field that takes files takes every kind that the studio knows


class NotTaken(Exception):
    """The text is a sentence for the person who brought the file."""


def takes_of(text: str) -> list[str]:
    """The kinds that an address asks for, with commas; without any, every file."""
    return [kind for kind in text.split(",") if kind in KINDS] or [ANY]


def kind_word(kind: str) -> str:
    words = {"image": _("a picture"), "video": _("a video"), "audio": _("a sound"), "text": _("a text")}
    return words.get(kind, _("a file"))


def endings(kind: str) -> str:
    words = {
        "image": "PNG, JPEG, WebP, GIF",
        "video": "MP4, MOV, WebM",
        "audio": "MP3, WAV, M4A, OGG, FLAC",
        "text": "TXT, JSON, CSV, MD",
    }
    return words.get(kind, "PDF, PPTX, DOCX, XLSX, TXT, JSON")


def most_bytes(takes: Collection[str]) -> int:
    """The largest file that a field of these kinds may get."""
    return (
        max(MOST_BYTES.values()) if ANY in takes else max(MOST_BYTES.get(kind, MOST_BYTES["audio"]) for kind in takes)
    )


def from_stream(team: Team, person: User, chunks: Iterator[bytes], name: str, takes: Collection[str]) -> File:
    """An upload. Raises `NotTaken`. Needs the team's scope."""
    with storing.new_file() as file:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > most_bytes(takes):
                raise NotTaken(too_large(most_bytes(takes)))
            file.write(chunk)
        return keep(team, person, file, name, takes, Origin.UPLOAD)


def from_address(
    team: Team, person: User, url: str, takes: Collection[str], private_origins: Sequence[str] = ()
) -> File:
    """What lies behind an address, fetched through the guard. What a person typed leads to the public internet alone:
    `private_origins` are for a link that a gateway gave. Raises `NotTaken`."""
    make = settings.GATEWAY_TRANSPORT
    wire: httpx.BaseTransport | None = make() if make else None
    with storing.new_file() as file:
        try:
            fetch(
                url,
                private_origins=private_origins,
                to=file,
                max_bytes=most_bytes(takes),
                deadline=FETCH_SECONDS,
                transport=wire,
            )
        except (Blocked, NotFetched) as fault:
            why = gettext(fault.reason)
            raise NotTaken(_("The file cannot be fetched from this address. %(why)s") % {"why": why}) from fault
        return keep(team, person, file, naming.of_address(url), takes, Origin.ADDRESS)


def keep(team: Team, person: User, file: BinaryIO, name: str, takes: Collection[str], origin: Origin) -> File:
    """Check the bytes, then put them in place. The same file brought twice is one. It is its person's alone until the
    team sees something in which it stands (`marking`). Raises `NotTaken`."""
    file.flush()
    measured = examine(file, takes)
    size, digest = file.seek(0, 2), storing.checksum(file)
    called = naming.clean(name, measured.type)
    if known := brought_before(digest, called, origin, person):
        return known
    row = File(team=team, person=person, private=True, origin=origin, name=called, sha256=digest, **facts(measured))
    row.size = size
    row.file.name = stored_name(row, measured.type.ending)
    storing.put_in_place(file, row.file.name)
    row.save(force_insert=True)
    return row


def brought_before(digest: str, name: str, origin: Origin, person: User) -> File | None:
    """The same file where this person sees it, from now on as young as one that is new: what is old and not used is
    tidied away."""
    seen = Q(private=False) | Q(person=person)
    known = File.objects.filter(seen, sha256=digest, name=name, origin=origin).first()
    young = known and File.objects.filter(pk=known.pk).update(created_at=timezone.now())
    return known if young else None


def share(team: Team, person: User, path: Path, name: str, measured: Measured, digest: str) -> File:
    """A File of bytes that are kept already and never change: a second name for them, without a copy. Needs the scope.

    Raises `NotTaken` where they are gone.
    """
    called = naming.clean(name, measured.type)
    if known := brought_before(digest, called, Origin.RESULT, person):
        return known
    row = File(
        team=team,
        person=person,
        private=True,
        origin=Origin.RESULT,
        name=called,
        sha256=digest,
        **facts(measured),
    )
    row.file.name = stored_name(row, measured.type.ending)
    try:
        row.size = path.stat().st_size
        storing.link(path, row.file.name)
    except FileNotFoundError as fault:
        raise NotTaken(_("This file is no longer in the media folder. Choose another one.")) from fault
    row.save(force_insert=True)
    return row


def stored_name(row: File, ending: str) -> str:
    row.public_id = row.public_id or public_id()
    return f"{row.team_id}{os.sep}files{os.sep}{row.public_id}{ending}"


def facts(measured: Measured) -> dict[str, object]:
    return {
        "kind": measured.type.kind,
        "media_type": measured.type.media_type,
        "width": measured.width,
        "height": measured.height,
        "duration": measured.duration,
    }


def examine(file: BinaryIO, takes: Collection[str]) -> Measured:
    """What the bytes are. Raises `NotTaken` for what is empty, unknown, damaged, too large, or no file of `takes`."""
    size = file.seek(0, 2)
    if not size:
        raise NotTaken(_("The file is empty. Choose another one."))
    found = sniff.sniff(file, text_allowed=bool({ANY, "text"} & set(takes)))
    if found is None:
        raise NotTaken(_("This file is none of those that can be used here. Choose one of: %(list)s.") % listed(takes))
    try:
        measured = measure(file, found)
    except Unfit as fault:
        raise NotTaken(_("%(why)s Choose another one.") % {"why": gettext(fault.reason)}) from fault
    kind = measured.type.kind
    if not {ANY, kind} & set(takes):
        text = _("This is %(kind)s. Choose one of: %(list)s.")
        raise NotTaken(text % {"kind": kind_word(kind), **listed(takes)})
    most = MOST_BYTES.get(kind, MOST_BYTES["audio"])
    if size > most:
        raise NotTaken(too_large(most))
    return measured


def listed(takes: Collection[str]) -> dict[str, str]:
    return {"list": ", ".join(endings(kind) for kind in takes)}


def too_large(most: int) -> str:
    return _("The file is too large: at most %(size)s. Choose a smaller one.") % {"size": filesizeformat(most)}
