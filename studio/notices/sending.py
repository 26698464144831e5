"""Sending what is due: a row is claimed and put off before anything leaves, so a job that runs twice sends once, and
one that dies is tried again, a bounded number of times."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.gateway import NotSent, post
from studio.notices.listing import SHORT, lines, mine
from studio.notices.models import ALIKE, Message, Webhook
from studio.teams import mailing
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Membership
from studio.teams.scope import across_teams, scope

logger = logging.getLogger(__name__)
AFTER = (10, 60, 300, 1800, 7200)  # seconds until the next try; after the last there is none
AT_ONCE = 50
DEADLINE = 10.0  # seconds


def is_any_due() -> bool:
    with across_teams():
        return Message.objects.filter(over_at=None, due_at__lte=timezone.now()).exists()


def send() -> None:
    """What is due, each by itself: one that fails keeps no other waiting."""
    with across_teams():
        due = Message.objects.filter(over_at=None, due_at__lte=timezone.now()).order_by("due_at")
        numbers = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for number in numbers:
        try:
            send_one(number)
        except Exception:
            logger.exception("message %s could not be sent", number)


def send_one(number: int) -> None:
    """Claim it, send it, and note that it is over: sent, of no use any more, or tried often enough."""
    with across_teams():
        row = Message.objects.get(pk=number)
        wait = timedelta(seconds=AFTER[min(row.tries, len(AFTER) - 1)])
        claim = Message.objects.filter(pk=number, over_at=None, tries=row.tries, due_at__lte=timezone.now())
        if not claim.update(tries=row.tries + 1, due_at=timezone.now() + wait):
            return
    with scope(row.team_id):
        done = mail(row) if row.person_id else call(row)
        if done or row.tries + 1 > len(AFTER):
            Message.objects.filter(pk=number).update(over_at=timezone.now())


def mail(row: Message) -> bool:
    """True when there is nothing left to do. What was read meanwhile, or is no business of theirs, is not mailed."""
    member = Membership.objects.select_related("user", "team").filter(team=row.team_id, user=row.person_id).first()
    if member is None:
        return True
    of_it = Q(what=row.key) if row.key in ALIKE else Q(key=row.key)
    unread = mine(member.user).select_related("comment").filter(of_it, read_at=None)
    told, more = lines(member.user, unread[:SHORT]), max(0, unread.count() - SHORT)
    if not told:
        return True
    about = {"lines": told, "more": more, "team": member.team, "address": settings.PUBLIC_URL}
    text = render_to_string("notices/email/notice.txt", about)
    return mailing.hand_over(subject(told[0].sentence, len(told) + more - 1), text, member.user.email)


def subject(sentence: str, more: int) -> str:
    line = " ".join(sentence.split())
    return _("%(sentence)s, and %(count)s more") % {"sentence": line, "count": more} if more else line


def call(row: Message) -> bool:
    """Post to the team's webhook. True when there is nothing left to do."""
    hook = Webhook.objects.filter(team=row.team_id).first()
    if hook is None:
        return True
    went_well, result, final = deliver(hook, row, timezone.now())
    hook.went_well, hook.result, hook.tried_at = went_well, result, timezone.now()
    hook.save(update_fields=["went_well", "result", "tried_at"])
    return went_well or final


def deliver(hook: Webhook, row: Message, now: datetime) -> tuple[bool, str, bool]:
    """Whether it was taken, a sentence for the page, and whether another try is of no use."""
    body = json.dumps(row.said | {"timestamp": row.created_at.isoformat()}, ensure_ascii=False).encode()
    try:
        headers = signed(hook.secret, row.public_id, int(now.timestamp()), body)
    except KeyUnreadable:
        return False, _("The secret cannot be read any more. Save the address again for a new one."), True
    make = settings.GATEWAY_TRANSPORT
    transport, private = make() if make else None, settings.PRIVATE_ORIGINS
    try:
        status = post(hook.url, body, headers, private_origins=private, deadline=DEADLINE, transport=transport)
    except NotSent as why:
        return False, _(why.reason), why.permanent
    return 200 <= status < 300, _("It answered %(status)s.") % {"status": status}, status == 410


def signed(secret: str, public_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers by which whoever has the secret can tell that it came from here: those of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{public_id}.{seconds}.".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "webhook-id": public_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
