"""Serves films, stills, songs, retouched pictures and documents from the address alone: links outlive a restart. Decks
and sources, which are more than an address can say, are served as long as they are kept."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from studio.sandbox import art_qrcode_pictures, documents, music, retouching
from studio.sandbox import film as films
from studio.sandbox.grids import grid, picture
from studio.sandbox.kept import Kept
from studio.sandbox.painting import last_frame, mp4, poster, preview
from studio.sandbox.slides import MEDIA_TYPE
from studio.sandbox.stills import MEDIA_TYPES, STILLS, served
from studio.sandbox.wire import Answer, Request, as_text

KEPT_BYTES = 64 * 1024 * 1024
KINDS: dict[str, tuple[str, Callable[[films.Film], bytes]]] = {
    films.VIDEO: ("video/mp4", mp4),
    films.POSTER: ("image/jpeg", poster),
    films.LAST: ("image/png", last_frame),
    films.PICTURE: ("image/png", picture),
    art_qrcode_pictures.CODE: ("image/png", art_qrcode_pictures.code),
    films.SONG: ("audio/mpeg", music.mp3),
    films.STREAM: ("audio/mpeg", music.stream),
    films.SONG_VIDEO: ("video/mp4", music.mp4),
    films.SOUND_VIDEO: ("video/mp4", music.film_mp4),
    films.GRID: ("image/png", grid),
    films.PREVIEW: ("image/webp", preview),
    retouching.PNG: ("image/png", retouching.png),
    retouching.JPG: ("image/jpeg", retouching.jpg),
    retouching.WEBP: ("image/webp", retouching.webp),
    documents.TXT: ("text/plain; charset=utf-8", documents.txt),
    documents.PDF: ("application/pdf", documents.pdf),
    documents.DOCX: (f"{documents.OPEN}.wordprocessingml.document", documents.docx),
    documents.XLSX: (f"{documents.OPEN}.spreadsheetml.sheet", documents.xlsx),
    documents.PPTX: (f"{documents.OPEN}.presentationml.presentation", documents.pptx),
    **{name: (MEDIA_TYPES[kind], partial(served, kind=kind)) for name, kind in STILLS.items()},
}
TYPES = {name: kind for name, (kind, _) in KINDS.items()} | {films.DECK: MEDIA_TYPE, films.SOURCE: "application/json"}
ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
GONE = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>{}</Message></Error>\n'


class Shelf:
    """Made files by address, the latest 64 MB of them. One file is made once, even when many ask at a time."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()  # one at a time: encoding fills the processor anyway

    def get(self, name: str, token: str) -> bytes:
        """Raises ValueError when the token is none of ours."""
        address = f"{name}/{token}"
        found = self._find(address)
        if found is not None:
            return found
        film = films.from_token(token)
        with self._making:
            return self._find(address) or self._keep(address, KINDS[name][1](film))

    def _find(self, address: str) -> bytes | None:
        with self._lock:
            if address in self._files:
                self._files.move_to_end(address)
            return self._files.get(address)

    def _keep(self, address: str, made: bytes) -> bytes:
        with self._lock:
            self._files[address] = made
            while sum(map(len, self._files.values())) > KEPT_BYTES and len(self._files) > 1:
                self._files.popitem(last=False)
        return made


def serve(shelf: Shelf, kept: Kept, request: Request, now: float) -> Answer:
    """GET or HEAD /media/<id>/<name>?film=...&expires=...: 200, 206, 416, 403 when the link died, 404."""
    _, _, seal, name = [*request.path.split("/", 3), ""][:4]
    token, expires = request.query.get("film", ""), request.query.get("expires", "")
    if request.method not in {"GET", "HEAD"} or name not in TYPES or films.seal(token) != seal:
        return as_text(GONE.format("No such object."), "application/xml", 404)
    if not expires.isdecimal() or int(expires) < now:
        return as_text(GONE.format("Request has expired."), "application/xml", 403)
    try:
        content = shelf.get(name, token) if name in KINDS else kept.get(token)
    except (ValueError, KeyError):
        return as_text(GONE.format("No such object."), "application/xml", 404)
    return ranged(content, TYPES[name], f'"{seal}-{name}"', request)


def ranged(content: bytes, content_type: str, etag: str, request: Request) -> Answer:
    """The part that was asked for; several ranges at once are answered with the whole."""
    headers = (("Accept-Ranges", "bytes"), ("ETag", etag), ("Cache-Control", "max-age=3600"))
    wanted = ONE_RANGE.fullmatch(request.headers.get("range", "").strip())
    held = request.headers.get("if-range", etag) == etag
    if not wanted or not held or wanted.group(0) == "bytes=-":
        return Answer(200, content, content_type, headers)
    first, last = wanted.groups()
    size = len(content)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or (first and last and int(last) < start):
        return Answer(416, b"", content_type, (*headers, ("Content-Range", f"bytes */{size}")))
    part = ("Content-Range", f"bytes {start}-{end}/{size}")
    return Answer(206, content[start : end + 1], content_type, (*headers, part))
