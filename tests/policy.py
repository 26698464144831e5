"""What a browser must be told with every page, so that nothing runs, loads or frames it that is not ours."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

POLICY = {
    "default-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}


class Live(HTMLParser):
    """Whatever in a page would need a weaker policy to work."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or re.fullmatch(r"on[a-z]+|hx-on.*", name) or value.strip().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value[:40]!r}>")


def faults(answer: Any) -> list[str]:
    """What of an answer breaks the rules."""
    wrong = [] if answer["X-Content-Type-Options"] == "nosniff" else ["sniffed"]
    if not answer["Content-Type"].startswith("text/html"):
        return wrong
    told = {part.split()[0]: set(part.split()[1:]) for part in answer["Content-Security-Policy"].split(";")}
    wrong += [] if told == POLICY else [f"policy {told}"]
    wrong += [] if answer["X-Frame-Options"] == "DENY" else ["framed"]
    wrong += [] if answer["Referrer-Policy"] == "same-origin" else ["referrer"]
    wrong += [] if answer["Cross-Origin-Opener-Policy"] == "same-origin" else ["opener"]
    page = Live()
    page.feed(answer.content.decode())
    return wrong + page.found
