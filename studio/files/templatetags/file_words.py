"""What templates say of a file."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from studio.files.serving import Kept

register = template.Library()


class Measurable(Kept, Protocol):
    """A file of ours, or a result."""

    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def duration(self) -> float | None: ...


@register.filter
def measures(file: Measurable) -> str:
    """Ending, pixels, seconds and size, as far as it has them: "PNG · 640 × 360 · 12 KB"."""
    parts = [file.name.rsplit(".", 1)[-1].upper()]
    if file.width and file.height:
        parts.append(f"{file.width} × {file.height}")
    if file.duration is not None:
        parts.append(_("%(seconds)s s") % {"seconds": number_format(file.duration, 1)})
    return " · ".join([*parts, filesizeformat(file.size or 0)])
