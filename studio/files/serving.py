"""Serving kept files so that they are inert: our own type, no sniffing, no script, no frame. Whom, a view says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Protocol

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe, quote_etag

from studio import pouring
from studio.files.sniff import INLINE

CHUNK = 64 * 1024
DAY = 86400
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": f"private, max-age={DAY}, immutable",
    "Accept-Ranges": "bytes",
}
Part = tuple[int, int]  # first and last byte
WHOLE: Part = (0, -1)  # no part was asked for


class Kept(Protocol):
    """A row with a file: `size` in bytes, `name` as it is downloaded, `kept_at` when it came."""

    @property
    def file(self) -> FieldFile: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int | None: ...
    @property
    def sha256(self) -> str: ...
    @property
    def kept_at(self) -> datetime | None: ...


def serve(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    """A kept file, whole or the part that `Range` asks for (one part; of several, the whole is sent)."""
    size, tag = kept.size or 0, quote_etag(kept.sha256)
    if is_known(request, tag):
        return finish(HttpResponse(status=304), kept, tag)
    part = wanted_part(request, kept, tag, size)
    if part is None:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return finish(refused, kept, tag)
    partial = part != WHOLE
    first, last = part if partial else (0, size - 1)
    status = 206 if partial else 200
    body = content(request, kept, first, last)
    body.status_code = status
    if partial:
        body["Content-Range"] = f"bytes {first}-{last}/{size}"
    body["Content-Length"] = str(last - first + 1)
    return finish(body, kept, tag, download="download" in request.GET)


def content(request: HttpRequest, kept: Kept, first: int, last: int) -> HttpResponseBase:
    """The bytes themselves, or the order to pour them. Raises FileNotFoundError."""
    file = kept.file.open("rb")
    if request.method == "HEAD" or pouring.is_able(request.META):
        file.close()
        order = {} if request.method == "HEAD" else {pouring.HEADER: pouring.order(kept.file.path, first, last)}
        return HttpResponse(headers=order)
    return StreamingHttpResponse(stream(file, first, last))


def finish(response: HttpResponseBase, kept: Kept, tag: str, *, download: bool = False) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    response["Content-Type"] = kept.media_type + ("; charset=utf-8" if kept.media_type == "text/plain" else "")
    response["ETag"] = tag
    if kept.kept_at:
        response["Last-Modified"] = http_date(kept.kept_at.timestamp())
    inline = kept.media_type in INLINE and not download
    response["Content-Disposition"] = content_disposition_header(not inline, kept.name) or ""
    return response


def is_known(request: HttpRequest, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))


def wanted_part(request: HttpRequest, kept: Kept, tag: str, size: int) -> Part | None:
    """First and last byte to send, both included, or `WHOLE`; None when the part asked for lies outside the file."""
    text = request.headers.get("Range", "")
    found = re.fullmatch(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", text)
    if not found or found[0] == "-" or not (found[1] or found[2]) or not is_same(request, kept, tag):
        return WHOLE
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else None
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if found[2] and int(found[2]) < first:
        return WHOLE  # not a range at all: as if it were not there
    return (first, last) if first < size else None


def is_same(request: HttpRequest, kept: Kept, tag: str) -> bool:
    """Whether the part belongs to the file that the browser has the beginning of."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition or condition == tag:
        return True
    return kept.kept_at is not None and parse_http_date_safe(condition) == int(kept.kept_at.timestamp())


def stream(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
