"""Addresses in a text as links, and nothing else of Markdown: the text stays what it is, sign by sign."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
ADDRESS = r"https?://[^\s<>\"'()\[\]`*]{3,1000}"
LINK = re.compile(rf"(?P<label>!?\[)(?P<words>[^\[\]\n]{{1,200}})\]\((?P<target>{ADDRESS})\)|(?P<plain>{ADDRESS})")
SENTENCE_ENDS = ".,;:!?。，；：！？、"
ANCHOR = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank" title="{}">{}</a>'


@register.filter
def linked(text: str) -> SafeString:
    """The text with its addresses as links. Of `[words](address)` the words are shown; the rest of it is hidden, not
    gone, so that whoever copies the text gets it whole. Only http and https, and nothing that is not escaped."""
    parts: list[str] = []
    place = 0
    for found in LINK.finditer(text):
        parts.append(conditional_escape(text[place : found.start()]))
        parts.append(of_markdown(found) if found["words"] else of_address(found["plain"]))
        place = found.end()
    return mark_safe("".join([*parts, conditional_escape(text[place:])]))  # noqa: S308  every part is escaped


def of_markdown(found: re.Match[str]) -> str:
    target = found["target"]
    link = format_html(ANCHOR, target, target, found["words"])
    return format_html("<span hidden>{}</span>{}<span hidden>]({})</span>", found["label"], link, target)


def of_address(text: str) -> str:
    """An address at the end of a sentence does not take the full stop with it."""
    target = text.rstrip(SENTENCE_ENDS)
    return format_html(ANCHOR + "{}", target, target, target, text[len(target) :])
