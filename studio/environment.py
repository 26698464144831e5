"""What the environment says. Each fault is one sentence that names the variable and what to put there."""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

DATABASES = ("sqlite", "postgres", "postgresql")
ENGINES = {"django.db.backends.postgresql": "studio.postgresql", "django.db.backends.sqlite3": "studio.sqlite"}
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
MAKERS = {"STUDIO_ENCRYPTION_KEYS": lambda: Fernet.generate_key().decode()}


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str) -> bool:
    text = env(name, "0")
    if text.lower() not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {text}, which is neither yes nor no. Write 1 or 0.")
    return text.lower() in YES


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_hosts(name: str, public_url: str) -> list[str]:
    """The host names under which the studio is reached: that of its address, this machine's, and more of them."""
    public = urlsplit(public_url).hostname or ""
    more = env_list(name)
    for host in more:
        if host != "*" and not HOST.fullmatch(host.removeprefix(".")):
            raise ImproperlyConfigured(
                f"{name} holds {host}, which is no host name. Write it like studio.example.com, without a scheme, "
                "a port or a path."
            )
    return [f"[{public}]" if ":" in public else public, "127.0.0.1", "localhost", "[::1]", *more]


def env_origins(name: str) -> list[str]:
    """Hosts with their ports, `10.0.0.7:3000`; one without means the usual two."""
    origins = env_list(name)
    for origin in origins:
        host, _colon, port = origin.rpartition(":")
        if not HOST.fullmatch(origin) and not (HOST.fullmatch(host) and is_port(port)):
            raise ImproperlyConfigured(
                f"{name} holds {origin}, which is no host and port. Write it like 10.0.0.7:3000, without a scheme."
            )
    return origins


def env_port(name: str, default: int) -> int:
    text = env(name, str(default))
    if not is_port(text):
        raise ImproperlyConfigured(f"{name} is {text}, which is no port. Give a number from 1 to 65535.")
    return int(text)


def is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def mail_encryption(host: str, port: int, user: str) -> tuple[bool, bool]:
    """Whether mail goes by TLS from the start (port 465), and whether by STARTTLS. By neither only where it stays on
    this machine, and to port 25 without a user: many relays of a local network have no certificate."""
    from_the_start = port == 465
    in_the_clear = is_local(host) or (port == 25 and not user)
    return from_the_start, not from_the_start and not in_the_clear


def is_local(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def env_address(name: str, default: str) -> str:
    """`scheme://host[:port]` without anything behind it."""
    text = env(name, default).rstrip("/")
    try:
        parts = urlsplit(text)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or text != f"{parts.scheme}://{parts.netloc}" or "@" in text:
        raise ImproperlyConfigured(f"{name} is no address. Write it like {default}, without a path.")
    return text


def env_sandbox_secret(secret_key: str) -> str:
    """What the sandbox's door wants of the studio; one that the studio starts is told the same."""
    made = hmac.new(secret_key.encode(), b"the sandbox's door", "sha256").hexdigest()
    return env("STUDIO_SANDBOX_SECRET", made)


def env_sandbox(usual: str) -> str:
    """Where the sandbox listens: as the environment says, else its usual address; "" where there is none."""
    return env_address("STUDIO_SANDBOX_URL", usual or "http://127.0.0.1:8001") if env("STUDIO_SANDBOX_URL") else usual


def remember_address(folder: Path, url: str) -> None:
    (folder / "address").write_text(url)


def remembered_address(folder: Path) -> str:
    """Where `up` listened last, so that a sign-in link printed beside it leads there."""
    try:
        return (folder / "address").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def env_database(folder: Path) -> dict[str, Any]:
    """PostgreSQL by DATABASE_URL, else SQLite in this folder."""
    text = env("DATABASE_URL", f"sqlite:///{folder / 'studio.sqlite3'}")
    example = "postgres://person:password@host:5432/name"
    if text.partition(":")[0] not in DATABASES or ":memory:" in text or text == "sqlite://":
        raise ImproperlyConfigured(
            f"DATABASE_URL must name a PostgreSQL database ({example}) or a file (sqlite:///path)."
        )
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(text, conn_max_age=None, conn_health_checks=True))
    except ValueError:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read. Write it like {example}; signs in a password are quoted, @ as %40."
        ) from None
    return found | {"ENGINE": ENGINES.get(found["ENGINE"], found["ENGINE"])}


def env_redis() -> str:
    text = env("REDIS_URL")
    try:
        readable = urlsplit(text).port != 0 and text.startswith(("redis://", "rediss://", "unix://"))
    except ValueError:
        readable = False
    if text and not readable:
        raise ImproperlyConfigured("REDIS_URL is no address of a Redis. Write it like redis://127.0.0.1:6379/0.")
    return text


def env_token(name: str) -> str:
    """What a machine says to be let in, or nothing: then nobody is."""
    text = env(name)
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise ImproperlyConfigured(f"{name} is too weak. Give at least 16 letters and digits, made at random.")
    return text


def env_secret(name: str, folder: Path | None, example: str) -> str:
    """A secret from the environment; with a folder (outside production) one is made once and kept there."""
    if value := env(name):
        return value
    if folder is None:
        raise ImproperlyConfigured(f"{name} is not set. In production give it in the environment: {example}.")
    path = folder / "secrets.json"
    kept = kept_secrets(path)
    if name not in kept:
        kept[name] = MAKERS.get(name, lambda: secrets.token_urlsafe(48))()
        keep_secrets(path, kept)
    return kept[name]


def env_fernet_keys(name: str, folder: Path | None) -> list[str]:
    """Encryption keys, the newest first."""
    text = env_secret(name, folder, "a Fernet key; after a rotation several, the newest first, comma separated")
    keys = [key.strip() for key in text.split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = []
    if not keys:
        raise ImproperlyConfigured(f"{name} holds something that is no Fernet key (44 letters, ending in =).")
    return keys


def kept_secrets(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text()) if path.exists() else {}
        if isinstance(kept, dict) and all(isinstance(value, str) for value in kept.values()):
            return kept
    except ValueError:
        pass
    raise ImproperlyConfigured(
        f"{path} is damaged. Restore it from a backup; without it everybody signs in again and gateway keys are "
        "entered again, and for that remove it."
    )


def keep_secrets(path: Path, kept: dict[str, str]) -> None:
    """Whole or not at all: a full disk must not cost the secrets that are there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
