"""Small words for task rows."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext

from studio import catalog
from studio.languages import in_words
from studio.tasks.models import Task
from studio.tasks.offers import Offer
from studio.tasks.onward import Onward
from studio.tasks.settling import settled
from studio.tasks.time_words import in_line
from studio.tasks.words import charged_word

register = template.Library()
register.filter(settled)
register.filter(in_line)
register.filter(charged_word)


@register.filter
def operation_title(slug: str) -> str:
    """`runway.generate-text` -> "Runway · Text to video"; the slug itself where the catalog no longer knows it."""
    operation = catalog.find(slug)
    if operation is None:
        return slug
    language = get_language() or "en"
    return f"{operation.system_title.get(language)} · {operation.title.get(language)}"


@register.filter
def makes_icon(slug: str) -> str:
    """The icon of what the operation makes."""
    operation = catalog.find(slug)
    return operation.makes if operation and operation.makes in {"image", "video", "audio", "text"} else "file"


@register.filter
def in_language(text: catalog.Text) -> str:
    return in_words(text)


@register.filter
def translated(text: str) -> str:
    """A sentence that the studio stored, in the reader's language; what a gateway said stays as it is."""
    return gettext(text) if text else ""


@register.filter
def explained(text: str) -> catalog.Explanation | None:
    """What a failure text of a gateway means, where that is known."""
    return catalog.explain(text)


@register.filter
def until(start: datetime | None, end: datetime | None) -> str:
    """The time between two moments as `2:10` or `1:02:10`."""
    return spell((end - start).total_seconds()) if start and end else ""


@register.filter
def elapsed(start: datetime) -> str:
    """The time since a moment, for pages whose clocks do not tick."""
    return spell((timezone.now() - start).total_seconds())


@register.filter
def left(end: datetime) -> str:
    return spell((end - timezone.now()).total_seconds())


@register.filter
def spell(seconds: float) -> str:
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


@register.filter
def lag(seconds: float | None) -> str:
    """How long after the line before: `+0.4 s`, `+2:10`."""
    if seconds is None:
        return ""
    return f"+{seconds:.1f} s" if seconds < 60 else f"+{spell(seconds)}"


@register.filter
def thumb(task: Task) -> object | None:
    """The kept picture that stands for the task: its poster or thumbnail, else an image it made."""
    kept = [asset for asset in task.assets.all() if asset.keeping == "kept"]
    small = [asset for asset in kept if asset.role in {"poster", "thumbnail"}]
    return next(iter([*small, *(asset for asset in kept if asset.kind == "image")]), None)


@register.filter
def of_result(onward: Onward | str, number: int) -> list[Offer]:
    """The follow-ups of one result; none on pages that know of none."""
    return onward.results.get(number, []) if isinstance(onward, Onward) else []
