"""The client: one call to a gateway, over a connection of its own, within one deadline.

A call that is paid for must be told apart in three: it was not sent, it was answered, or nobody knows. httpcore tells
when it begins to write the request; from then on only a whole answer ends the doubt.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence

import httpcore
import httpx

from studio.catalog import Turn
from studio.gateway.answer import Answer
from studio.gateway.coming import Coming, Heard, TooLong
from studio.gateway.deadline import Deadline, DeadlineOver
from studio.gateway.errors import AnswerLost, Blocked, NotSent, gettext_noop
from studio.gateway.guard import Guard, NameUnknown, Refused, Resolver, resolve
from studio.gateway.line import Wire
from studio.gateway.talking import Ended, NotOpened, Talk

NO_HEADERS: Mapping[str, str] = {}
TIMED_OUT = (httpx.TimeoutException, httpcore.TimeoutException, DeadlineOver)
NEVER_CONNECTED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

BAD_KEY = gettext_noop("The key holds a sign that cannot be sent. Enter the key again.")
BAD_PATH = gettext_noop("The path of this operation does not lead to the gateway. A path begins with a slash.")
NO_SUCH_NAME = gettext_noop("The gateway's name was not found. Check the address of the connection.")
NOT_REACHED = gettext_noop("The gateway could not be reached. Nothing was sent.")
NOBODY_LISTENS = gettext_noop("Nobody listens at the gateway's address and port. Nothing was sent.")
NO_TRUST = gettext_noop("The gateway's certificate is not trusted, so nothing was sent. Check the address.")
NO_TLS = gettext_noop("The gateway does not answer with https at this address and port. Nothing was sent.")
NOT_REACHED_IN_TIME = gettext_noop("The gateway did not take the connection in time. Nothing was sent.")
NOT_OPENED = gettext_noop("The gateway opened no conversation at this address. Nothing was sent.")
NO_ANSWER_IN_TIME = gettext_noop("The request was sent, but no whole answer came in time.")
BROKEN_OFF = gettext_noop("The request was sent, but the connection broke before the whole answer was here.")
TOO_LONG = gettext_noop("The request was sent, but the answer was too long to be read.")
WHY = (
    (NotOpened, NOT_OPENED),
    (Ended, NOT_OPENED),
    (Refused, NOBODY_LISTENS),
    (ssl.SSLCertVerificationError, NO_TRUST),
    (ssl.SSLError, NO_TLS),
)


class Client:
    """Speaks to one gateway with one key. `transport` replaces the guarded network, in tests.

    The key is sent to `base_url` and nowhere else, and stands in no message and no repr.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        private_origins: Sequence[str] = (),
        transport: httpx.BaseTransport | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._key = key
        self.private_origins = private_origins
        self.transport = transport
        self.resolver = resolver

    def __repr__(self) -> str:
        return f"<Client of {self.base_url}>"

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None,
        headers: Mapping[str, str] = NO_HEADERS,
        deadline: float = 75,
        heard: Heard | None = None,
    ) -> Answer:
        """Make a paid call, once: no retry, no redirect. `deadline` is in seconds, for everything from name to answer.
        `headers` are the operation's own; without one that names it, the content is JSON. A call may have none.
        `heard` gets an event stream while it is written, as far as it has come, at most four times a second.

        Raises `NotSent` when no byte of the request left, `AnswerLost` when some may have and no whole answer came.
        """
        return self.exchange(method, path, content, headers, deadline, heard)

    def query(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        deadline: float = 30,
    ) -> Answer:
        """Ask something that costs nothing and may be asked again; the same errors as `send`."""
        return self.exchange(method, path, content, headers, deadline)

    def converse(
        self,
        path: str,
        frames: Sequence[str],
        turn: Turn,
        *,
        headers: Mapping[str, str] = NO_HEADERS,
        deadline: float = 75,
        heard: Heard | None = None,
    ) -> Answer:
        """Make a paid call over a web socket, once: wait until the conversation is open, send the frames, and hear the
        events until the answer has ended. They come back as an event stream; a refused handshake as the answer it is.

        Raises as `send`: until the first frame is written nothing has been sent. It knows no replaced transport.
        """
        limit, coming = Deadline(deadline), Coming(heard)
        request = self.request("GET", path, None, headers, Began())
        talk = Talk(Guard(limit, self.private_origins, resolver=self.resolver), request, frames, turn, coming)
        try:
            return talk.carry()
        except Blocked:
            raise
        except Exception as fault:
            if talk.has_sent:
                raise AnswerLost(why_lost(fault), coming.part) from fault
            raise not_sent(fault) from fault

    def exchange(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str],
        seconds: float,
        heard: Heard | None = None,
    ) -> Answer:
        deadline, began, coming = Deadline(seconds), Began(), Coming(heard)
        request = self.request(method, path, content, headers, began)
        transport = self.transport or Wire(Guard(deadline, self.private_origins, resolver=self.resolver))
        try:
            coming.carry(transport, request, deadline)
        except Blocked:
            raise
        except Exception as fault:
            if began.to_write or (self.transport and not isinstance(fault, NEVER_CONNECTED)):
                raise AnswerLost(why_lost(fault), coming.part) from fault
            raise not_sent(fault) from fault
        finally:
            if transport is not self.transport:
                transport.close()
        return coming.answer

    def request(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str], began: Began
    ) -> httpx.Request:
        if not path.startswith("/"):
            raise NotSent(BAD_PATH, permanent=True)
        if not self._key.isascii() or not self._key.isprintable() or " " in self._key:
            raise NotSent(BAD_KEY, permanent=True)
        sent = httpx.Headers({"Accept": "*/*"} | ({} if content is None else {"Content-Type": "application/json"}))
        sent.update(dict(headers))
        sent.update({"Accept-Encoding": "identity", "User-Agent": "prompt-studio"})
        try:
            request = httpx.Request(
                method, self.base_url + path, content=content, headers=sent, extensions={"trace": began}
            )
        except (httpx.InvalidURL, ValueError) as fault:
            raise NotSent(BAD_PATH, permanent=True) from fault
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Began:
    """Watches the trace of a request: `to_write` turns true just before its first byte is written."""

    def __init__(self) -> None:
        self.to_write = False

    def __call__(self, event: str, info: Mapping[str, object]) -> None:
        if event.endswith(".send_request_headers.started"):
            self.to_write = True


def why_lost(fault: Exception) -> str:
    if isinstance(fault, TooLong):
        return TOO_LONG
    return NO_ANSWER_IN_TIME if isinstance(fault, TIMED_OUT) else BROKEN_OFF


def not_sent(fault: Exception) -> NotSent:
    if isinstance(fault, NameUnknown):
        return NotSent(NO_SUCH_NAME)
    if isinstance(fault, httpx.UnsupportedProtocol | httpcore.UnsupportedProtocol | httpx.InvalidURL):
        return NotSent(BAD_PATH, permanent=True)
    if isinstance(fault, TIMED_OUT):
        return NotSent(NOT_REACHED_IN_TIME)
    reasons = (reason for kind, reason in WHY if any(isinstance(cause, kind) for cause in causes(fault)))
    return NotSent(next(reasons, NOT_REACHED))


def causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
