"""What a person says of a token that they make."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.api.models import Scope
from studio.api.tokens import DAYS


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    scope = forms.ChoiceField(label=_("Is allowed to"), choices=Scope.choices, initial=Scope.RUN)
    days = forms.TypedChoiceField(label=_("Lives for"), choices=[(n, n) for n in DAYS], coerce=int, initial=DAYS[1])
