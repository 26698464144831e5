"""The sandbox's own door: its speed, its faults, and what it was paid. For owners, through the sandbox connection."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from studio.gateway import WireError
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection, Role

DEADLINE = 5.0  # seconds
SHOWN = 50
HEADER = "X-Sandbox-Secret"
SPEEDS = [1, 5, 20, 100]
TOLD_BY = {"state": "tasks", "ledger": "posts", "faults": "faults"}  # what tells a sandbox from another gateway


class DoorClosed(Exception):
    """The sandbox did not answer, or not as a sandbox does; the message is a sentence for the page."""


def knock(connection: Connection, method: str, name: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the door `name`. DoorClosed when nobody answers, ValueError with its sentence when it objects."""
    content = None if told is None else json.dumps(told).encode()
    headers = {HEADER: settings.SANDBOX_SECRET} if connection.base_url == settings.SANDBOX_URL else {}
    try:
        answer = connection.client().query(
            method, f"/_sandbox/{name}", content=content, headers=headers, deadline=DEADLINE
        )
    except WireError:
        raise DoorClosed(
            _("The sandbox at %(address)s is not running. Start it with “python -m studio.sandbox --port %(port)s”.")
            % {"address": connection.base_url, "port": connection.base_url.rpartition(":")[2]}
        ) from None
    if answer.status == 403:
        raise DoorClosed(
            _("The sandbox at %(address)s wants another secret. Give both the same STUDIO_SANDBOX_SECRET.")
            % {"address": connection.base_url}
        )
    if not isinstance(answer.payload, dict) or (method == "GET" and TOLD_BY[name] not in answer.payload):
        raise DoorClosed(
            _("Something other than the sandbox answers at %(address)s.") % {"address": connection.base_url}
        )
    if answer.status != 200:
        raise ValueError(str(answer.payload.get("error", answer.status)))
    return answer.payload


def find(pk: int) -> Connection:
    return get_object_or_404(Connection, pk=pk, is_sandbox=True)


@require_safe
@team_page(role=Role.OWNER)
def sandbox(request: TeamRequest, pk: int) -> HttpResponse:
    connection = find(pk)
    page: dict[str, Any] = {"connection": connection, "speeds": SPEEDS}
    try:
        page |= {"dice": dice(connection), **books(connection)}
    except DoorClosed as closed:
        page["closed"] = str(closed)
    return render(request, "teams/sandbox.html", page)


@require_safe
@team_page(role=Role.OWNER)
def sandbox_books(request: TeamRequest, pk: int) -> HttpResponse:
    """The part of the page that changes by itself: tasks and ledger."""
    connection = find(pk)
    try:
        return render(request, "teams/_sandbox_books.html", {"connection": connection, **books(connection)})
    except DoorClosed as closed:
        return render(request, "teams/_sandbox_books.html", {"connection": connection, "closed": str(closed)})


def dice(connection: Connection) -> dict[str, Any]:
    """The seed, and every fault with its share in percent and what it does, in the reader's language."""
    told = knock(connection, "GET", "faults")
    language = (get_language() or "en")[:2]
    faults = [
        {"name": fault["name"], "percent": round(fault["share"] * 100), "text": fault.get(language, fault["en"])}
        for fault in told["faults"]
    ]
    return {"seed": told["seed"], "faults": faults}


def books(connection: Connection) -> dict[str, Any]:
    """What was sent with this connection's key, newest first, and what became of it.

    Other teams rehearse in the same sandbox, and it knows keys by their last four only. So no prompt and no callback
    address is passed on: were two keys to end alike, there would be nothing of another team's to read.
    """
    state, ledger = knock(connection, "GET", "state"), knock(connection, "GET", "ledger")
    tasks = {task["id"]: task for task in state["tasks"]}
    posts = [post for post in ledger["posts"] if post["key"] == connection.key_last4]
    told = ("at", "path", "task_id", "charged", "refunded", "faults")
    return {
        "speed": state["speed"],
        "posts": [{name: post[name] for name in told} | became(tasks, post) for post in posts[: -SHOWN - 1 : -1]],
        "post_count": len(posts),
        "charged": sum(Decimal(post["charged"]) for post in posts),
        "refunded": sum(Decimal(post["refunded"]) for post in posts),
    }


def became(tasks: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    task = tasks.get(post["task_id"], {})
    return {"state": task.get("state", ""), "callbacks": len(task.get("callbacks", []))}


@require_POST
@team_page(role=Role.OWNER)
def sandbox_turn(request: TeamRequest, pk: int, verb: str) -> HttpResponse:
    """Turn one of its knobs: `speed`, `faults` or `wipe`."""
    connection = find(pk)
    if verb not in TOLD:
        raise Http404
    try:
        knock(connection, "POST", verb, TOLD[verb](request.POST))
        messages.success(request, _("Done."))
    except (DoorClosed, ValueError) as fault:
        messages.error(request, str(fault))
    return redirect("teams:sandbox", pk)


def told_speed(form: QueryDict) -> dict[str, Any]:
    return {"speed": number(form.get("speed", ""))}


def told_faults(form: QueryDict) -> dict[str, Any]:
    """Shares are typed in percent."""
    shares = {
        name.removeprefix("fault:"): number(text) / 100 for name, text in form.items() if name.startswith("fault:")
    }
    return {"seed": whole(form.get("seed", "")), "faults": shares}


def number(text: str | list[object]) -> float:
    try:
        value = float(str(text))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text})
    return value


def whole(text: str | list[object]) -> int:
    value = number(text)
    if not value.is_integer():
        raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text})
    return int(value)


def told_wipe(form: QueryDict) -> dict[str, Any]:
    return {}


TOLD: dict[str, Callable[[QueryDict], dict[str, Any]]] = {
    "speed": told_speed,
    "faults": told_faults,
    "wipe": told_wipe,
}
