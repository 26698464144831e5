"""The page before a save: what will be kept, field by field, how each is held, and as what it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio import catalog
from studio.files.filling import references_in
from studio.files.models import File
from studio.languages import in_words
from studio.library.audience import colleagues
from studio.library.differences import Change, differences
from studio.library.kept import FREE, HOLDS, SUGGESTED, Kept
from studio.library.models import Preset, PresetVersion, Visibility, new_key
from studio.library.words import written
from studio.teams.access import TeamRequest

HOLD = "hold:"  # the name of a field's hold, followed by its path
MOST = 500_000  # characters of values
MOST_OF_FORM = 4 * MOST  # which holds the values, and with the JSON editor open the body twice
NEXT, OWN = "version", "preset"  # what it is saved as


class Unreadable(ValueError):
    """A post that no page of the studio makes."""


class Row(NamedTuple):
    """One field: what is kept of it (None: it is left out), and how it is held."""

    at: str
    label: str
    text: str | None
    hold: str


class PresetForm(forms.Form):
    """The words around the values. The name is not asked for where a version is saved."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=2000, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("One line about this version: what changed, and why."),
    )
    visibility = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=Visibility.choices, required=False)
    into = forms.ChoiceField(choices=[(NEXT, NEXT), (OWN, OWN)], required=False)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].replace("\0", "").strip()
        if not name and self.data.get("into") != NEXT:
            raise forms.ValidationError(_("Give it a name by which others find it."))
        return name


@dataclass
class Asking:
    """What is about to be saved. `preset` and `base`: the preset it was opened from, and the newest version then.

    `form_posted` are names and values of the composer's form that it came from, which leads back there. `named` says of
    the ids of chosen people whether they may change it.
    """

    operation: catalog.Operation
    kept: Kept
    preset: Preset | None = None
    base: int = 0
    key: str = field(default_factory=new_key)
    form: PresetForm = field(default_factory=PresetForm)
    stale: PresetVersion | None = None
    may_edit: bool = False
    form_posted: Sequence[tuple[str, str]] = ()
    named: Mapping[int, bool] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[Row]:
        """Every field that a form has a control for, in the operation's order."""
        return [
            Row(each.at, in_words(each.label), self.text(each.at), self.kept.hold(each.at))
            for each in self.operation.fields
            if is_held(self.operation, each) or each.at in self.kept.values
        ]

    def text(self, at: str) -> str | None:
        return written(self.kept.values[at]) if at in self.kept.values else None

    @property
    def given(self) -> list[Row]:
        return [row for row in self.rows if row.text is not None or row.hold != SUGGESTED]

    @property
    def others(self) -> list[Row]:
        return [row for row in self.rows if row.text is None and row.hold == SUGGESTED]

    @property
    def values_text(self) -> str:
        return catalog.dumps(dict(self.kept.values))

    @property
    def extras_text(self) -> str:
        return self.kept.packed

    @property
    def fates_text(self) -> str:
        return catalog.dumps(dict(self.kept.fates))

    @property
    def texts(self) -> list[str]:
        """All that is kept, as text."""
        holds = catalog.dumps(dict(self.kept.holds))
        return [self.operation.slug, self.values_text, self.extras_text, self.fates_text, holds]

    @property
    def holds_private(self) -> bool:
        """Does a file stand in it that nobody but its person has seen yet?"""
        wanted = references_in(self.kept.values)
        return bool(wanted) and File.objects.filter(public_id__in=wanted, private=True).exists()

    @property
    def form_text(self) -> str:
        return catalog.dumps([list(pair) for pair in self.form_posted])

    @property
    def into(self) -> str:
        return self.form["into"].value() or (NEXT if self.preset and self.may_edit else OWN)

    @property
    def next_number(self) -> int:
        return self.base + 1

    @property
    def theirs(self) -> list[Change]:
        """What the version that somebody else saved meanwhile has otherwise."""
        return differences(self.operation.slug, self.stale.kept, self.kept) if self.stale else []


def is_held(operation: catalog.Operation, each: catalog.Field) -> bool:
    """Is it a field of its own in a form? The callback address, items of lists and mere containers are not."""
    inside = any(other.at.startswith((f"{each.at}.", f"{each.at}[")) for other in operation.fields)
    return each.at != operation.callback and None not in each.steps and not (inside and each.type == "object")


def page(request: TeamRequest, asking: Asking, status: int = 200) -> HttpResponse:
    asking.form.fields["name"].required = asking.preset is None  # for the page's words; `clean_name` decides
    context = {
        "asking": asking,
        "holds": HOLDS,
        "colleagues": colleagues(request.team.pk, request.user.pk, asking.named),
    }
    return render(request, "library/save.html", context, status=status)


def read(post: QueryDict) -> tuple[catalog.Operation, Kept]:
    """What the page before a save posts. Raises `Unreadable` for what no such page posts."""
    try:
        operation = catalog.get(post.get("operation", ""))
        if len(post.get("values", "")) > MOST:
            raise ValueError("too long")
        return operation, Kept(
            values=_mapping(post.get("values", "")),
            extras=catalog.unpack(catalog.loads(post.get("extras", ""))) if post.get("extras") else catalog.Extras(),
            fates=_fates(post.get("fates", "")),
            holds=_holds(operation, post),
        )
    except (KeyError, ValueError) as problem:
        raise Unreadable(str(problem)) from problem


def posted_form(text: str) -> list[tuple[str, str]]:
    """What `Asking.form_text` wrote. Raises `Unreadable`."""
    try:
        pairs = [(name, value) for name, value in catalog.loads(text or "[]")]
        if len(text) > MOST_OF_FORM or not all(isinstance(each, str) for pair in pairs for each in pair):
            raise ValueError("no form")
    except (TypeError, ValueError) as problem:
        raise Unreadable(str(problem)) from problem
    return pairs


def clean(operation: catalog.Operation, kept: Kept) -> Kept:
    """Only fields that the operation knows, without the callback address; nothing is kept of what is left free."""
    free = {at for at, hold in kept.holds.items() if hold == FREE}
    known = {each.at for each in operation.fields if each.at != operation.callback} - free
    return Kept(
        {at: value for at, value in kept.values.items() if at in known},
        kept.extras,
        {at: fate for at, fate in kept.fates.items() if at in known},
        {at: hold for at, hold in kept.holds.items() if hold in HOLDS and hold != SUGGESTED and at in known | free},
    )


def _mapping(text: str) -> Mapping[str, Any]:
    found = catalog.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _fates(text: str) -> dict[str, str]:
    return {at: fate for at, fate in _mapping(text or "{}").items() if fate in {"keep", "omit"}}


def _holds(operation: catalog.Operation, post: QueryDict) -> dict[str, str]:
    asked = {each.at: post.get(HOLD + each.at, SUGGESTED) for each in operation.fields}
    return {at: hold for at, hold in asked.items() if hold in HOLDS and hold != SUGGESTED}
