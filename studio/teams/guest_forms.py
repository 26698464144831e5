"""What owners fill in to invite somebody or to hand the team over, and what a guest fills in to join."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.teams.models import Invitation, Membership, Role, User


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Invitation
        fields = ["email", "role"]
        error_messages = {"email": {"invalid": gettext_lazy("This is not an e-mail address.")}}

    def clean_email(self) -> str:
        email: str = User.objects.normalize_email(self.cleaned_data["email"])
        if email and Membership.objects.filter(team=self.instance.team, user__email__iexact=email).exists():
            raise ValidationError(_("This person is in the team already."))
        return email


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class HeirField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} ({obj.user.email})"


class HandOverForm(forms.Form):
    """To whom, confirmed by the team's name: it is a step that only the other one can take back."""

    heir = HeirField(Membership.objects.none(), label=gettext_lazy("To whom"), empty_label=None)
    name = forms.CharField(
        label=gettext_lazy("The team's name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, mine: Membership) -> None:
        super().__init__(data, auto_id="heir_%s")
        self.mine = mine
        others = mine.team.memberships.exclude(pk=mine.pk).select_related("user").order_by("created_at", "id")
        self.fields["heir"].queryset = others  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name.strip() != self.mine.team.name.strip():
            raise ValidationError(_("Type the name as it stands above: %(name)s") % {"name": self.mine.team.name})
        return name


class GuestForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account for whoever was invited. An e-mail that the invitation names is given, not asked for."""

    first_name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ["first_name", "email"]

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invitation.email:
            self.instance.email = invitation.email
            del self.fields["email"]

    def clean_email(self) -> str:
        return User.objects.normalize_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        email = data.get("email", self.instance.email)
        if User.objects.filter(email__iexact=email).exists():
            self.add_error("email" if "email" in self.fields else None, _("This e-mail has an account. Sign in first."))
        return data

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        typed = self.cleaned_data
        person = User(email=typed.get("email", self.instance.email), first_name=typed.get("first_name", ""))
        validate_password(password, person)
        return password

    def save(self, commit: bool = True) -> User:
        """The database refuses a second account of the same e-mail: IntegrityError."""
        self.instance.set_password(self.cleaned_data["password"])
        user: User = super().save(commit)
        return user
