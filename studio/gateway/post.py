"""Posting to an address that a team gave: through the guard, without a redirect, and little is read of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx

from studio.gateway.client import TIMED_OUT
from studio.gateway.deadline import Deadline
from studio.gateway.errors import Blocked, NotSent, gettext_noop
from studio.gateway.guard import Guard, Resolver, resolve
from studio.gateway.line import Wire

NO_ADDRESS = gettext_noop("This is no web address that can be called.")
NOT_IN_TIME = gettext_noop("The address did not answer in time.")
NOT_REACHED = gettext_noop("The address could not be reached.")


def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    private_origins: Sequence[str] = (),
    deadline: float = 10,
    transport: httpx.BaseTransport | None = None,
    resolver: Resolver = resolve,
) -> int:
    """The HTTP status of the answer; nothing else of it is read. Raises `NotSent` where there was none, also when the
    bytes had left: whoever is told of something twice can tell by its id."""
    try:
        request = httpx.Request("POST", url, content=content, headers={"User-Agent": "prompt-studio", **headers})
    except (httpx.InvalidURL, ValueError) as fault:
        raise NotSent(NO_ADDRESS, permanent=True) from fault
    if request.url.scheme not in {"http", "https"} or not request.url.host or request.url.userinfo:
        raise NotSent(NO_ADDRESS, permanent=True)
    line = transport or Wire(Guard(Deadline(deadline), private_origins, resolver=resolver))
    try:
        answer = line.handle_request(request)
        answer.close()
        return answer.status_code
    except Blocked:
        raise
    except TIMED_OUT as fault:
        raise NotSent(NOT_IN_TIME) from fault
    except Exception as fault:
        raise NotSent(NOT_REACHED) from fault
    finally:
        if line is not transport:
            line.close()
