"""Moments of all pages, a template filter that needs no `{% load %}`."""

from __future__ import annotations

from datetime import datetime

from django.template import Library
from django.template.defaultfilters import date
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()


@register.filter
def moment(at: datetime, form: str = "Y-m-d H:i") -> SafeString:
    """`{{ link.expires_at|moment }}`: in the studio's zone, until the browser writes it in its own (moments.js)."""
    return format_html('<time datetime="{}">{}</time>', date(at, "c"), date(at, form))
