"""What a browser posts from a page: the successful controls of its form, in the order of the page."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import QueryDict


class Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.area: str | None = None
        self.select: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if given.get("form"):
            name = ""
        if tag == "input" and name:
            ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if ticked:
                self.pairs.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self.area, self.text = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.pairs.append((self.select, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            if self.area:
                # A browser drops the first line end of the markup and posts every other one as CR LF.
                self.pairs.append((self.area, self.text.removeprefix("\n").replace("\n", "\r\n")))
            self.area = None
        elif tag == "select":
            self.select = None


def posted(html: str) -> QueryDict:
    parser = Controls()
    parser.feed(html)
    parser.close()
    post = QueryDict(mutable=True)
    for name, value in parser.pairs:
        post.appendlist(name, value)
    return post
