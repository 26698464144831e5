"""What leaves the studio: which notices a person wants by mail, and the address to which a team's happenings go."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_q.tasks import async_task

from studio.gateway import is_private_host
from studio.notices.models import Mails, Message, Webhook, Wish
from studio.notices.sending import AFTER
from studio.teams.access import TeamRequest, team_page
from studio.teams.acts import What, note
from studio.teams.models import Role, Team, User

SEND = "studio.notices.jobs.send"
BYTES = 32  # of a secret


@require_POST
@login_required
def mails(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("mails", "")
    if asked in Mails.values:
        Wish.objects.update_or_create(person_id=request.user.pk, defaults={"mails": asked})
        messages.success(request, _("Saved."))
    return redirect("teams:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@team_page(role=Role.OWNER)
def webhook(request: TeamRequest) -> HttpResponse:
    """Its page; a new address, or (`renew`) a new secret, which this one answer shows and no other."""
    if request.method != "POST":
        return shown(request)
    url = request.POST.get("url", "").strip()
    if fault := fault_of(url):
        return shown(request, typed=url, fault=fault, status=422)
    secret = keep(request.team, request.user, url, renew=request.POST.get("renew") == "on")
    messages.success(request, _("Saved."))
    return shown(request, secret=secret)


@transaction.atomic
def keep(team: Team, by: User, url: str, *, renew: bool) -> str:
    """The team's webhook calls this address from now on; its secret where that is new, else nothing. Of two who make
    one at the same moment the second finds the first one's."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    hook = Webhook.objects.filter(team=team).first()
    fresh = hook is None or renew
    hook = hook or Webhook(team=team)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(BYTES)).decode()}" if fresh else ""
    if fresh:
        hook.set_secret(secret)
    hook.url = url
    note(What.WEBHOOK_CHANGED if hook.pk else What.WEBHOOK_MADE, team, by, urlsplit(url).hostname)
    hook.save()
    return secret


def shown(request: TeamRequest, status: int = 200, **more: Any) -> HttpResponse:
    hook = Webhook.objects.filter(team=request.team).first()
    waiting = Message.objects.filter(person=None, over_at=None).count() if hook else 0
    page = {"hook": hook, "typed": hook.url if hook else "", "waiting": waiting, "tries": len(AFTER) + 1} | more
    return render(request, "notices/webhook.html", page, status=status)


def fault_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _("This is no web address that can be called.")
    if len(url) > 500 or parts.scheme not in {"http", "https"} or not host or parts.username or "\0" in url:
        return _("This is no web address that can be called.")
    mark = f"{host}:{port or {'http': 80, 'https': 443}[parts.scheme]}"
    if is_private_host(host) and mark not in settings.PRIVATE_ORIGINS:
        return _("This address is not in the public internet. The studio only calls public addresses.")
    return ""


@require_POST
@team_page(role=Role.OWNER)
def test(request: TeamRequest) -> HttpResponse:
    """Send something that says it is a test; the page shows what came of it."""
    if Webhook.objects.filter(team=request.team).exists():
        said = {"type": "test", "data": {"by": str(request.user), "url": settings.PUBLIC_URL}}
        Message.objects.create(team=request.team, said=said, due_at=timezone.now())
        async_task(SEND)
        messages.success(request, _("A test is on its way. Load this page again in a moment to see what came of it."))
    return redirect("notices:webhook")


@require_POST
@team_page(role=Role.OWNER)
def remove(request: TeamRequest) -> HttpResponse:
    with transaction.atomic():
        if Webhook.objects.filter(team=request.team).delete()[0]:
            note(What.WEBHOOK_REMOVED, request.team, request.user)
    messages.success(request, _("Nothing is sent to it any more."))
    return redirect("notices:webhook")
