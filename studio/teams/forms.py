"""What people type about themselves, their team and its connections."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from studio.gateway import clean_base_url, is_private_host
from studio.gateway.addresses import is_allowed
from studio.languages import listed
from studio.teams.keys import carried, carry
from studio.teams.lines import OPERATION, Fate, check_fates, check_paths, read_lines, write_lines
from studio.teams.models import Connection, Team, User

NAME_TAKEN = gettext_lazy("The team already has a connection with this name.")
EMAIL_TAKEN = gettext_lazy("Somebody else here uses this e-mail.")
HIDDEN = {"seen", "typed_key", "key"}
KEY_FIELDS = ["key_cipher", "key_last4", "stopped_because", "paused_until"]
SHORTEST_KEY = 8  # the last four are shown, so a shorter one would be half given away


class OperationNames(forms.MultipleChoiceField):
    """Names of operations. Which there are is not known in this room: the page offers them."""

    def valid_value(self, value: object) -> bool:
        return OPERATION.fullmatch(str(value)) is not None


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The key can be written, never read: left empty it stays, and another address asks for it again."""

    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy(
            "The gateway's root, for instance https://gateway.example.com. A /v1 at its end is removed."
        ),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=400,
        error_messages={"required": gettext_lazy("Enter the key that the gateway gave you.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    typed_key = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    fate = forms.ChoiceField(
        label=gettext_lazy("Fields that do not apply"),
        choices=Fate.choices,
        widget=forms.RadioSelect,
        initial=Fate.KEEP,
    )
    fate_lines = forms.CharField(
        label=gettext_lazy("Other rules for single fields"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("One per line: system.operation:field = omit. The rule is keep, omit or refuse."),
    )
    path_lines = forms.CharField(
        label=gettext_lazy("Paths that differ at this gateway"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("One per line: system.operation = /its/path"),
    )

    turned_on = OperationNames(required=False)

    class Meta:
        model = Connection
        fields = ["name", "base_url", "concurrency", "per_minute", "turned_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pasted_v1 = False
        self.fields["concurrency"].validators += [MinValueValidator(1), MaxValueValidator(100)]
        self.fields["per_minute"].validators += [MinValueValidator(1), MaxValueValidator(6000)]
        fates = dict(self.instance.fates)
        self.initial["fate"] = fates.pop("default", Fate.KEEP)
        self.initial["fate_lines"] = write_lines(fates)
        self.initial["path_lines"] = write_lines(self.instance.paths)
        self.initial["seen"] = self.instance.fingerprint
        self.fields["key"].required = not (self.instance.key_cipher or self.data.get("typed_key"))
        if self.instance.key_last4:
            self.fields["key"].help_text = _("Ends in …%(last4)s. Leave it empty to keep it.") % {
                "last4": self.instance.key_last4
            }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if Connection.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def name_is_taken(self) -> None:
        """Since it was looked for: the database has refused it."""
        self.add_error("name", NAME_TAKEN)
        self.bring_back(self.cleaned_data["key"])

    def clean_base_url(self) -> str:
        text: str = self.cleaned_data["base_url"]
        try:
            url = clean_base_url(text)
        except ValueError as fault:
            raise ValidationError(_(str(fault))) from None
        check_reachable(url)
        self.pasted_v1 = "/v1" in text and "/v1" not in url
        return url

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"].strip().removeprefix("Bearer ").strip()
        key = key or carried(self.data.get("typed_key", ""), self.instance.team_id)
        if key and (len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key):
            raise ValidationError(_("This is not a key. A key is one word of at least 8 letters, digits and signs."))
        return key

    def clean_fate_lines(self) -> dict[str, str]:
        fates = read_lines(self.cleaned_data["fate_lines"])
        if "default" in fates:
            raise ValidationError(_("Choose the rule for all other fields above, not as a line."))
        check_fates(fates)
        return fates

    def clean_path_lines(self) -> dict[str, str]:
        paths = read_lines(self.cleaned_data["path_lines"])
        check_paths(paths)
        return paths

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("key") and "key" not in self.errors:
            if not self.instance.key_cipher:  # what was typed before is too old to be brought back
                self.add_error("key", str(self.fields["key"].error_messages["required"]))
            elif "base_url" in data and data["base_url"] != self.instance.base_url:
                self.add_error(
                    "key", _("The address changed. Enter the key for it, so that the old key stays where it is.")
                )
        self.look_for_another_hand(data.get("seen", ""))
        if self.errors:
            self.bring_back(data.get("key", ""))
        return data

    def look_for_another_hand(self, seen: str) -> None:
        """Two people at one connection: the second one hears of the first before replacing what they saved."""
        if not seen or seen == self.instance.fingerprint:
            return
        differs = [str(self.fields[name].label) for name in self.changed_data if name not in HIDDEN]
        self.add_error(
            None,
            _(
                "Somebody saved this connection while you were here. Yours differs in: %(fields)s. "
                "Save again to replace what they saved."
            )
            % {"fields": listed(differs) or _("nothing")},
        )

    def bring_back(self, key: str) -> None:
        """The page shows what was typed again; the key as well, though nobody can read it there."""
        given = cast(QueryDict, self.data).copy()
        given["seen"] = self.instance.fingerprint
        given["typed_key"] = carry(key, self.instance.team_id) if key else ""
        self.data = given
        if key:
            self.fields["key"].required = False
            self["key"].help_text = _("The key that you entered (…%(last4)s) is kept until you save.") % {
                "last4": key[-4:]
            }

    def save(self, commit: bool = True) -> Connection:
        data, connection = self.cleaned_data, cast(Connection, self.instance)
        connection.fates = {"default": data["fate"]} | data["fate_lines"]
        connection.paths = data["path_lines"]
        connection.is_sandbox = connection.base_url == settings.SANDBOX_URL
        if data["key"]:
            connection.set_key(data["key"])
        # Nothing else: a worker may stop or pause the connection in the meantime.
        stored = [*self.Meta.fields, "fates", "paths", "is_sandbox", *(KEY_FIELDS if data["key"] else [])]
        connection.save(update_fields=stored if connection.pk else None)
        return connection


def private_address() -> str:
    return _("This is a private address. Whoever runs the studio can allow it in STUDIO_PRIVATE_ORIGINS.")


def check_reachable(url: str) -> None:
    """Refuse an address inside the studio's own network that its operator did not list, and a key sent in the clear."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
    if is_allowed(host, port, settings.PRIVATE_ORIGINS):
        return
    if is_private_host(host):
        raise ValidationError(private_address())
    if parts.scheme != "https":
        raise ValidationError(_("Use https://. Over http:// the key could be read on its way."))


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Team
        fields = ["name"]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, e-mail and, if wished, another password; e-mail and password change only with the current password."""

    first_name = forms.CharField(label=gettext_lazy("Name"), max_length=150, required=False)
    current = forms.CharField(
        label=gettext_lazy("Current password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["first_name", "email"]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.has_password = self.instance.has_usable_password()
        self.old_email = self.instance.email
        self.initial["first_name"] = self.instance.get_full_name()
        self.fields["first_name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        if not self.has_password:
            del self.fields["current"]
            self.fields["password"].label = _("Password")
        else:
            self.fields["password"].help_text = _("Leave it empty to keep the one you have.")
            self.fields["current"].help_text = _("Needed to change e-mail or password.")

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(EMAIL_TAKEN)
        return email

    def email_is_taken(self) -> None:
        """Since it was looked for: the database has refused it."""
        self.add_error("email", EMAIL_TAKEN)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        changes = data.get("password") or data.get("email", self.old_email) != self.old_email
        if self.has_password and changes:
            self.check_current(data.get("current", ""))
        return data

    def check_current(self, password: str) -> None:
        """As at the sign-in page, with its limits: who finds a session open has no other place to guess at."""
        try:
            adapter = get_adapter(self.request)
            person = adapter.authenticate(self.request, email=self.old_email, password=password)
        except ValidationError as too_often:
            self.add_error("current", too_often)
            return
        if person is None or person.pk != self.instance.pk:
            self.add_error("current", _("This is not your current password."))

    def save(self, commit: bool = True) -> User:
        user = cast(User, self.instance)
        user.last_name = ""  # one field holds the whole name
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        super().save(commit)
        return user
