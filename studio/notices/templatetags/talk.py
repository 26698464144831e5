"""The comments on another room's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from studio.notices import talking
from studio.notices.comment_views import section
from studio.notices.listing import mark_read, on
from studio.notices.targets import find

register = template.Library()


@register.inclusion_tag("notices/_talk.html", takes_context=True)
def comments_on(context: RequestContext, kind: str, pk: int) -> dict[str, Any]:
    """`{% comments_on "task" task.pk %}`. Whoever opens the page has read what they were told of it."""
    request = context["request"]
    target = find(kind, pk, request.user)
    was_unread = mark_read(on(request.user, target))
    page = section(request, target) | {"members": talking.members(target.team), "was_unread": was_unread}
    return page | {"request": request, "csrf_token": context.get("csrf_token")}
