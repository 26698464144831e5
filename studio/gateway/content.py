"""The bytes of a request's body, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from studio.catalog import form_parts


@dataclass(frozen=True)
class FilePart:
    """A file as one part of a form; `name` is the file's name, by whose ending some systems tell its format."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Content:
    data: bytes
    media_type: str  # with the boundary, where it has one

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type} if self.data else {}


NO_CONTENT = Content(b"", "")


def json_content(text: str) -> Content:
    return Content(text.encode(), "application/json")


def multipart_content(body: Mapping[str, Any]) -> Content:
    """A body as multipart/form-data, also without any file."""
    parts = [(name, _part(value)) for name, value in form_parts(body)]
    if not parts:
        return Content(b"--empty--\r\n", "multipart/form-data; boundary=empty")
    request = httpx.Request("POST", "http://nowhere", files=parts)
    return Content(request.read(), request.headers["content-type"])


def _part(value: str | FilePart) -> tuple[str | None, str] | tuple[str, bytes, str]:
    return (None, value) if isinstance(value, str) else (value.name, value.data, value.media_type)
