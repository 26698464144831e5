"""What owners fill in: points, and whose budget it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.teams.models import Team, User

PRICE = "price-"  # before the operation's name, in the form of prices
NUMBER = _("Write a number of points, like 120 or 0.5.")
LESS = _("Points cannot be less than nothing.")


class PointsField(forms.DecimalField):
    """Points as the tables hold them."""

    def __init__(self, **more: Any) -> None:
        said = {
            "invalid": NUMBER,
            "min_value": LESS,
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


def read_prices(post: Mapping[str, str]) -> tuple[dict[str, Decimal | None], dict[str, str]]:
    """The prices in a posted form by operation, None where none shall be; and what is wrong with the others."""
    field, prices, faults = PointsField(required=False), dict[str, Decimal | None](), dict[str, str]()
    slugs = {operation.slug for operation in catalog.operations()}
    for name, text in post.items():
        slug = name.removeprefix(PRICE)
        if not name.startswith(PRICE) or slug not in slugs:
            continue
        try:
            prices[slug] = field.clean(text)
        except ValidationError as fault:
            faults[slug] = " ".join(fault.messages)
    return prices, faults
