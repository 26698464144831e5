"""A form in parts (multipart/form-data), as a gateway reads it: texts by name, and files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

from studio.sandbox.wire import Request

NAME = re.compile(r'\bname="([^"]*)"')
FILE_NAME = re.compile(r'\bfilename="([^"]*)"')
MOST = 1000


class NoForm(ValueError):
    """The body is no form in parts."""


@dataclass(frozen=True)
class Upload:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """`texts` and `files` by the name of their part; `texts` holds the last of several, `every` all."""

    texts: Mapping[str, str]
    files: Mapping[str, Upload]
    every: Mapping[str, tuple[str, ...]]


def form(request: Request) -> Form:
    """The parts of a request. Raises NoForm when it says that it is something else, or holds no part."""
    boundary = _boundary(request.headers.get("content-type", ""))
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    every: dict[str, tuple[str, ...]] = {}
    pieces = (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode(), MOST)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise NoForm("the form holds no part, or breaks off")
    for piece in pieces[1:-1]:
        heads, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(line.partition(":")[::2] for line in heads.decode("utf-8", "replace").split("\r\n"))
        told = {name.strip().lower(): value.strip() for name, value in headers.items()}
        where = told.get("content-disposition", "")
        if not (name := NAME.search(where)):
            raise NoForm("a part has no name")
        if file := FILE_NAME.search(where):
            media_type = told.get("content-type", "application/octet-stream")
            files[name[1]] = Upload(file[1], media_type, content)
        else:
            texts[name[1]] = content.decode("utf-8", "replace")
            every[name[1]] = (*every.get(name[1], ()), texts[name[1]])
    return Form(texts, files, every)


def _boundary(content_type: str) -> str:
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary.isascii():
        raise NoForm("content-type: must be multipart/form-data")
    return boundary
