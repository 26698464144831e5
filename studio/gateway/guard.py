"""The guard: sockets that cannot reach a private address.

The check stands in the connect call itself. A check before the call looks at another DNS answer than the one that is
connected to, and a name that changes its mind walks through. TLS still verifies the name, not the checked address.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence

import httpcore

from studio.gateway.addresses import is_allowed, is_public_ip
from studio.gateway.deadline import Deadline
from studio.gateway.errors import Blocked, gettext_noop
from studio.gateway.line import Line

Resolver = Callable[[str, int], list[str]]
CONNECT_SECONDS = 5.0
PRIVATE = gettext_noop("This address is not in the public internet. The studio only calls public addresses.")
WRONG_PORT = gettext_noop("This address uses an unusual port. Only ports 80 and 443 are called.")
NO_SOCKET_FILE = gettext_noop("The studio does not call socket files.")


def resolve(host: str, port: int) -> list[str]:
    """Every address the system knows for a name, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(httpcore.NetworkBackend):
    """Connects to checked addresses only; one bad record among the good ones refuses the whole name.

    `private_origins` are `host:port` texts that may be private (the operator's setting, never a team's). `ports`
    limits the ports of all other addresses. `resolver` takes host and port and gives addresses.
    """

    def __init__(
        self,
        deadline: Deadline,
        private_origins: Sequence[str] = (),
        *,
        ports: Sequence[int] | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        self.deadline = deadline
        self.private_origins = private_origins
        self.ports = ports
        self.resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Line:
        allowed = is_allowed(host, port, self.private_origins)
        if not allowed and self.ports is not None and port not in self.ports:
            raise Blocked(WRONG_PORT)
        addresses = self.look_up(host, port)
        if not allowed and not all(is_public_ip(address) for address in addresses):
            raise Blocked(PRIVATE)
        return self.dial(addresses, port)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> Line:
        raise Blocked(NO_SOCKET_FILE)

    def look_up(self, host: str, port: int) -> list[str]:
        """The host's addresses. The system's resolver knows no time limit, so it works in a thread that may be left."""
        found: list[list[str] | Exception] = []

        def work() -> None:
            try:
                found.append(self.resolver(host, port))
            except Exception as fault:
                found.append(fault)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(self.deadline.left())
        if not found:
            raise httpcore.ConnectTimeout("The name server did not answer.")
        if isinstance(found[0], Exception):
            raise NameUnknown(str(found[0])) from found[0]
        if not found[0]:
            raise NameUnknown(host)
        return found[0]

    def dial(self, addresses: list[str], port: int) -> Line:
        fault: OSError | None = None
        for address in addresses:
            try:
                found = socket.create_connection((address, port), self.deadline.left(CONNECT_SECONDS))
            except OSError as error:
                fault = error
            else:
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return Line(found, self.deadline)
        if isinstance(fault, ConnectionRefusedError):
            raise Refused(str(fault)) from fault
        kind = httpcore.ConnectTimeout if isinstance(fault, TimeoutError) else httpcore.ConnectError
        raise kind(str(fault)) from fault


class Refused(httpcore.ConnectError):
    """Nobody listens at this address and port."""


class NameUnknown(httpcore.ConnectError):
    """The host's name has no address."""
