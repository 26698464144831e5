"""People, teams, memberships, and the connections a team pays with."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studio.gateway import Client, is_private_host
from studio.teams.acts import Act as Act
from studio.teams.borders import has_its_team
from studio.teams.keys import lock, unlock
from studio.teams.lines import check_fates, check_paths, check_turned_on
from studio.teams.scope import TeamManager


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        user = self.model(email=self.normalize_email(email), **more)
        user.set_password(password)
        user.save()
        return user


class User(AbstractUser):
    """A person, known by e-mail."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email.split("@")[0]


class SignInLink(models.Model):
    """A sign-in link that works once. Only the SHA-256 of its secret is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.user}"


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)
    people = models.ManyToManyField(User, through="Membership", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    keeps_private = models.JSONField(default=list)  # operations whose last form this person ran for themselves alone
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_person_and_team")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}: {self.role}"

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_run(self) -> bool:
        return self.role in {Role.OWNER, Role.MEMBER}


class Invitation(models.Model):
    """A way into the team that works once. Only the SHA-256 of its secret is stored.

    With an e-mail it is for that person only; without one, for whoever opens it first.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(_("E-mail"), blank=True)
    role = models.CharField(_("Role"), max_length=10, choices=Role, default=Role.MEMBER)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = TeamManager["Invitation"]()

    class Meta:
        indexes = [models.Index(fields=["team", "-id"], condition=models.Q(used_at=None), name="open_invitations")]

    def __str__(self) -> str:
        return f"invitation to {self.team}: {self.role}"


class IsOperation(Protocol):
    """An operation, as far as a connection needs to know it."""

    @property
    def slug(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def enabled(self) -> bool: ...


CHECKS = {"fates": check_fates, "paths": check_paths, "turned_on": check_turned_on}


class Connection(models.Model):
    """A team's gateway address and key.

    `fates` is the rule profile: `{"default": "keep", "runway.generate-text:style": "omit"}`, values `keep`, `omit` or
    `refuse`. `paths` overrides operation paths: `{"runway.feed": "/runway/feed"}`.
    `turned_on` names the operations that the catalog leaves off and this gateway is known, or tried, to have.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(_("name"), max_length=80)
    base_url = models.CharField(_("base address"), max_length=300)
    key_cipher = models.TextField(editable=False, blank=True)
    key_last4 = models.CharField(max_length=4, editable=False, blank=True)
    concurrency = models.PositiveSmallIntegerField(_("calls at the same time"), default=3)
    per_minute = models.PositiveSmallIntegerField(_("calls per minute"), default=30)
    fates = models.JSONField(_("rule profile"), default=dict, blank=True)
    paths = models.JSONField(_("path overrides"), default=dict, blank=True)
    turned_on = models.JSONField(_("operations turned on"), default=list, blank=True)
    is_sandbox = models.BooleanField(default=False, editable=False)
    stopped_because = models.TextField(blank=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    down_since = models.DateTimeField(null=True, editable=False)  # the gateway is away; one call at a time asks for it
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamManager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="one_connection_per_name"),
            has_its_team("connections_of_a_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        faults = {}
        for name, check in CHECKS.items():
            try:
                check(getattr(self, name))
            except ValidationError as fault:
                faults[name] = fault
        if faults:
            raise ValidationError(faults)

    @property
    def key(self) -> str:
        """The key itself: only for the call to the gateway, never for a page, a log line or a message."""
        return unlock(self.key_cipher) if self.key_cipher else ""

    def set_key(self, text: str) -> None:
        """Take a new key; saving is the caller's. A key that was stopped is gone, so calls may start again."""
        self.key_cipher, self.key_last4 = lock(text), text[-4:]
        self.stopped_because, self.paused_until = "", None

    def client(self) -> Client:
        """A client of the gateway with this address and key."""
        make_transport = settings.GATEWAY_TRANSPORT
        return Client(
            self.base_url,
            self.key,
            private_origins=settings.PRIVATE_ORIGINS,
            transport=make_transport() if make_transport else None,
        )

    def link_origins(self) -> list[str]:
        """The private addresses that links to what was made here may lead to: of the sandbox its own, of any other
        gateway what the operator listed. The sandbox is everybody's, and no gateway has business there."""
        sandbox = urlsplit(settings.SANDBOX_URL).netloc
        if sandbox and urlsplit(self.base_url).netloc == sandbox:
            return [sandbox]
        return [each for each in settings.PRIVATE_ORIGINS if each != sandbox]

    def path_for(self, operation: IsOperation) -> str:
        """The operation's path at this gateway."""
        path: str = self.paths.get(operation.slug, operation.path)
        return path

    def offers(self, operation: IsOperation) -> bool:
        """Is the operation on here? Some are off until an owner turns them on for a gateway."""
        return operation.enabled or operation.slug in self.turned_on

    @property
    def fingerprint(self) -> str:
        """Another one whenever somebody saves something else on its page."""
        limits, rules = [self.concurrency, self.per_minute], [self.fates, self.paths, self.turned_on]
        saved = json.dumps([self.name, self.base_url, self.key_cipher, *limits, *rules], sort_keys=True)
        return hashlib.sha256(saved.encode()).hexdigest()[:16] if self.pk else ""

    @property
    def is_stopped(self) -> bool:
        """The gateway refused the key; nothing is sent until an owner starts it again."""
        return bool(self.stopped_because)

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()

    def stop(self, reason: str) -> None:
        self.stopped_because = reason
        self.save(update_fields=["stopped_because"])

    def pause(self, until: datetime) -> None:
        """Send nothing before `until`; a longer pause that was already asked for stays."""
        self.paused_until = max(until, self.paused_until or until)
        self.save(update_fields=["paused_until"])

    def note_down(self, wait: timedelta) -> None:
        """The gateway is away: leave it alone for so long, then try with one call."""
        now = timezone.now()
        self.down_since = self.down_since or now
        self.save(update_fields=["down_since"])
        self.pause(now + wait)

    def note_up(self) -> None:
        self.down_since = None
        self.save(update_fields=["down_since"])

    @property
    def at_once(self) -> int:
        """Calls at the same time, as things are now."""
        return 1 if self.down_since else self.concurrency

    def resume(self) -> None:
        self.stopped_because, self.paused_until = "", None
        self.save(update_fields=["stopped_because", "paused_until"])

    def reaches_us(self) -> tuple[bool, str]:
        """Whether this gateway can call `settings.PUBLIC_URL`, and the sentence for the page when it cannot."""
        ours, theirs = urlsplit(settings.PUBLIC_URL).hostname or "", urlsplit(self.base_url).hostname or ""
        if not is_private_host(ours) or is_private_host(theirs):
            return True, ""
        return False, gettext(
            "The studio's address %(address)s cannot be reached from outside, so the gateway cannot call back. "
            "Tasks are followed by asking the gateway instead; setting STUDIO_PUBLIC_URL to a public one changes that."
        ) % {"address": settings.PUBLIC_URL}
