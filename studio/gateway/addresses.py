"""Which addresses the studio may call, and how a gateway's address is written."""

from __future__ import annotations

import re
import socket
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from studio.gateway.errors import gettext_noop

# `ipaddress.is_global` alone lets through multicast, NAT64, 6to4, site-local and IPv4-compatible addresses, and
# `is_private` alone lets through 100.64.0.0/10, where one cloud keeps its metadata. So: this list and `is_global`.
NEVER_V4 = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # a public address that is one cloud's host agent
    )
]
# Only 2000::/3 is handed out to the public. Inside it: Teredo and other protocol ranges, documentation, 6to4.
PUBLIC_V6 = ip_network("2000::/3")
NEVER_V6 = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
INSIDE_ENDINGS = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".test")


def is_public_ip(text: str) -> bool:
    """Whether an address as the resolver gave it lies in the public internet; what cannot be read does not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in net for net in NEVER_V4)
    # What carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo) is refused whatever it carries.
    return is_plain_public(address) and not any(address in net for net in NEVER_V6)


def is_plain_public(address: IPv6Address) -> bool:
    return address.is_global and address in PUBLIC_V6 and not address.scope_id


@lru_cache(1024)
def is_private_host(host: str) -> bool:
    """Whether a host name or address can be told to be private by its looks alone; asks no name server.

    Numbers are read as the system's resolver reads them (`127.1`, `0x7f000001`, `2130706433`), digits and dots of other
    scripts as the HTTP library sends them.
    """
    plain = unicodedata.normalize("NFKC", host).replace("。", ".")
    name = plain.strip().strip("[]").rstrip(".").lower()
    if not name or name == "localhost" or name.endswith(INSIDE_ENDINGS):
        return True
    if ":" in name:
        return not is_public_ip(name)
    try:
        return not is_public_ip(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, UnicodeError):
        return "." not in name


def origin(host: str, port: int) -> str:
    """`host:port` in the spelling that lists of allowed private origins use."""
    return f"[{host}]:{port}".lower() if ":" in host else f"{host}:{port}".lower()


def is_allowed(host: str, port: int, private_origins: Sequence[str]) -> bool:
    """Whether the operator listed exactly this host and port; an entry without a port means ports 80 and 443."""
    bare = origin(host, port).removesuffix(f":{port}")
    return any(
        entry.lower() == origin(host, port) or (entry.lower() == bare and port in (80, 443))
        for entry in private_origins
    )


def clean_base_url(text: str) -> str:
    """A gateway's address as people paste it -> the root that operation paths are put behind.

    `" https://goapi.gptnb.ai/v1/ "` gives `https://goapi.gptnb.ai`: most systems do not live under `/v1`, and those
    that do carry it in their own path. The address of a whole call, `https://goapi.gptnb.ai/v1/chat/completions`,
    gives the same. Raises ValueError with a sentence that says what to change.
    """
    text = text.strip()
    if not text:
        raise ValueError(gettext_noop("Enter the gateway's address, for instance https://gateway.example.com."))
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise ValueError(gettext_noop("The address holds a space or a sign that no address can hold. Remove it."))
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise ValueError(gettext_noop("This is not an address. It looks like https://gateway.example.com.")) from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(gettext_noop("The address must begin with https:// or http://."))
    if not parts.hostname or "%" in parts.hostname or port == 0:
        raise ValueError(gettext_noop("This is not an address. It looks like https://gateway.example.com."))
    if parts.username is not None or parts.password is not None:
        raise ValueError(gettext_noop("Leave name and password out of the address. The key goes into its own field."))
    if parts.query or parts.fragment:
        raise ValueError(gettext_noop("Leave out everything from the ? or # on."))
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    path = re.sub(r"^/v1/.*|/v1$", "", parts.path.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{host}{'' if port in (None, default) else f':{port}'}{path}"
