"""Serving kept files so that they are inert: our own type, no sniffing, no script, no frame, only to the team."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date, parse_http_date_safe, quote_etag

from studio import pouring
from studio.assets.models import Asset
from studio.assets.sniff import INLINE
from studio.teams.access import TeamRequest

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


def serve(request: TeamRequest, asset: Asset) -> HttpResponseBase:
    """The file of a kept asset, whole or the part that `Range` asks for (one part; of several, the whole is sent)."""
    size, tag = asset.size or 0, quote_etag(asset.sha256)
    if is_known(request, tag):
        return finish(HttpResponse(status=304), asset, tag)
    part = wanted_part(request, asset, tag, size)
    if part is None:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return finish(refused, asset, tag)
    partial = part != WHOLE
    first, last = part if partial else (0, size - 1)
    status = 206 if partial else 200
    body = content(request, asset, first, last)
    body.status_code = status
    if partial:
        body["Content-Range"] = f"bytes {first}-{last}/{size}"
    body["Content-Length"] = str(last - first + 1)
    return finish(body, asset, tag, download="download" in request.GET)


def content(request: TeamRequest, asset: Asset, first: int, last: int) -> HttpResponseBase:
    """The bytes themselves, or the order to pour them. Raises FileNotFoundError."""
    file = asset.file.open("rb")
    if request.method == "HEAD" or pouring.is_able(request.META):
        file.close()
        order = {} if request.method == "HEAD" else {pouring.HEADER: pouring.order(asset.file.path, first, last)}
        return HttpResponse(headers=order)
    return StreamingHttpResponse(stream(file, first, last))


def finish(response: HttpResponseBase, asset: Asset, tag: str, *, download: bool = False) -> HttpResponseBase:
    for name, value in HEADERS.items():
        response[name] = value
    response["Content-Type"] = asset.media_type + ("; charset=utf-8" if asset.media_type == "text/plain" else "")
    response["ETag"] = tag
    if asset.kept_at:
        response["Last-Modified"] = http_date(asset.kept_at.timestamp())
    inline = asset.media_type in INLINE and not download
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{asset.name}"'
    return response


def is_known(request: TeamRequest, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))


def wanted_part(request: TeamRequest, asset: Asset, tag: str, size: int) -> Part | None:
    """First and last byte to send, both included, or `WHOLE`; None when the part asked for lies outside the file."""
    text = request.headers.get("Range", "")
    found = re.fullmatch(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", text)
    if not found or found[0] == "-" or not (found[1] or found[2]) or not is_same(request, asset, tag):
        return WHOLE
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else None
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if found[2] and int(found[2]) < first:
        return WHOLE  # not a range at all: as if it were not there
    return (first, last) if first < size else None


def is_same(request: TeamRequest, asset: Asset, tag: str) -> bool:
    """Whether the part belongs to the file that the browser has the beginning of."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition or condition == tag:
        return True
    return asset.kept_at is not None and parse_http_date_safe(condition) == int(asset.kept_at.timestamp())


def stream(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
