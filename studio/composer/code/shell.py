"""The call for a shell, and as it stands on the wire."""

from __future__ import annotations

import re
import shlex

from studio.composer.code.literals import is_plain, octal
from studio.composer.code.request import KEY, Part, Request

_PLAIN_NAME = re.compile(r"[\w.-]+")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shell(request: Request) -> str:
    """curl in bash. Of the parts only a file's is read from the disk."""
    lines = [
        f"curl{' --globoff' if set(request.url) & set('{}[]') else ''} --request {request.method} {word(request.url)}",
        *(f"--header {word(f'{name}: {value}')}" for name, value in request.plain_headers),
        f'--header "Authorization: Bearer ${KEY}"',
        *([f"--data-raw {word(request.body)}"] if request.body is not None else []),
        *map(_part, request.parts or ()),
    ]
    return " \\\n  ".join(lines)


def word(text: str) -> str:
    """One word of bash; `$'…'` only where a character cannot be seen."""
    if is_plain(text.replace("\n", "")):
        return shlex.quote(text)
    return "$'" + "".join(_ESCAPES.get(c) or (c if is_plain(c) else octal(c)) for c in text) + "'"


def _part(part: Part) -> str:
    if not part.is_file:
        return f"--form-string {word(f'{part.name}={part.text}')}"
    name = part.text.replace("\\", "\\\\").replace('"', '\\"')
    file = name if _PLAIN_NAME.fullmatch(name) else f'"{name}"'
    return f"--form {word(f'{part.name}=@{file}')}"


def http(request: Request) -> str:
    """HTTP/1.1 itself. A file stands as `< name`, as editors that send such a text take it."""
    length = [] if request.body is None else [f"Content-Length: {len(request.body.encode())}"]
    head = [
        f"{request.method} {request.target} HTTP/1.1",
        f"Host: {request.host}",
        *(f"{name}: {value}" for name, value in request.all_headers),
        f"Authorization: Bearer {{{{{KEY}}}}}",
        *length,
    ]
    parts = request.pieces if request.parts is not None else []
    form = "".join(f"< ./{piece.text}" if isinstance(piece, Part) else piece for piece in parts)
    return "\n".join(head) + "\n\n" + (request.body or "") + form.replace("\r\n", "\n")
