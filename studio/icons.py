"""The icons of all pages, a template tag that needs no `{% load %}`."""

from __future__ import annotations

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()
# The line's end is the space between an icon and the word after it.
SHAPE = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>\n'


@register.simple_tag
def icon(name: str, more: str = "") -> SafeString:
    """`{% icon "close" %}`: one of static/icons.svg; `{% icon "list" "icon--large" %}` has a class more. A page has a
    hundred of them, and an included template took twice as long."""
    return format_html(SHAPE, f"icon {more}" if more else "icon", static("icons.svg"), name)
