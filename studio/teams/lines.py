"""What a connection says of operations, checked as stored; rules and paths are typed as one `name = value` per line."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OPERATION = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")
FIELD = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+:\S+")
PATH = re.compile(r"(/[A-Za-z0-9._~@!$&'()*+,;:={}-]+)+/?")


class Fate(models.TextChoices):
    """What happens to a field that does not apply."""

    KEEP = "keep", gettext_lazy("Send it")
    OMIT = "omit", gettext_lazy("Leave it out")
    REFUSE = "refuse", gettext_lazy("Refuse to run")


def check_fates(fates: object) -> None:
    """`{"default": fate, "<operation>:<field>": fate}`, or a ValidationError with one sentence per fault."""
    if not isinstance(fates, dict):
        raise ValidationError(_("A rule profile is a table of names and fates."))
    faults = [
        _("“%(name)s” is not a field. Write it like system.operation:field.") % {"name": name}
        for name in fates
        if name != "default" and not FIELD.fullmatch(str(name))
    ] + [
        _("“%(value)s” is not possible for %(name)s. Choose keep, omit or refuse.") % {"value": value, "name": name}
        for name, value in fates.items()
        if value not in Fate.values
    ]
    if faults:
        raise ValidationError(faults)


def check_paths(paths: object) -> None:
    """`{"<operation>": "/path"}`, or a ValidationError with one sentence per fault."""
    if not isinstance(paths, dict):
        raise ValidationError(_("Path overrides are a table of operations and paths."))
    faults = [
        _("“%(name)s” is not an operation. Write it like system.operation.") % {"name": name}
        for name in paths
        if not OPERATION.fullmatch(str(name))
    ] + [
        _("The path of %(name)s must begin with / and hold no spaces, no “?” and no other address.") % {"name": name}
        for name, path in paths.items()
        if not (isinstance(path, str) and PATH.fullmatch(path))
    ]
    if faults:
        raise ValidationError(faults)


def check_turned_on(names: object) -> None:
    """`["<operation>", ...]`, or a ValidationError with one sentence per fault."""
    if not isinstance(names, list):
        raise ValidationError(_("The operations that are turned on are a list of names."))
    faults = [
        _("“%(name)s” is not an operation. Write it like system.operation.") % {"name": name}
        for name in names
        if not OPERATION.fullmatch(str(name))
    ]
    if faults:
        raise ValidationError(faults)


def read_lines(text: str) -> dict[str, str]:
    """`a = b` per line to a dict; empty lines are skipped. ValidationError names the line that is not like that."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not (name and equals and value):
            raise ValidationError(_("Line %(number)s: write a name, “=” and a value.") % {"number": number})
        if name in pairs:
            raise ValidationError(
                _("Line %(number)s: “%(name)s” is already set above.") % {"number": number, "name": name}
            )
        pairs[name] = value
    return pairs


def write_lines(pairs: dict[str, str]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in pairs.items())
