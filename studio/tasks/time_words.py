"""Times, and places in a line, as a person says them."""

from __future__ import annotations

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.tasks.line import Place

SPELLED = (  # what a person would rather read than count; the first of a line is "next"
    gettext_lazy("Second"),
    gettext_lazy("Third"),
    gettext_lazy("Fourth"),
    gettext_lazy("Fifth"),
    gettext_lazy("Sixth"),
    gettext_lazy("Seventh"),
    gettext_lazy("Eighth"),
    gettext_lazy("Ninth"),
    gettext_lazy("Tenth"),
)
MOMENT = 5  # seconds that nobody needs to be told


def spelled_time(seconds: float) -> str:
    if seconds < 90:
        return _("%(number)s s") % {"number": max(1, round(seconds))}
    if seconds < 5400:
        return _("%(number)s min") % {"number": round(seconds / 60)}
    return _("%(number)s h") % {"number": f"{seconds / 3600:.1f}"}


def in_line(place: Place) -> str:
    """ "Third in line, starts in about 2 min"; without a time where nobody can tell one."""
    where = _("Next in line")
    if place.before:
        number = SPELLED[place.before - 1] if place.before <= len(SPELLED) else ordinal(place.before + 1)
        where = _("%(number)s in line") % {"number": number}
    if place.seconds is None:
        return where
    if place.seconds < MOMENT:
        return _("%(where)s, starts in a moment") % {"where": where}
    return _("%(where)s, starts in about %(time)s") % {"where": where, "time": spelled_time(place.seconds)}
