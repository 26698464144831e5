"""What other rooms' pages show of the library."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from studio.library import uses
from studio.library.models import Use

register = template.Library()


@register.simple_tag(takes_context=True)
def use_of(context: RequestContext, task: int) -> Use | None:
    """The version that a task was made with; None for a task of no preset that the reader may see."""
    return uses.of_task(task, context["request"].user)
