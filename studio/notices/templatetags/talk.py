"""The comments on another room's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import RequestContext

from studio.notices.comment_views import looked_at, section
from studio.notices.models import Mails, Wish
from studio.notices.targets import find

register = template.Library()


@register.inclusion_tag("notices/_talk.html", takes_context=True)
def comments_on(context: RequestContext, kind: str, pk: int) -> dict[str, Any]:
    """`{% comments_on "task" task.pk %}`."""
    request = context["request"]
    target = find(kind, pk, request.user)
    page = section(request, target) | {"was_unread": looked_at(request, target)}
    return page | {"request": request, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("notices/_mails.html", takes_context=True)
def mail_wish(context: RequestContext) -> dict[str, Any]:
    """On a person's profile: which notices they want by mail."""
    wish = Wish.objects.filter(person=context["request"].user).first()
    given = {"choices": Mails.choices, "chosen": wish.mails if wish else Mails.OFF}
    return given | {"can_mail": bool(settings.EMAIL_HOST), "csrf_token": context.get("csrf_token")}
