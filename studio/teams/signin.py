"""Sign-in links that work once, as a fresh studio prints one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from studio.teams import known
from studio.teams.models import SignInLink, User

LIFETIME = timedelta(days=1)
BACKEND = "studio.teams.signin.Backend"
WELCOME_IN_SESSION = "welcome"


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own; who a session belongs to is asked with every request, so that question is written once."""

    def get_user(self, user_id: int) -> User | None:
        user = known.person(user_id)
        return user if user and self.user_can_authenticate(user) else None


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_link(user: User) -> str:
    """An absolute address that signs this person in once, within a day. Only its digest is stored."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=digest(token))
    # By this room's addresses alone: `setup` prints a link, and would read every room's views for it.
    return settings.PUBLIC_URL + reverse("sign-in", urlconf="studio.teams.urls", args=[token])


def use(token: str) -> User | None:
    """The link's person, for the one request that gets here first; else None."""
    now = timezone.now()
    unused = SignInLink.objects.filter(digest=digest(token), used_at=None, created_at__gt=now - LIFETIME)
    # One conditional UPDATE: of two requests at the same moment, one changes the row and the other finds nothing.
    # Only on the row's own columns: with a join PostgreSQL picks the row before it waits, and lets both in.
    if not unused.update(used_at=now):
        return None
    user = SignInLink.objects.select_related("user").get(digest=digest(token)).user
    return user if user.is_active else None


@require_GET  # not HEAD, by which programs look whether a link is good: that must not use it up
@never_cache
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    if "prefetch" in request.headers.get("Sec-Purpose", ""):
        return HttpResponse(status=503)  # a browser looking ahead must not use the link up
    user = use(token)
    if user is None:
        return render(request, "teams/link_used.html", status=410)
    login(request, user, backend=BACKEND)
    request.session.cycle_key()  # `login` keeps the session when the same person signs in again
    if not user.has_usable_password():
        request.session[WELCOME_IN_SESSION] = True
    return redirect(settings.LOGIN_REDIRECT_URL)
