"""`{% csrf_token %}`, which every form has, says of which team the page is, too: another tab may change to another."""

from __future__ import annotations

from django.template import Context, Library
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from studio.teams.access import PAGE_TEAM, current_membership

register = Library()
FIELD = '{}<input type="hidden" name="{}" value="{}">'  # after the secret


class FormSecret(CsrfTokenNode):
    """Django's own, and the number of the page's team beside it."""

    def render(self, context: Context) -> str:
        secret = super().render(context)
        request = getattr(context, "request", None)
        membership = current_membership(request) if request is not None and hasattr(request, "user") else None
        return format_html(FIELD, secret, PAGE_TEAM, membership.team_id) if membership else secret


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormSecret:
    return FormSecret()
