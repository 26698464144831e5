"""One call, told in no language yet: what every generator is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

KEY = "GATEWAY_KEY"  # the environment's name for the key, which no sample holds
_IN_QUOTES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True)
class Part:
    """One part of a form: a text, or with `is_file` the name of a file in the folder where the program runs."""

    name: str
    text: str
    is_file: bool = False


@dataclass(frozen=True)
class Talk:
    """What goes over a web socket, frame by frame, and the types of the events that open it, end it and fail it."""

    frames: tuple[str, ...]
    opened: str
    ended: str
    error: str


@dataclass(frozen=True)
class Request:
    """`headers` have neither the key nor the content's type. `body` is JSON as it is sent, `parts` a form, `talk` a
    conversation over a web socket; a call without a body has none of them."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    parts: tuple[Part, ...] | None = None
    talk: Talk | None = None

    @property
    def socket_url(self) -> str:
        """The same address for a web socket: wss for https, ws for http."""
        return f"ws{self.url.removeprefix('http')}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def target(self) -> str:
        """What stands behind the method on the wire: path and query."""
        at = urlsplit(self.url)
        return (at.path or "/") + (f"?{at.query}" if at.query else "")

    @property
    def plain_headers(self) -> list[tuple[str, str]]:
        """For languages that make a form by themselves: only JSON is named."""
        return [*([("Content-Type", "application/json")] if self.body is not None else []), *self.headers]

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """For languages in which the parts are written out: with the boundary."""
        form = [("Content-Type", f"multipart/form-data; boundary={self.boundary}")] if self.parts is not None else []
        return [*form, *self.plain_headers]

    @property
    def boundary(self) -> str:
        """Always the same for the same parts, so that a sample does not change by itself, and in none of them."""
        texts = "\n".join(part.text for part in self.parts or ())
        name = "form"
        while f"--{name}" in texts or name == "form":
            name = f"form-{hashlib.sha256((name + texts).encode()).hexdigest()[:16]}"
        return name

    @property
    def pieces(self) -> list[str | Part]:
        """The parts of a form as they go over the wire, in order: texts, and the files whose bytes stand between."""
        made: list[str | Part] = []
        for part in self.parts or ():
            text = f'--{self.boundary}\r\nContent-Disposition: form-data; name="{part.name.translate(_IN_QUOTES)}"'
            if part.is_file:
                text += f'; filename="{part.text.translate(_IN_QUOTES)}"\r\nContent-Type: application/octet-stream'
                made += [f"{text}\r\n\r\n", part, "\r\n"]
            else:
                made.append(f"{text}\r\n\r\n{part.text}\r\n")
        return [*made, f"--{self.boundary}--\r\n"]
