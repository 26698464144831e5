"""What owners fill in: points, and whose budget it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.ledger.models import Unit
from studio.ledger.rates import Rate, units
from studio.teams.models import Team, User

PRICE, UNIT = "price-", "unit-"  # before the operation's name, in the form of prices
WAS = "was-"  # before the name of a field: what stood in it when the page was opened
NUMBER = _("Write a number of points, like 120 or 0.5.")
LESS = _("Points cannot be less than nothing. Write 0, or a number above it.")
NOTHING = _("Then everything would wait. Write a number above 0, or leave it empty so that nothing waits.")
NOT_BY: dict[str, str | Promise] = {
    Unit.SECOND: _("No field of this operation says how many seconds it makes. Choose a price per request."),
    Unit.PICTURE: _("No field of this operation says how many pictures it makes. Choose a price per request."),
}


class PointsField(forms.DecimalField):
    """Points as the tables hold them; `less` says what is wrong with fewer than there may be."""

    def __init__(self, less: str | Promise = LESS, **more: Any) -> None:
        said = {
            "invalid": NUMBER,
            "min_value": less,
            "required": NUMBER,
            "max_digits": _("That is more than can be counted here."),
            "max_whole_digits": _("That is more than can be counted here."),
            "max_decimal_places": _("Four places after the point are enough."),
        }
        given: dict[str, Any] = {"min_value": Decimal(), "max_digits": 14, "decimal_places": 4, "error_messages": said}
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **given | more)


class ThresholdForm(forms.Form):
    points = PointsField(
        label=_("Points"),
        less=NOTHING,
        required=False,
        min_value=Decimal("0.0001"),
        help_text=_("Leave it empty and nobody has to be asked."),
    )


class BudgetForm(forms.Form):
    """A budget of the whole team, or of one member."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("For"),
        required=False,
        empty_label=_("The whole team"),
        error_messages={"invalid_choice": _("This person is not in the team.")},
    )
    points = PointsField(label=_("Points a month"))

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = cast("forms.ModelChoiceField[User]", self.fields["person"])
        people.queryset = team.people.order_by("first_name", "email")


class Typed(NamedTuple):
    """What stands in the two fields of one operation."""

    points: str
    unit: str = Unit.REQUEST


@dataclass(frozen=True)
class Posted:
    """A page of prices on its way back, by operation: what a person changed in it, what stood there before, and what is
    wrong."""

    typed: Mapping[str, Typed] = field(default_factory=dict)
    was: Mapping[str, Typed] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, post: Mapping[str, str]) -> Posted:
        """Without what nobody touched: that may be another price by now."""
        was = typed_prices(post, WAS)
        return cls({slug: each for slug, each in typed_prices(post).items() if each != was.get(slug)}, was)


def typed_prices(post: Mapping[str, str], before: str = "") -> dict[str, Typed]:
    """What was posted, by operation; `before` stands before the names of the fields."""
    slugs, price, unit = {operation.slug for operation in catalog.operations()}, before + PRICE, before + UNIT
    names = (name.removeprefix(price) for name in post if name.startswith(price))
    return {slug: Typed(post[price + slug], post.get(unit + slug, Unit.REQUEST)) for slug in names if slug in slugs}


def read_prices(typed: Mapping[str, Typed]) -> tuple[dict[str, Rate | None], dict[str, str]]:
    """The rates that were typed, None where none shall be; and what is wrong with the others."""
    points_field, rates, faults = PointsField(required=False), dict[str, Rate | None](), dict[str, str]()
    for slug, each in typed.items():
        try:
            points = points_field.clean(each.points)
        except ValidationError as fault:
            faults[slug] = " ".join(fault.messages)
            continue
        if each.unit not in units(catalog.get(slug)):
            faults[slug] = str(NOT_BY.get(each.unit, _("Choose what the price is for.")))
        else:
            rates[slug] = None if points is None else Rate(points, each.unit)
    return rates, faults
