"""What was asked for against what was delivered, as measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from studio.assets.models import Asset

RATIO_OFF = 0.03  # models deliver multiples of 8 to 64 pixels, so 1216 x 832 is not exactly what 3:2 is
SECONDS_OFF = 0.5
RATIO = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[:x×*/]\s*(\d+(?:\.\d+)?)\s*")
SECONDS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*+s?\s*+")
PLAIN = 40  # a ratio whose terms are larger is no help to the eye
# This room knows no catalog. Every operation calls these fields by one of few names, which the body keeps.
RATIO_NAMES = {"ratio", "aspect_ratio", "aspectratio", "size", "resolution"}
LENGTH_NAMES = {"seconds", "duration", "length"}


@dataclass(frozen=True)
class Fact:
    """One line: what it is, as delivered, as asked ("" where nothing was asked), and whether they differ."""

    name: str
    delivered: str
    asked: str = ""
    differs: bool = False


def facts(asset: Asset) -> list[Fact]:
    lines: list[Fact] = []
    if asset.width and asset.height:
        lines.append(Fact(_("Size"), f"{asset.width} × {asset.height}"))
        lines.append(ratio_fact(asset.width, asset.height, asked(asset, RATIO_NAMES, RATIO)))
    if asset.duration is not None:
        lines.append(length_fact(asset.duration, asked(asset, LENGTH_NAMES, SECONDS)))
    if asset.size is not None:
        lines.append(Fact(_("File"), f"{ending(asset)}, {filesizeformat(asset.size)}"))
    return lines


def asked(asset: Asset, names: set[str], form: re.Pattern[str]) -> str:
    """What the form asked for under one of these names, in this form ("2k" is no ratio).

    The last part of a dotted path is the field's name.
    """
    values: Mapping[str, Any] = asset.task.values if isinstance(asset.task.values, Mapping) else {}
    found = (value for at, value in values.items() if at.rsplit(".", 1)[-1].lower() in names)
    return next((str(value) for value in found if form.fullmatch(str(value))), "")


def ratio_fact(width: int, height: int, wanted: str) -> Fact:
    pair = RATIO.fullmatch(wanted)
    if not pair or not float(pair[2]):
        return Fact(_("Ratio"), ratio(width, height))
    off = abs((width / height) / (float(pair[1]) / float(pair[2])) - 1)
    return Fact(_("Ratio"), ratio(width, height), wanted, off > RATIO_OFF)


def ratio(width: int, height: int) -> str:
    part = gcd(width, height)
    if max(width, height) // part <= PLAIN:
        return f"{width // part}:{height // part}"
    return f"{number_format(width / height, 2)}:1"


def length_fact(seconds: float, wanted: str) -> Fact:
    number = SECONDS.fullmatch(wanted)
    delivered = _("%(seconds)s s") % {"seconds": number_format(seconds, 1)}
    if not number:
        return Fact(_("Length"), delivered)
    differs = abs(seconds - float(number[1])) > SECONDS_OFF
    return Fact(_("Length"), delivered, _("%(seconds)s s") % {"seconds": number[1]}, differs)


def ending(asset: Asset) -> str:
    return (asset.file.name or "").rsplit(".", 1)[-1].upper()
